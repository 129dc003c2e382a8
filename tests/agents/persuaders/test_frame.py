"""What stays fixed."""

from townsquare.agents.persuaders.frame import LONGEST, frame
from townsquare.protocols.persuader import Post


def test_what_the_table_does_not_say_is_left_out() -> None:
    bare = frame(Post("1", "mill", "Bread", 4711.0), "a leaflet")
    assert bare == ["sender: mill", "readers: those who follow mill", "channel: a leaflet"]
    full = frame(Post("1", "mill", "Bread", 4711.0, 0.0, "i.png", "http://x.org", "Mill & Co"), "a leaflet")
    assert full[1] == "brand: Mill & Co"
    assert full[-3:] == [
        "time: Thursday 1970-01-01 00:00 UTC",
        "beside it: an image (i.png)",
        "it links to: http://x.org",
    ]
    assert not any("4711" in line or "Bread" in line for line in full)


def test_no_name_takes_all_the_room() -> None:
    assert max(map(len, frame(Post("1", "x" * 5000, "", 0.0), "y" * 5000))) == LONGEST
