"""What is on the list is found, whatever it is disguised as, and pointed at where it stands."""

import time
from pathlib import Path
from typing import Any

import pytest

from townsquare.protocols import InputError, Streams
from townsquare.protocols.moderator import ACTION, Posts, Verdicts
from townsquare.sim.moderators.lexicon import Lexicon

ENTRIES = [
    "idiot",
    {"pattern": "free prize", "category": "spam", "worth": 0.6},
    {"pattern": r"/win \d+ pounds/", "category": "spam", "worth": 0.5},
    {"pattern": r"/(ha)\1+/", "category": "laughter", "worth": 0.2},
    {"pattern": "fool", "category": "insult", "worth": 0.4},
]


def made(**settings: Any) -> Lexicon:
    return Lexicon(Lexicon.Config.model_validate({"entries": ENTRIES, **settings}), Streams(0))


async def reviewed(*texts: str, **settings: Any) -> Verdicts:
    return await made(**settings).review(Posts.of_texts(texts))


@pytest.mark.parametrize(
    ("text", "pointed"),
    [
        ("You idiot.", ["idiot"]),
        ("YOU I D I O T!", ["I D I O T"]),
        ("an \u200bid\u200biоt", ["id\u200biоt"]),
        ("FREEE   prize: wіn 100 pounds", ["FREEE   prize", "wіn 100 pounds"]),
        ("an idiotic idea", []),
        ("idiot idiot", ["idiot", "idiot"]),
        ("hahaha", ["hahaha"]),
        ("a fool's errand", ["fool"]),
        ("a fool’s errand", ["fool"]),
        ("don't be a fool’s fool", ["fool", "fool"]),
    ],
)
async def test_spans_are_exact(text: str, pointed: list[str]) -> None:
    verdicts = await reviewed(text)
    assert [text[start:end] for start, end in verdicts.spans[0]] == pointed


async def test_scores_add_up_and_the_weightiest_category_is_named() -> None:
    verdicts = await reviewed("fool, win 100 pounds and a free prize", "fool fool", "hello", "", action="hold")
    assert verdicts.score.tolist() == pytest.approx([1 - 0.6 * 0.4 * 0.5, 0.4, 0.0, 0.5])
    assert verdicts.action.tolist() == [ACTION[name] for name in ("hold", "show", "show", "abstain")]
    assert list(verdicts.category) == ["spam", "insult", "", ""]
    assert list(verdicts.evidence[0]) == ["free prize", r"/win \d+ pounds/", "fool"]
    assert verdicts.rationale[1] == "holds fool"


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("/(/", "is no regular expression: missing"),
        ("/a*/", "is found in every text"),
        ("...", "holds no word"),
        ("", "at least 1 character"),
    ],
)
def test_a_bad_pattern_is_one_sentence(pattern: str, why: str, tmp_path: Path) -> None:
    from townsquare.protocols.registry import configure, known, register

    if "lexicon" not in known("moderator"):
        register("moderator", "lexicon")(Lexicon)
    with pytest.raises(InputError, match=why) as caught:
        configure("moderator", "lexicon", {"entries": [pattern]})
    assert "\n" not in str(caught.value)
    path = tmp_path / "list.toml"
    path.write_text(f"[[entries]]\npattern = '{pattern}'\n", "utf-8")
    with pytest.raises(InputError, match=r"list\.toml, entry 1: .*"):
        made(file=str(path))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("list.csv", "pattern,category,worth\nquack,noise,.7\nmoo,,\n"),
        (
            "list.toml",
            '[[entries]]\npattern = "quack"\ncategory = "noise"\nworth = 0.7\n[[entries]]\npattern = "moo"\n',
        ),
    ],
)
async def test_files(tmp_path: Path, name: str, content: str) -> None:
    path = tmp_path / name
    path.write_text(content, "utf-8")
    verdicts = await reviewed("a quack", "a moo", entries=[], file=str(path))
    assert verdicts.score.tolist() == [0.7, 1.0]
    assert list(verdicts.category) == ["noise", "listed"]


@pytest.mark.parametrize(
    ("content", "why"),
    [("word\nx\n", "has no column pattern"), ("pattern,worth\nx,2\n", r"line 2: worth"), (None, "cannot be read")],
)
def test_files_that_are_none(tmp_path: Path, content: str | None, why: str) -> None:
    path = tmp_path / "list.csv"
    if content is not None:
        path.write_text(content, "utf-8")
    with pytest.raises(InputError, match=why):
        made(file=str(path))


def test_nothing_to_look_for() -> None:
    with pytest.raises(InputError, match="nothing to look for"):
        made(entries=[])


async def test_very_long_texts_and_many_equal_ones() -> None:
    verdicts = await reviewed("x " * 200_000 + "idiot", *["you idiot"] * 10_000)
    assert verdicts.score[0] == 0  # only so much of a text is read
    assert (verdicts.score[1:] == 1).all()


@pytest.mark.slow
async def test_harmless_posts_are_passed_quickly() -> None:
    posts = Posts.of_texts(
        [f"just post {n} about lunch today with {n % 97} friends at the park" for n in range(50_000)]
    )
    began = time.process_time()
    verdicts = await made().review(posts)
    assert len(posts) / (time.process_time() - began) >= 50_000
    assert not verdicts.score.any()
