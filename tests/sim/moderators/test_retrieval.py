"""The labelled texts most like a post vote, and are named."""

import random

import numpy as np
import pytest

from tests.datafiles import data_file
from tests.sim.moderators.labelled_texts import examples
from townsquare.protocols import InputError, Streams
from townsquare.protocols.moderator import ACTION, Labelled, Posts
from townsquare.sim.moderators.retrieval import Retrieval
from townsquare.sim.moderators.word_counts import words


def moderator(**settings: object) -> Retrieval:
    made = Retrieval(Retrieval.Config.model_validate(settings), Streams(0))
    made.learn(examples())
    return made


async def test_texts_like_spam_are_removed_and_say_why() -> None:
    verdicts = await moderator().review(Posts.of_texts(["a free prize for you, call now", "lunch at home today?"]))
    assert verdicts.action.tolist() == [ACTION["remove"], ACTION["show"]]
    assert list(verdicts.category) == ["spam", "ham"]
    assert verdicts.evidence[0][0].startswith("you have won a free prize")
    assert verdicts.score[0] > 0.5 > verdicts.score[1]


async def test_what_shares_no_word_with_any_example_is_abstained_from() -> None:
    verdicts = await moderator().review(Posts.of_texts(["xylophone quartz", "", "...", "\u200b"]))
    assert verdicts.action.tolist() == [ACTION["abstain"]] * 4
    assert (verdicts.score == 0.5).all()


async def test_bm25_by_hand() -> None:
    """Two examples of one word each; the idf is ln(1 + (2 - 1 + .5) / (1 + .5)) = ln 2, lengths are the mean."""
    made = Retrieval(Retrieval.Config(nearest=1), Streams(0))
    made.learn(Labelled(["good", "bad"], np.array([0, 1]), ["ham", "spam"], [False, True]))
    verdicts = await made.review(Posts.of_texts(["bad bad good"]))
    assert verdicts.score[0] == pytest.approx(2 / 3)


@pytest.mark.parametrize("nearest", [1, 4, 9])
async def test_shelves_give_what_looking_at_every_example_gives(nearest: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Against BM25 written out, whatever stands on which shelf and however many texts come at a time."""
    monkeypatch.setattr("townsquare.sim.moderators.retrieval._SHELF", 11)
    monkeypatch.setattr("townsquare.sim.moderators.retrieval._BLOCK", 7)
    rng = np.random.default_rng(5)
    texts = [" ".join(f"w{n}" for n in rng.zipf(1.3, size=rng.integers(1, 9)) % 60) for _ in range(80)]
    labels = np.array([*rng.integers(0, 3, size=79), 0])
    labels[labels == 2] *= rng.integers(0, 2, size=int((labels == 2).sum()))  # fewer of the third
    made = Retrieval(Retrieval.Config(nearest=nearest), Streams(0))
    made.learn(Labelled(texts, labels, ["ham", "spam", "scam"], [False, True, True]))
    asked = [*texts[:20], *(f"{a} {b}" for a, b in zip(texts[20:40], texts[40:60], strict=True)), "unheard of"]
    verdicts = await made.review(Posts.of_texts(asked))
    held = [words(text) for text in texts]
    mean = np.mean([len(one) for one in held])
    for row, text in enumerate(asked):
        likeness = np.zeros(len(held))
        for word in words(text):
            n = sum(word in one for one in held)
            idf = np.log(1 + (len(held) - n + 0.5) / (n + 0.5))
            counts = np.array([one.count(word) for one in held])
            length = np.array([0.25 + 0.75 * len(one) / mean for one in held])
            likeness += idf * counts * 2.2 / (counts + 1.2 * length)
        votes = [np.sort(likeness[labels == label])[-nearest:].sum() for label in range(3)]
        if sum(votes) == 0:
            assert verdicts.action[row] == ACTION["abstain"]
            continue
        assert verdicts.score[row] == pytest.approx((votes[1] + votes[2]) / sum(votes), abs=1e-7)
        assert verdicts.evidence[row][0] in [texts[n] for n in np.flatnonzero(likeness > likeness.max() - 1e-7)]


async def test_evasion_in_bulk_breaks_nothing() -> None:
    texts = ["free prize " * 100_000, "", "same text", *["same text"] * 9_999, "\ud800", "\x00", "\u202e free prize"]
    verdicts = await moderator().review(Posts.of_texts(texts))
    assert len(verdicts.action) == len(verdicts.evidence) == len(texts)
    assert verdicts.action[[0, 1, -1]].tolist() == [ACTION["remove"], ACTION["abstain"], ACTION["remove"]]
    assert len(set(verdicts.action[2:10_002].tolist())) == 1


async def test_another_action() -> None:
    verdicts = await moderator(action="label").review(Posts.of_texts(["claim your free prize now"]))
    assert verdicts.action.tolist() == [ACTION["label"]]


@pytest.mark.slow
async def test_the_published_messages() -> None:
    """Dossier 3e.4 (derived): a fifth of the 5,574 rows as random.Random(42) shuffles them, 99 of which are also learnt
    from. What counts as a word differs (disguises are taken off here), so the figures agree to a hundredth. The same
    with each text once: nothing leaks, and the vote is still above .93.
    """
    lines = data_file("sms-spam/SMSSpamCollection").read_text("utf-8").splitlines()[1:]
    rows = [(label, text) for label, _, text in (line.partition("\t") for line in lines)]
    assert len(rows) == 5_574
    published = {2: 0.948, 4: 0.951, 8: 0.958}
    for nearest, f1 in published.items():
        held, leaked, found = await fifth(rows, nearest)
        assert (held, leaked) == (1_114, 99)
        assert found == pytest.approx(f1, abs=0.01)
    once = list({text: (label, text) for label, text in reversed(rows)}.values())[::-1]
    assert len(once) == 5_171
    _, leaked, found = await fifth(once, 4)
    assert leaked == 0
    assert found >= 0.93


async def fifth(rows: list[tuple[str, str]], nearest: int) -> tuple[int, int, float]:
    """Texts held out, how many of them are learnt from too, and F1."""
    mixed = list(rows)
    random.Random(42).shuffle(mixed)
    held, said = len(mixed) // 5, [text for _, text in mixed]
    spam = np.array([label == "spam" for label, _ in mixed])
    made = Retrieval(Retrieval.Config(nearest=nearest), Streams(0))
    made.learn(Labelled(said[held:], spam[held:].astype(np.int64), ["ham", "spam"], [False, True]))
    found = (await made.review(Posts.of_texts(said[:held]))).action == ACTION["remove"]
    learnt = set(said[held:])
    leaked = sum(text in learnt for text in said[:held])
    return held, leaked, 2 * int((found & spam[:held]).sum()) / int(found.sum() + spam[:held].sum())


async def test_nobody_taught_it() -> None:
    with pytest.raises(InputError, match="learns from labelled texts before"):
        await Retrieval(Retrieval.Config(), Streams(0)).review(Posts.of_texts(["hello"]))


async def test_nothing_to_review() -> None:
    assert len((await moderator().review(Posts.of_texts([]))).action) == 0


def test_examples_of_one_kind_only() -> None:
    with pytest.raises(InputError, match="there is no harmful one"):
        Retrieval(Retrieval.Config(), Streams(0)).learn(examples().where(np.arange(4)))
