"""Scenarios: keys, overrides, files, changes at a tick, fingerprints."""

import json
import typing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from townsquare.protocols import InputError, ScenarioError, find, known
from townsquare.protocols.scenario import Scenario, load, override, parse_override, validate


def models_within(model: type[BaseModel]) -> set[type[BaseModel]]:
    """``model`` and every model its fields may hold."""
    found = {model}
    for field in model.model_fields.values():
        for kind in (field.annotation, *typing.get_args(field.annotation)):
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                found |= models_within(kind)
    return found


@pytest.mark.parametrize("name", sorted(known("scenario")))
def test_every_key_is_documented(name: str) -> None:
    models = models_within(find("scenario", name))
    assert len(models) > 5
    for model in models:
        for key, field in model.model_fields.items():
            assert field.description, f"{model.__name__}.{key} has no description"
            assert field.description.endswith("."), f"{model.__name__}.{key}: a description is a sentence"


@pytest.mark.parametrize("name", sorted(known("scenario")))
def test_every_scenario_runs_as_it_is(name: str) -> None:
    scenario = load(name)
    assert scenario.scenario == name
    assert scenario.at(0) == scenario


# ---- --set ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("a=1", ("a", 1)),
        ("a.b = 0.5", ("a.b", 0.5)),
        ("a=true", ("a", True)),
        ("recommender.name=ease", ("recommender.name", "ease")),
        ('name="ease"', ("name", "ease")),
        ("a=[1, 2]", ("a", [1, 2])),
        ("a={tick = 3}", ("a", {"tick": 3})),
        ("data.articles=my=odd.csv", ("data.articles", "my=odd.csv")),
        ("a=", ("a", "")),
        ("a=1 2", ("a", "1 2")),
        ("a=2e3", ("a", 2000.0)),
    ],
)
def test_set_is_toml_or_else_plain_text(text: str, meaning: tuple[str, Any]) -> None:
    assert parse_override(text) == meaning


@pytest.mark.parametrize("text", ["", "a", "=1", ".a=1", "a.=1", "a..b=1"])
def test_set_without_path_or_value_is_refused(text: str) -> None:
    with pytest.raises(ScenarioError, match=r"expected path=value, for example --set slate\.cold_start=0\.3\.$"):
        parse_override(text)


# ---- override ------------------------------------------------------------------------------------------------------

KEYS = st.sampled_from(["a", "b", "c"])
TREES = st.recursive(st.integers(), lambda inner: st.dictionaries(KEYS, inner, max_size=3), max_leaves=8)
TABLES = st.dictionaries(KEYS, TREES, max_size=3)


@given(TABLES, st.lists(KEYS, min_size=1, max_size=3), st.integers())
def test_override_puts_one_value_and_leaves_the_rest(raw: dict[str, Any], path: list[str], value: int) -> None:
    before = json.dumps(raw)
    node: Any = raw
    for key in path[:-1]:
        node = node.get(key, {}) if isinstance(node, dict) else node
    if not isinstance(node, dict):
        with pytest.raises(ScenarioError, match="is a value, not a table"):
            override(raw, {".".join(path): value})
        return
    out = override(raw, {".".join(path): value})
    assert json.dumps(raw) == before
    inner = out
    for key in path[:-1]:
        inner = inner[key]
    assert inner[path[-1]] == value
    assert {k: v for k, v in out.items() if k != path[0]} == {k: v for k, v in raw.items() if k != path[0]}


def test_another_name_drops_the_settings_of_the_one_it_replaces() -> None:
    raw = {"recommender": {"name": "bpr", "epochs": 9}}
    assert override(raw, {"recommender.name": "ease"}) == {"recommender": {"name": "ease"}}
    assert override(raw, {"recommender.name": "bpr"}) == raw
    # the name comes first, in whatever order they are given
    both = {"recommender.regularisation": 5.0, "recommender.name": "ease"}
    assert override(raw, both) == {"recommender": {"name": "ease", "regularisation": 5.0}}


# ---- load ----------------------------------------------------------------------------------------------------------


