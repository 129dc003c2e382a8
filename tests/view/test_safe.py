"""What a text may do to a page: nothing."""

from townsquare.view.safe import MOST, plain, visible


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
