"""The page about ``evaluate attacks`` says what can be set, and what is taken otherwise."""

import re
from pathlib import Path

from townsquare.cli.options import parser
from townsquare.evaluate import attacks
from townsquare.evaluate.attacks_settings import AttacksSettings

PAGE = (Path(__file__).parents[2] / "docs" / "evaluate-attacks.md").read_text("utf-8")


def test_the_page_has_every_setting_with_its_meaning_and_default() -> None:
    rows = {
        name: (meaning, default)
        for name, meaning, default in re.findall(r"^\| `(\w+)` \| (.*) \| (.*) \|$", PAGE, re.M)
    }
    for name, field in AttacksSettings.model_fields.items():
        default = field.get_default(call_default_factory=True)
        shown = "–" if default in (None, {}) else f"`{str(default).lower() if isinstance(default, bool) else default}`"
        assert rows[name] == (field.description, shown)


def test_the_page_has_the_defaults_of_the_command() -> None:
    for option, names in (("attacks", attacks.ATTACKS), ("victims", attacks.VICTIMS), ("defences", attacks.DEFENCES)):
        row = re.search(rf"^\| `--{option}` \|.*\| `(.*)` \|$", PAGE, re.M)
        assert row is not None
        assert row[1] == ",".join(names)
    words = parser().parse_args(["evaluate", "attacks", "--data", "x"])
    assert words.seeds == ["0..2"]
    assert attacks.SEEDS == (0, 1, 2)
