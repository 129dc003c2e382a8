"""The parts of a moderated timeline: who is who, and what is posted and learnt from."""

from pathlib import Path
from typing import Any

import numpy as np

from townsquare.build.moderation import _texts, groups_of, kinds_of
from townsquare.protocols.moderator import Labelled
from townsquare.protocols.post_kinds import KIND, KINDS
from townsquare.protocols.scenario import validate
from townsquare.protocols.streams import Streams
from townsquare.sim.scenarios.moderation import Moderation


def scenario(values: dict[str, Any]) -> Moderation:
    made = validate({"scenario": "moderation"}, values)
    assert isinstance(made, Moderation)
    return made


def test_members_are_drawn_in_the_shares_of_the_settings() -> None:
    of = scenario({"members.count": 4000, "kinds.spam": 0.2, "kinds.toxic": 0.1, "kinds.negative": 0.3})
    groups = groups_of(of, Streams(3))
    shares = np.bincount(groups.kinds, minlength=4) / 4000
    assert np.allclose(shares, [0.4, 0.3, 0.2, 0.1], atol=0.03)
    assert np.allclose(np.bincount(groups.policy + 1) / 4000, [0.5, 0.25, 0.25], atol=0.03)
    more = groups_of(scenario({"members.count": 4000, "kinds.spam": 0.3, "readers.policies": []}), Streams(3))
    assert (more.policy == -1).all()
    assert (more.kinds[groups.kinds == KIND["spam"]] == KIND["spam"]).all()  # nobody changes places


def test_labels_that_are_kinds_are_taken_at_their_word() -> None:
    table = Labelled(["a", "b", "c", "d"], np.array([0, 1, 2, 3]), ["ham", "Spam", "hateful", "negative"],
                     [False, True, True, True])  # fmt: skip
    assert [KINDS[kind] for kind in kinds_of(table)] == ["benign", "spam", "toxic", "negative"]


def test_one_table_is_posted_and_learnt_from_in_halves(tmp_path: Path) -> None:
    rows = [f"text {n},{'spam' if n % 2 else 'ham'}" for n in range(200)]
    (tmp_path / "t.csv").write_text("text,label\n" + "\n".join(rows), "utf-8")
    texts, learnt = _texts(scenario({"posts.data": str(tmp_path / "t.csv")}), Streams(0))
    posted = {text for held in texts.values() for text in held}
    assert not posted & set(learnt.texts)
    assert len(posted | set(learnt.texts)) == 200
    assert 70 < len(posted) < 130
    assert list(learnt.harmful) == [False, True]
    only = scenario({"learning.data": str(tmp_path / "t.csv")})
    texts, learnt = _texts(only, Streams(0))
    assert texts == {}
    assert len(learnt) == 200


def test_what_breaks_the_rules_is_the_towns_to_say() -> None:
    _, learnt = _texts(scenario({"breaks": ["negative"]}), Streams(0))
    assert dict(zip(learnt.names, learnt.harmful, strict=True)) == {
        "benign": False, "negative": True, "spam": False, "toxic": False}  # fmt: skip
