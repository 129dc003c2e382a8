"""An author without a language model: what it posts, and what it does about advice and blur."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from townsquare.agents.minds.author import Author, Warned, examples
from townsquare.protocols.actions import KIND as ACTION
from townsquare.protocols.actions import Actions
from townsquare.protocols.columns import IntArray
from townsquare.protocols.observations import Observations
from townsquare.protocols.post_kinds import ADVISED, KIND
from townsquare.protocols.streams import Streams
from townsquare.sim.moderators.disguises import disguised

N = 400


def asked(kind: str, disguise: int = -1) -> Observations:
    agents = np.arange(N)
    traits = {
        "opinion": np.full(N, 0.4),
        "kind": np.full(N, float(KIND[kind])),
        "disguise": np.full(N, float(disguise)),
        "hostile": np.zeros(N),
    }
    return Observations(3, "members", "post", agents, 1, np.zeros((N, 0), np.int32), traits)


async def posted(author: Author, seen: Observations) -> Actions:
    done = await author.decide(seen)
    assert (done.kind == ACTION["post"]).all()
    assert done.agent.tolist() == seen.agents.tolist()
    return done


async def test_it_posts_what_it_is_up_to() -> None:
    author = Author(Author.Config(), Streams(0))
    toxic, benign = [await posted(author, asked(kind)) for kind in ("toxic", "benign")]
    assert (toxic.vector[:, 1] >= 0.6).all()
    assert (benign.vector[:, 1] <= 0.1).all()
    assert (toxic.vector[:, 0] == 0.4).all()
    assert not toxic.value.any()
    again = await posted(Author(Author.Config(), Streams(0)), asked("toxic"))
    assert again.text.tolist() == toxic.text.tolist()


async def test_texts_of_a_table_come_first() -> None:
    author = Author(Author.Config(), Streams(0), texts={KIND["spam"]: ["buy", "win"], KIND["toxic"]: []})
    assert set((await posted(author, asked("spam"))).text) == {"buy", "win"}
    assert len(set((await posted(author, asked("toxic"))).text)) > 50


async def test_a_disguise_changes_letters_of_what_is_not_benign() -> None:
    config = Author.Config(how=("letters swapped", "look-alikes"), letters=0.5)
    author = Author(config, Streams(0), disguised=disguised)
    plain = await posted(author, asked("toxic"))
    hidden = await posted(author, asked("toxic", 1))
    assert (hidden.text != plain.text).mean() > 0.9
    assert not any(text.isascii() for text in hidden.text.tolist())
    benign = await posted(author, asked("benign", 1))
    assert benign.text.tolist() == (await posted(author, asked("benign"))).text.tolist()


@pytest.mark.parametrize("offered", [True, False])
async def test_warned_authors_accept_edit_or_ignore(offered: bool) -> None:
    async def advises(drafts: Sequence[str], agents: IntArray, tick: int) -> Sequence[Warned]:
        assert tick == 3
        return [Warned(i % 2 == 0, "something kind" if offered else None) for i in range(len(drafts))]

    seen = asked("toxic")
    plain = await posted(Author(Author.Config(), Streams(0)), seen)
    done = await posted(Author(Author.Config(accepts=0.5, edits=0.3), Streams(0), advises=advises), seen)
    choice = done.value.astype(int)
    assert not choice[1::2].any()
    shares = np.bincount(choice[::2], minlength=4) / (N / 2)
    accepted, edited, ignored = (shares[ADVISED[name]] for name in ("accepted", "edited", "ignored"))
    assert accepted == pytest.approx(0.5 if offered else 0, abs=0.1)
    assert edited == pytest.approx(0.3 if offered else 0.8, abs=0.1)
    assert ignored == pytest.approx(0.2, abs=0.1)
    assert set(done.text[choice == ADVISED["accepted"]]) <= {"something kind"}
    same = (choice == 0) | (choice == ADVISED["ignored"])
    assert (done.text[same] == plain.text[same]).all()
    assert (done.vector[~same, 1] <= 0.3).all()


async def test_what_is_blurred_is_read_once_opened() -> None:
    agents, items = np.arange(N), np.tile([7, 8], (N, 1))
    names = ("attention", "fade", "liking")
    traits = {name: np.ones(N) for name in names} | {"opinion": np.full(N, 0.5), "tolerance": np.ones(N)}
    traits |= dict.fromkeys(("selective", "replying", "hostile"), np.zeros(N)) | {"harmful": np.full(N, 0.6)}
    flat = {"stance": np.full((N, 2), 0.5), "harm": np.zeros((N, 2)), "quality": np.ones((N, 2))}
    features = flat | dict.fromkeys(("countered", "answered"), np.zeros((N, 2)))
    seen = Observations(0, "members", "browse", agents, 2, items, traits, features, items.astype(np.uint64))
    blurred = replace(seen, features=features | {"blurred": np.tile([1.0, 0.0], (N, 1))})
    author = Author(Author.Config(opens=0.25), Streams(0))
    before, after = await author.decide(seen), await author.decide(blurred)
    counts = [[((d.kind == ACTION["click"]) & (d.item == item)).sum() for item in (7, 8)] for d in (before, after)]
    assert counts[0][1] == counts[1][1] == N
    assert counts[1][0] / counts[0][0] == pytest.approx(0.25, abs=0.08)
    opened = after.agent[(after.kind == ACTION["click"]) & (after.item == 7)]
    assert np.isin(after.agent[(after.kind == ACTION["like"]) & (after.item == 7)], opened).all()


def test_examples_are_of_every_kind() -> None:
    texts, kinds = examples(80, Streams(1))
    assert len(texts) == len(kinds) == len(set(texts)) <= 80
    assert set(kinds.tolist()) == {0, 1, 2, 3}
    assert examples(80, Streams(1))[0] == texts
