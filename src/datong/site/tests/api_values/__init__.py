"""Places of addresses and good bodies of operations, by part: what the tests of odd values begin from."""
