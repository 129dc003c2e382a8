"""The form of a scenario, read off its schema."""

from collections import Counter

import pytest

from townsquare.protocols.errors import InputError
from townsquare.protocols.registry import find, known
from townsquare.runs import resolve
from townsquare.view.fields import Field, component_fields, fields_of, lines


def _there() -> list[str]:
    found = []
    for name in known("scenario"):
        try:
            find("scenario", name)
        except InputError:
            continue  # its module needs what is not installed
        found.append(name)
    return found


@pytest.mark.parametrize("scenario", _there())
def test_every_setting_is_a_field_and_its_default_changes_nothing(scenario: str) -> None:
    fields = fields_of(scenario)
    assert max(Counter(one.path for one in fields).values()) == 1
    raw = resolve(scenario, None, None).model_dump(mode="json")
    for key in raw.keys() - {"scenario", "changes"}:
        assert any(one.path == key or one.path.startswith(f"{key}.") for one in fields), key
    values = {one.path: one.default for one in fields if one.kind in ("flag", "whole", "number", "choice")}
    again = resolve(scenario, None, values).model_dump(mode="json")
    assert again == raw


def test_kinds_bounds_and_help() -> None:
    fields = {one.path: one for one in fields_of("news")}
    count = fields["users.count"]
    assert (count.kind, count.default, count.low, count.group) == ("whole", 1000, 1, "users")
    assert count.help == "How many readers there are."
    assert fields["slate.cold_start_by"].choices == ("random", "likes", "clicks")
    assert (fields["slate.hot"].low, fields["slate.hot"].high) == (0, 1)
    assert fields["record.exposures"].kind == "flag"
    assert fields["users.concentration.mean"].kind == "number"
    assert (fields["panel.memory.name"].kind, fields["panel.memory.name"].component) == ("component", "store")
    assert "random" in fields["recommender.name"].choices
    assert {one.path: one.default for one in component_fields(fields["recommender.name"], "ease")} == {
        "recommender.regularisation": 500.0,
        "recommender.max_items": 10_000,
    }


def test_a_component_that_may_be_missing_is_typed() -> None:
    moderator = next(one for one in fields_of("moderation") if one.path == "moderator.name")
    first = next(one for one in component_fields(moderator, "human-queue") if one.path == "moderator.first")
    assert (first.kind, first.text()) == ("toml", "")
    assert first.read('{name = "linear", strength = 2}') == {"name": "linear", "strength": 2}
    assert "As TOML" in first.help


def test_typed_values_are_read_as_the_command_line_reads_them() -> None:
    number = Field("best_quality", "toml", None, "")
    assert (number.text(), number.read("2.5"), number.read("[1, 2]")) == ("", 2.5, [1, 2])
    words = Field("proposition", "text", "One thing.", "")
    assert (words.text(), words.read("2")) == ("One thing.", "2")


def test_lines_of_settings() -> None:
    assert lines("a.b=1\n\n  c = x y \n") == {"a.b": 1, "c": "x y"}
    with pytest.raises(InputError, match="is no setting"):
        lines("a.b")
