"""Tables of moderators: the same held-out texts for all, each text on one side of the split only."""

from pathlib import Path

import numpy as np
import pytest

from tests.datafiles import data_file
from tests.sim.moderators.known import known
from townsquare.evaluate.moderators import ModeratorsSettings, aevaluate_moderators
from townsquare.protocols import InputError
from townsquare.protocols.moderator import ACTION, Posts, Verdicts
from townsquare.protocols.registry import register
from townsquare.protocols.settings import Settings
from townsquare.sim.data.confusable import pairs
from townsquare.sim.data.labelled import load
from townsquare.sim.features.humour import Humour
from townsquare.sim.features.lexical_bias import LexicalBias

KEPT: dict[str, set[str]] = {"learnt": set(), "seen": set()}


@register("moderator", "test-oracle")
class Oracle:
    """Knows by a word what is harmful, abstains from what asks it to, and notes what it is shown."""

    Config = Settings

    def __init__(self, config: Settings, streams: object) -> None:
        KEPT["learnt"], KEPT["seen"] = set(), set()

    def learn(self, examples: object) -> None:
        KEPT["learnt"] |= set(examples.texts)  # type: ignore[attr-defined]

    async def review(self, posts: Posts) -> Verdicts:
        texts = posts.texts()
        KEPT["seen"] |= set(texts)
        action = [ACTION["abstain" if "unsure" in t else "remove" if "bad" in t else "show"] for t in texts]
        return Verdicts(np.array(action, np.int8), np.zeros(len(texts)))


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    path = tmp_path / "texts.csv"
    rows = [f"number {n} is {'bad' if n % 4 == 0 else 'fine'}{' unsure' if n % 10 == 0 else ''}" for n in range(100)]
    lines = [f"{row},{'spam' if 'bad' in row or 'unsure' in row else 'ham'}" for row in rows]
    path.write_text("\n".join(["text,label", *lines, lines[0], lines[1]]), "utf-8")
    return path


async def test_an_oracle_scores_one_but_for_what_it_abstains_from(texts: Path) -> None:
    found = await aevaluate_moderators(texts, ["test-oracle"], seeds=[0, 1])
    nothing, oracle = found.table
    assert nothing["moderator"] == "none"
    assert nothing["recall"] == 0
    assert oracle["precision"] == 1
    assert oracle["fpr"] == 0
    missed = oracle["abstained"]
    assert missed > 0
    assert oracle["recall"] == pytest.approx(1 - missed / oracle["harmful"])
    assert found.remarks[0].startswith("2 of 102 rows repeat the text of an earlier one")


async def test_no_text_is_learnt_from_and_tested(texts: Path) -> None:
    await aevaluate_moderators(texts, ["test-oracle"], seeds=[3])
    whole = set(load(texts).examples.texts)
    assert KEPT["learnt"]
    assert not KEPT["learnt"] & KEPT["seen"]
    assert len(KEPT["seen"] & whole) == 20


async def test_twice_the_same(texts: Path) -> None:
    first, second = [await aevaluate_moderators(texts, ["retrieval", "linear"], seeds=[0]) for _ in range(2)]
    assert first.digest == second.digest


async def test_groups_pairs_and_features(tmp_path: Path) -> None:
    known("feature", "humour", Humour)
    known("feature", "lexical-bias", LexicalBias)
    path = tmp_path / "texts.csv"
    rows = [f"{n} is {'bad' if n % 4 == 0 else 'fine'} {'lol haha' if n % 3 == 0 else ''}" for n in range(60)]
    lines = [f"{row},{'spam' if 'bad' in row else 'ham'},{'ab'[n % 2]}" for n, row in enumerate(rows)]
    path.write_text("\n".join(["text,label,group", *lines]), "utf-8")
    options = {"seeds": [0], "features": ["humour", "lexical-bias"], "pairs": "shipped"}
    found = await aevaluate_moderators(path, ["test-oracle"], **options)  # type: ignore[arg-type]
    assert [(row["moderator"], row["group"]) for row in found.groups] == [
        ("none", "a"), ("none", "b"), ("test-oracle", "a"), ("test-oracle", "b"),
    ]  # fmt: skip
    assert sum(row["texts"] for row in found.groups[2:]) == found.table[1]["texts"] == 12
    assert [row["pairs"] for row in found.pairs] == [len(pairs())] * 2
    assert found.pairs[0]["found"] == 0
    humour, bias = found.features[2:]
    assert (humour["feature"], humour["fpr_high"], humour["fpr_low"]) == ("humour", 0.0, 0.0)
    assert humour["texts_high"] + humour["texts_low"] == 12 - found.table[1]["harmful"]
    assert (bias["alarms"], bias["control"]) == (0.0, 0.0)
    assert len([row for row in found.reliability if row["moderator"] == "none"]) == 10
    assert found.digest != (await aevaluate_moderators(path, ["test-oracle"], seeds=[0])).digest


async def test_features_that_cannot_be(texts: Path) -> None:
    with pytest.raises(InputError, match=r"features\.humour: it does not take part"):
        await aevaluate_moderators(texts, settings=ModeratorsSettings(features={"humour": {}}))
    with pytest.raises(InputError, match="humor"):
        await aevaluate_moderators(texts, features=["humor"])


async def test_a_split_that_leaves_one_kind_is_a_sentence_with_what_there_is(tmp_path: Path) -> None:
    path = tmp_path / "same.csv"
    path.write_text("text,label\n" + "buy now,spam\n" * 10_000 + "hi,ham\nhello,ham\n")
    with pytest.raises(InputError, match=r"of one kind only to learn from: of 3 distinct texts 1 is harmful"):
        await aevaluate_moderators(path, ["retrieval"], seeds=range(8))


async def test_settings_for_nobody(texts: Path) -> None:
    with pytest.raises(InputError, match=r"moderators\.lineer: it does not take part"):
        await aevaluate_moderators(texts, settings=ModeratorsSettings(moderators={"lineer": {}}))


async def test_the_published_messages() -> None:
    """Dossier 3e.4 asks for F1 .93 of the vote; duplicates are left out before the split."""
    found = await aevaluate_moderators(data_file("sms-spam/SMSSpamCollection"), seeds=[0, 1])
    f1 = {row["moderator"]: row["f1"] for row in found.table}
    assert f1["retrieval"] >= 0.93
    assert f1["linear"] > f1["retrieval"]
    assert "rows repeat the text of an earlier one" in found.remarks[0]
    for row in found.disguises[1:]:
        assert min(row[how] for how in row if how not in ("moderator", "as written")) > row["as written"] - 0.1
