"""``evaluate attacks`` from a small table to its rows."""

import asyncio
import json
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import pytest

from tests.evaluate.ratings_of import write_ratings
from townsquare.evaluate.attacks import AttacksResult, aevaluate_attacks, evaluate_attacks
from townsquare.evaluate.attacks_settings import AttacksSettings
from townsquare.protocols import Catalogue, FloatArray, InputError, IntArray, Interactions, Scorer, registry
from townsquare.protocols.chat import Request
from townsquare.protocols.errors import ContractError
from townsquare.testing.schema_filler import filled

SMALL: dict[str, Any] = {"size": 8, "fillers": 10, "n_targets": 2}
FAST = {"mf": {"factors": 4, "epochs": 8, "rate": 0.02}}


class Counting(Scorer):
    """Counts its fits, and ranks items by how often they were liked."""

    fits: ClassVar[int] = 0

    def fit(self, interactions: Interactions, catalogue: Catalogue) -> None:
        type(self).fits += 1
        self.counts = np.bincount(interactions.items, minlength=interactions.n_items)

    def score(self, agents: IntArray, items: IntArray, *, tick: int) -> FloatArray:
        return np.broadcast_to(self.counts[items].astype(float), (len(agents), len(items)))


class Broken(Scorer):
    """Fails when it is to learn."""

    def fit(self, interactions: Interactions, catalogue: Catalogue) -> None:
        raise RuntimeError("no idea")


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_ratings(tmp_path_factory.mktemp("films"))


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> type[Counting]:
    made = type("Counted", (Counting,), {"fits": 0})
    monkeypatch.setitem(registry._REGISTERED, ("recommender", "counting"), made)
    return made


def _evaluated(
    films: Path, attacks: list[str], victims: list[str], defences: list[str], /, **more: Any
) -> AttacksResult:
    options = {name: more.pop(name) for name in ("seeds", "folder", "workers", "progress", "tell") if name in more}
    settings = AttacksSettings(**{**SMALL, "victims": {v: FAST[v] for v in victims if v in FAST}, **more})
    return evaluate_attacks(films, attacks, victims, defences, **{"seeds": (0,), **options}, settings=settings)


def test_one_row_for_each_attack_victim_and_defence_with_the_clean_value_beside_it(films: Path) -> None:
    found = _evaluated(films, ["average", "random"], ["mf", "ease"], ["filter:pca"])
    rows = found.rows()
    assert [(row["attack"], row["victim"], row["defence"]) for row in rows] == [
        (attack, victim, defence)
        for attack in ("none", "average", "random")
        for victim in ("mf", "ease")
        for defence in ("none", "filter:pca")
    ]
    clean = next(row for row in rows if row["attack"] == "none" and row["victim"] == "mf")
    attacked = next(row for row in rows if row["attack"] == "average" and row["victim"] == "mf")
    assert attacked["hr@10_clean"] == clean["hr@10"] == clean["hr@10_clean"]
    assert attacked["rank_clean"] == clean["rank"]
    assert attacked["shift"] > 0.3
    assert clean["shift"] == clean["recall@20_change"] == clean["rmse_change"] == 0.0
    assert attacked["shift_low"] <= attacked["shift"] <= attacked["shift_high"]
    assert all(row["shift"] is None for row in rows if row["victim"] == "ease"), "it predicts no ratings"
    assert len(found.targets) == 2
    json.dumps(rows, allow_nan=False)


def test_an_attack_without_profiles_changes_no_bit(films: Path) -> None:
    found = _evaluated(films, ["average"], ["mf", "ease"], ["filter:pca"], size=0)
    measured = ("hr@10", "hr@50", "ndcg@10", "rank", "prediction", "recall@20", "ndcg@20", "rmse", "lost_weight")
    by = {(row["attack"], row["victim"], row["defence"], row["target"]): row for row in found.trials}
    pairs = [(row, by["none", *key[1:]]) for key, row in by.items() if key[0] == "average"]
    assert len(pairs) == 2 * 2 * 2
    for row, clean in pairs:
        np.testing.assert_array_equal([row[name] for name in measured], [clean[name] for name in measured])


