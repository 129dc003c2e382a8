"""What a text may do to a page: nothing."""

import re

from tests.view.towns import HOSTILE
from townsquare.view.safe import MOST, marked, plain, visible


def test_what_cannot_be_seen_is_shown_and_long_texts_are_cut() -> None:
    assert visible("a\u202eb\x1b[31m\x00") == "a⍰b⍰[31m⍰"
    assert visible("line\nnext\tcolumn") == "line\nnext\tcolumn"
    assert visible("x" * 100_000).startswith("x" * MOST + "… (98,000 letters more)")
    assert visible("\ud800") == "⍰"
    assert visible(7) == "7"


def test_no_markup_is_left() -> None:
    assert plain("**bold** [link](javascript:x) :red[y] $x$") == (
        "\\*\\*bold\\*\\* \\[link\\]\\(javascript\\:x\\) \\:red\\[y\\] \\$x\\$"
    )
    assert "\n" not in plain("a\nb")


def test_marked_parts_are_those_of_the_spans() -> None:
    text = "Call me when you get there, you people."
    spans = [(28, 31), (13, 16), (30, 38), (-5, 4), (10, 10), (500, 600), (38, 20)]
    assert re.findall("<mark[^>]*>([^<]*)</mark>", marked(text, spans)) == ["Call", "you", "you people"]
    assert re.sub("<[^>]*>", "", marked(text, spans)) == text
    assert marked(text, []).count("mark") == 0


def test_nothing_in_a_marked_text_is_html() -> None:
    for spans in ([], [(0, 5)], [(3, 200)], [(n, n + 1) for n in range(0, 200, 2)]):
        made = marked(HOSTILE, spans)
        assert set(re.findall("<(/?[a-z]+)", made)) <= {"p", "/p", "mark", "/mark"}
        assert not {"\u202e", "\x1b"} & set(made)
    assert len(marked("x" * 100_000, [(0, 100_000)])) < MOST + 500
    assert "letters more" in marked("x" * 100_000, [(0, 100_000)])
