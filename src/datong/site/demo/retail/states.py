"""What the store list does not say of a US state: its time zone and telephone area codes."""

from __future__ import annotations

from datong.kernel.geo import Point

EASTERN, CENTRAL, MOUNTAIN, PACIFIC = "New_York", "Chicago", "Denver", "Los_Angeles"

STATES: dict[str, tuple[str, str]] = {
    "AK": ("Anchorage", "907"),
    "AL": (CENTRAL, "205 251 256 334"),
    "AR": (CENTRAL, "479 501 870"),
    "AZ": ("Phoenix", "480 520 602 623 928"),
    "CA": (PACIFIC, "209 213 310 323 408 415 510 530 559 562 619 626 650 661 707 714 760 805 818 831 858 909 916 949"),
    "CO": (MOUNTAIN, "303 719 720 970"),
    "CT": (EASTERN, "203 860"),
    "DC": (EASTERN, "202"),
    "DE": (EASTERN, "302"),
    "FL": (EASTERN, "239 305 321 352 386 407 561 727 772 786 813 850 863 904 941 954"),
    "GA": (EASTERN, "229 404 478 678 706 770 912"),
    "HI": ("Honolulu", "808"),
    "IA": (CENTRAL, "319 515 563 641 712"),
    "ID": (MOUNTAIN, "208"),
    "IL": (CENTRAL, "217 309 312 618 630 708 773 815 847"),
    "IN": (EASTERN, "219 260 317 574 765 812"),
    "KS": (CENTRAL, "316 620 785 913"),
    "KY": (EASTERN, "270 502 606 859"),
    "LA": (CENTRAL, "225 318 337 504 985"),
    "MA": (EASTERN, "413 508 617 774 781 978"),
    "MD": (EASTERN, "240 301 410 443"),
    "ME": (EASTERN, "207"),
    "MI": (EASTERN, "231 248 269 313 517 586 616 734 810 989"),
    "MN": (CENTRAL, "218 320 507 612 651 763 952"),
    "MO": (CENTRAL, "314 417 573 636 660 816"),
    "MS": (CENTRAL, "228 601 662"),
    "MT": (MOUNTAIN, "406"),
    "NC": (EASTERN, "252 336 704 828 910 919"),
    "ND": (CENTRAL, "701"),
    "NE": (CENTRAL, "308 402"),
    "NH": (EASTERN, "603"),
    "NJ": (EASTERN, "201 609 732 856 908 973"),
    "NM": (MOUNTAIN, "505 575"),
    "NV": (PACIFIC, "702 775"),
    "NY": (EASTERN, "212 315 516 518 585 607 631 716 718 845 914 917"),
    "OH": (EASTERN, "216 330 419 440 513 614 740 937"),
    "OK": (CENTRAL, "405 580 918"),
    "OR": (PACIFIC, "503 541"),
    "PA": (EASTERN, "215 412 484 570 610 717 724 814"),
    "PR": ("Puerto_Rico", "787"),
    "RI": (EASTERN, "401"),
    "SC": (EASTERN, "803 843 864"),
    "SD": (CENTRAL, "605"),
    "TN": (EASTERN, "423 615 731 865 901 931"),
    "TX": (CENTRAL, "210 214 254 281 325 361 409 512 713 806 817 830 903 915 940 972"),
    "UT": (MOUNTAIN, "435 801"),
    "VA": (EASTERN, "276 434 540 703 757 804"),
    "VT": (EASTERN, "802"),
    "WA": (PACIFIC, "206 253 360 425 509"),
    "WI": (CENTRAL, "262 414 608 715 920"),
    "WV": (EASTERN, "304"),
    "WY": (MOUNTAIN, "307"),
}

SPLITS = (  # (state, west of this longitude, south of, north of, the other zone)
    ("FL", -85.0, 90.0, 0.0, CENTRAL),
    ("TX", -104.9, 90.0, 0.0, MOUNTAIN),
    ("TN", -85.45, 90.0, 0.0, CENTRAL),
    ("KY", -86.1, 90.0, 0.0, CENTRAL),
    ("IN", -86.9, 90.0, 41.2, CENTRAL),
    ("IN", -86.9, 38.4, 0.0, CENTRAL),
    ("SD", -101.0, 90.0, 0.0, MOUNTAIN),
    ("ID", -115.0, 90.0, 45.5, PACIFIC),
)
"""The states with stores on both sides of a zone's border, cut along the border near those stores."""


def zone_of(state: str, place: Point) -> str:
    """IANA time zone of a store; Arizona, Hawaii and Puerto Rico keep no summer time."""
    for of, west, south, north, zone in SPLITS:
        if of == state and place.lon < west and north < place.lat < south:
            return f"America/{zone}"
    zone = STATES[state][0]
    return f"Pacific/{zone}" if zone == "Honolulu" else f"America/{zone}"


def area_codes(state: str) -> list[str]:
    """Telephone area codes of a state; 555-0100 to 555-0199 in each is set aside for fiction."""
    return STATES[state][1].split()
