"""Pairs that share a keyword."""

from pathlib import Path

import pytest

from townsquare.protocols import DataError
from townsquare.sim.data.confusable import pairs


def test_ours_share_their_keyword() -> None:
    found = pairs()
    assert len(found) >= 40
    for pair in found:
        assert pair.keyword.lower() in pair.harmful.lower()
        assert pair.keyword.lower() in pair.confusable.lower()
        assert pair.harmful != pair.confusable
    assert {pair.kind for pair in found} == {"spam", "insult", "threat", "group"}


def test_one_s_own(tmp_path: Path) -> None:
    path = tmp_path / "pairs.csv"
    path.write_text("text_a,text_b\nbad,good\n", "utf-8")
    (pair,) = pairs(path)
    assert (pair.harmful, pair.confusable, pair.kind) == ("bad", "good", "")


@pytest.mark.parametrize(
    ("text", "why"),
    [("a,b\n1,2\n", "has no columns harmful and confusable"), ("harmful,confusable\nx,\n", "line 2: a pair has two"),
     ("harmful,confusable\n", "has no pairs"), (None, "cannot be read")],
)  # fmt: skip
def test_tables_that_are_none(tmp_path: Path, text: str | None, why: str) -> None:
    path = tmp_path / "pairs.csv"
    if text is not None:
        path.write_text(text, "utf-8")
    with pytest.raises(DataError, match=why):
        pairs(path)