def test_the_more_profiles_the_larger_the_shift_and_down_for_a_nuke(films: Path) -> None:
    shifts = [
        next(
            row["shift"] for row in _evaluated(films, ["average"], ["mf"], [], **more).rows() if row["attack"] != "none"
        )
        for more in ({"size": 0}, {"size": 4}, {"size": 0.2}, {"size": 0.2, "intent": "nuke"})
    ]
    assert shifts[0] == 0
    assert shifts[3] < 0 < shifts[1] < shifts[2]


def test_all_targets_in_one_campaign(films: Path) -> None:
    apart, together = (_evaluated(films, ["average"], ["mf"], [], together=together) for together in (False, True))
    ratings = [next(iter(found.visible))["ratings"] for found in (apart, together)]
    assert ratings == [8 * 11, 8 * 12]
    assert len(apart.trials) == len(together.trials) == 2 + 2
    assert "each of them rates all targets" in " ".join(together.remarks)


def test_a_lesson_is_learnt_once_however_many_defences_leave_it_so(films: Path, counting: type[Counting]) -> None:
    _evaluated(films, ["average"], ["counting"], [])
    assert counting.fits == 1 + 2, "the log without fakes, and a campaign for each of two targets"
    counting.fits = 0
    _evaluated(films, ["average"], ["counting"], ["filter:fap"], n_targets=1, size=0)
    assert counting.fits == 2, "without fakes nobody is reported, so the filter lets everybody through"


