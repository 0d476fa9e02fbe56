"""Red packets: the list with its sums, one packet, and the page on the phone of who opens one."""