def test_values_of_a_file_lie_on_the_defaults_and_overrides_on_both(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('ticks = 7\n[slate]\nhot = 0.1\n[recommender]\nname = "ease"\n', "utf-8")
    scenario = load(path, {"slate.cold_start": 0.3, "seed": 4})
    news = load("news")
    assert (scenario.ticks, scenario.seed, scenario.slate.hot, scenario.slate.cold_start) == (7, 4, 0.1, 0.3)
    assert scenario.slate.length == news.slate.length
    assert scenario.users == news.users
    assert scenario.recommender.settings() == {}


def test_round_trip_through_json() -> None:
    values = {
        "interruptions": [{"tick": 3, "topic": 2, "quality": 4.5, "count": 2}], "recommender.name": "popular",
        "recommender.half_life": 2.0, "changes": [{"tick": 5, "set": {"slate.hot": 0.2, "recommender.name": "random"}}],
        "best_quality": 3.25, "record.exposures": False,
    }  # fmt: skip
    scenario = load("news", values)
    again = validate(json.loads(scenario.model_dump_json()))
    assert again == scenario
    assert again.fingerprint() == scenario.fingerprint()
    assert again.recommender.settings() == {"half_life": 2.0}


def test_what_was_dumped_can_be_a_file(tmp_path: Path) -> None:
    path = tmp_path / "town.toml"
    path.write_text('scenario = "news"\n[[changes]]\ntick = 2\nset = {"recommender.name" = "random"}\n', "utf-8")
    assert load(path).at(2).recommender.name == "random"


PROBLEMS = [
    ({"slte.length": 3}, "unknown key 'slte'. Did you mean 'slate'?"),
    ({"slate.lenth": 3}, "unknown key 'slate.lenth'. Did you mean 'length'?"),
    ({"ticks": 0}, "ticks: Input should be greater than or equal to 1 (got 0)."),
    ({"ticks": True}, "ticks must be a number, not true."),
    ({"ticks.x": 3}, "ticks.x: 'ticks' is a value, not a table."),
    ({"seed": -1}, "seed: "),
    ({"users.step": float("nan")}, "users.step: "),
    (
        {"slate.cold_start_by": "luck"},
        "slate.cold_start_by: Input should be 'random', 'likes' or 'clicks' (got 'luck').",
    ),
    ({"changes": [{"tick": 1, "set": {"slate.ht": 0.1}}]}, "unknown key 'slate.ht'. Did you mean 'hot'?"),
    ({"changes": [{"tick": 1, "set": {"slate.hot": 3}}]}, "slate.hot: "),
]


@pytest.mark.parametrize(("values", "sentence"), PROBLEMS, ids=lambda x: str(x)[:40])
def test_every_problem_is_one_sentence(values: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        load("news", values)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


def test_problems_of_a_component_name_it() -> None:
    with pytest.raises(InputError, match=r"no recommender named 'esae'\. Did you mean 'ease'\?"):
        load("news", {"recommender.name": "esae"})
    with pytest.raises(InputError, match=r"recommender 'bpr': unknown key 'epoch'\. Did you mean 'epochs'\?"):
        load("news", {"recommender.name": "bpr", "recommender.epoch": 3})


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "there is no scenario file {path}."),
        (b"ticks = ", "{path} is not valid TOML: "),
        (b"\xff\xfe", "{path} cannot be read: "),
        (b"scenario = 3", "{path}: scenario must be the name of a built-in scenario (got 3)."),
        (b"ticks = 0", "{path}: ticks: Input should be greater than or equal to 1 (got 0)."),
    ],
    ids=str,
)
def test_problems_of_a_file_name_it(content: bytes | None, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "town.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ScenarioError) as caught:
        load(path)
    assert str(caught.value).startswith(sentence.format(path=path))


def test_an_unknown_scenario_names_the_nearest() -> None:
    with pytest.raises(InputError, match=r"no scenario named 'nws'\. Did you mean 'news'\?"):
        load("nws")


# ---- changes -------------------------------------------------------------------------------------------------------


def test_at_applies_every_change_up_to_a_tick() -> None:
    changes = [
        {"tick": 8, "set": {"slate.hot": 0.3}},
        {"tick": 3, "set": {"slate.hot": 0.1, "recommender.name": "random"}},
        {"tick": 5, "set": {"recommender.name": "popular", "recommender.half_life": 2.0}},
    ]
    scenario = load("news", {"changes": changes})
    seen = {t: (s.slate.hot, s.recommender.name) for t in (0, 2, 3, 4, 5, 8, 40) for s in [scenario.at(t)]}
    assert seen == {
        0: (0.0, "bpr"), 2: (0.0, "bpr"), 3: (0.1, "random"), 4: (0.1, "random"), 5: (0.1, "popular"),
        8: (0.3, "popular"), 40: (0.3, "popular"),
    }  # fmt: skip
    assert scenario.at(5).recommender.settings() == {"half_life": 2.0}
    assert scenario.at(5).changes == ()
    assert scenario.at(5).seed == scenario.seed


@pytest.mark.parametrize(
    "path",
    ["ticks", "seed", "scenario", "record.exposures", "changes", "users.count", "users", "users.threshold.mean",
     "window",
     "data.name", "slate.length", "slate", "interruptions", "creators.concentration", "retrain", "best_quality"],
)  # fmt: skip
def test_what_is_laid_down_cannot_change(path: str) -> None:
    with pytest.raises(
        ScenarioError, match=rf"'{path}' is laid down when the town is built and cannot change later\.$"
    ):
        load("news", {"changes": [{"tick": 3, "set": {path: 1}}]})


def test_a_change_is_checked_with_what_came_before_it() -> None:
    first, second = {"tick": 2, "set": {"slate.hot": 0.5}}, {"tick": 4, "set": {"slate.promoted": 0.4}}
    for wrong in ([first, second], [second, first]):
        with pytest.raises(ScenarioError, match="may sum to 1 at most"):
            load("news", {"changes": wrong})
    load("news", {"changes": [first, second, {"tick": 4, "set": {"slate.cold_start": 0.1}}]})


# ---- fingerprint ---------------------------------------------------------------------------------------------------


def test_the_fingerprint_is_of_everything_but_the_seed() -> None:
    plain = load("news")
    assert load("news", {"seed": 99}).fingerprint() == plain.fingerprint()
    different = [
        {"ticks": 51}, {"slate.hot": 0.01}, {"recommender.name": "ease"}, {"record.snapshots": 3},
        {"changes": [{"tick": 2, "set": {"clicks": 3}}]},
    ]  # fmt: skip
    prints = {load("news", values).fingerprint() for values in different} | {plain.fingerprint()}
    assert len(prints) == len(different) + 1
    assert all(len(p) == 8 and int(p, 16) >= 0 for p in prints)


def test_a_default_written_out_is_the_same_arm() -> None:
    assert load("news", {"slate.hot": 0.0, "window": 5}).fingerprint() == load("news").fingerprint()


def test_a_scenario_of_the_wrong_kind_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from townsquare.protocols import registry

    monkeypatch.setattr(registry, "_REGISTERED", {("scenario", "odd"): int})
    with pytest.raises(ScenarioError, match="scenario 'odd' is not a Scenario but int"):
        load("odd")
    assert issubclass(find("scenario", "news"), Scenario)