def test_everything_is_the_same_again_and_in_a_folder_it_goes_on(films: Path, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    names = (films, ["random"], ["ease"], ["filter:pca"])
    whole = _evaluated(*names, seeds=(0, 1))
    _evaluated(*names, seeds=(0,), folder=tmp_path / "out")
    lines = (tmp_path / "out" / "trials.jsonl").read_text().splitlines(keepends=True)
    (tmp_path / "out" / "trials.jsonl").write_text("".join(lines) + lines[-1][:40])  # interrupted while it wrote
    again = _evaluated(
        *names, seeds=(0, 1), folder=tmp_path / "out", progress=lambda what, done, of: told.append((done, of))
    )
    assert again.digest == whole.digest
    assert again.rows() == whole.rows()
    assert told == [(3, 6), (4, 6), (5, 6), (6, 6)], "only what was missing"
    frame = pd.read_parquet(tmp_path / "out" / "campaigns.parquet")
    assert len(frame) == len(again.trials) == 2 * (2 + 2) * 2
    assert len(pd.read_csv(tmp_path / "out" / "table.csv")) == len(again.rows())
    assert (tmp_path / "out" / "remarks.txt").read_text().splitlines() == list(again.remarks)
    with pytest.raises(InputError, match="holds an evaluation with other settings; choose another folder"):
        _evaluated(*names, folder=tmp_path / "out", size=9)


@pytest.mark.slow
def test_the_number_of_workers_changes_nothing(films: Path) -> None:
    one, two = (_evaluated(films, ["average"], ["mf", "ease"], ["filter:pca"], workers=n) for n in (1, 2))
    assert one.digest == two.digest
    assert one.rows() == two.rows()


@pytest.mark.slow
def test_an_interruption_ends_workers_at_the_next_fit(films: Path) -> None:
    async def interrupted() -> int:
        done = list[int]()
        work = asyncio.ensure_future(
            aevaluate_attacks(
                films,
                ["average", "random", "popular"],
                ["mf", "ease"],
                [],
                seeds=range(6),
                settings=AttacksSettings(**SMALL),
                workers=2,
                progress=lambda what, n, of: done.append(n),
            )
        )
        while len(done) < 4:
            await asyncio.sleep(0.01)
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
        return done[-1]

    assert asyncio.run(asyncio.wait_for(interrupted(), 60)) < 6 + 6 * 3 * 2


def test_a_defence_that_learns_is_scored_on_an_attack_it_never_saw(films: Path) -> None:
    found = _evaluated(films, ["average", "random"], ["ease"], ["filter:forest"], n_targets=1)
    learnt = {row["attack"]: row["unseen"] for row in found.rows() if row["defence"] == "filter:forest"}
    assert learnt.pop("none") is None
    assert True in learnt.values()
    assert all(row["unseen"] is None for row in found.rows() if row["defence"] == "none")
    only = [name for name, unseen in learnt.items() if unseen is False]
    assert only, "it practises on one of the usual attacks"
    again = _evaluated(films, only, ["ease"], ["filter:forest"], n_targets=1)
    assert [row["attack"] for row in again.rows() if row["unseen"]], "one was added"
    assert any("was added" in remark for remark in again.remarks)


def test_detectors_that_start_from_reports_are_given_some_and_the_table_says_so(films: Path) -> None:
    found = _evaluated(films, ["average"], ["ease"], ["filter:fap"], reported=3)
    assert any("told of 3 true fakes" in remark for remark in found.remarks)
    row = next(row for row in found.rows() if row["attack"] == "average" and row["defence"] == "filter:fap")
    assert row["precision"] > 3 * 5 / 125, "far more than by chance, of the five that nobody reported"


def test_an_attack_that_writes_reviews_may_ask_a_model_and_its_tokens_are_counted(tmp_path: Path) -> None:
    def scripted(request: Request) -> str:
        """SCRIPTED, no language model: the simplest answer that fits."""
        return json.dumps(filled(json.loads(request.schema)))

    films = write_ratings(tmp_path / "films", reviews=True)
    settings = AttacksSettings(size=2, fillers=3, n_targets=1)
    words: dict[str, Any] = {"seeds": (0,), "settings": settings}
    alone = evaluate_attacks(films, ["agent-shill"], ["reviews"], ["filter:text"], **words)
    asked = evaluate_attacks(films, ["agent-shill"], ["reviews"], [], **words, model=scripted, folder=tmp_path / "out")
    assert alone.visible[0]["tokens"] == 0
    assert alone.visible[0]["text_duplication"] is not None
    assert asked.visible[0]["tokens"] > 100
    assert (tmp_path / "out" / "cassette.sqlite").is_file()


def test_expected_work_is_told_only_where_it_is_much(films: Path) -> None:
    told = list[str]()
    _evaluated(films, ["average"], ["ease"], [], tell=told.append)
    assert told == []


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"size": 121}, "121"),
        ({"size": 1.5}, "1.5"),
        ({"fillers": 90}, "90"),
        ({"targets": ("i1", "nowhere")}, r"'nowhere' is no item"),
        ({"targets": "unpopulr"}, r"Did you mean 'unpopular'\?"),
        ({"high": 4.0}, "rating must be from 1 to 4"),
        ({"attacks": {"segment": {}}}, r"attacks.segment: 'segment' does not take part; those who do are average"),
        ({"victims": {"bpr": {}}}, "victims.bpr: 'bpr' does not take part"),
        ({"defences": {"lorec": {}}}, "defences.lorec: 'lorec' does not take part"),
    ],
)
def test_what_cannot_be_staged_is_one_sentence(films: Path, more: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        _evaluated(films, ["average"], ["ease"], [], **more)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("attacks", "victims", "defences", "said"),
    [
        (["avrage"], ["ease"], [], r"Did you mean 'average'\?"),
        (["none"], ["ease"], [], "always in the table"),
        ([], ["ease"], [], "name at least one"),
        (["average"], [], [], "name at least one recommender"),
        (["average"], ["similar"], [], "victim 'similar' needs items with content vectors"),
        (["average"], ["reviews"], [], "victim 'reviews' needs reviews"),
        (["average"], ["ease"], ["filter:fab"], r"Did you mean 'fap'\?"),
        (["average"], ["ease"], ["lorec:fap"], "has no detector to choose"),
        (["average"], ["ease"], ["filter:text"], "reads reviews, and the data have none"),
    ],
)
def test_names_that_do_not_go_are_one_sentence(
    films: Path, attacks: list[str], victims: list[str], defences: list[str], said: str
) -> None:
    with pytest.raises(InputError, match=said):
        _evaluated(films, attacks, victims, defences)


def test_a_target_that_everybody_rated_is_refused(tmp_path: Path) -> None:
    lines = [f"u{user} i{item} {1 + (user * item) % 5}" for user in range(12) for item in range(9) if (user + item) % 4]
    (tmp_path / "u.data").write_text("\n".join([*lines, *(f"u{user} all 5" for user in range(12))]) + "\n", "utf-8")
    with pytest.raises(InputError, match=r"everybody in u\.data has rated item 'all'"):
        _evaluated(tmp_path / "u.data", ["average"], ["ease"], [], targets=("all",), size=2, fillers=2)


def test_a_plug_in_that_fails_is_named(films: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry._REGISTERED, ("recommender", "broken"), Broken)
    with pytest.raises(ContractError, match=r"Broken failed in fit .* no idea"):
        _evaluated(films, ["average"], ["broken"], [])
