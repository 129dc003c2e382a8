"""From names to those who take part."""

from pathlib import Path

import pytest

from townsquare.agents.persuaders.words import Words
from townsquare.evaluate.persuaders.models import Models
from townsquare.evaluate.persuaders.roster import entries, entry
from townsquare.protocols import InputError, Streams

MINE = """
from townsquare.protocols import Settings

class Mine:
    class Config(Settings):
        word: str = "so"
    needs = ()
    def __init__(self, config, streams):
        self.config = config
    async def write(self, brief):
        return self.config.word

class Bare:
    pass

class Broken(Mine):
    def __init__(self, config, streams):
        raise ValueError("nothing doing")

thing = Mine
number = 3
"""


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "my_persuaders.py").write_text(MINE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))


async def test_a_class_of_a_module_beside_the_command(mine: None) -> None:
    found = entry("persuader", "my_persuaders:Mine", {"word": "yes"})
    async with Models() as models:
        assert await found.made(Streams(0), models).write(None) == "yes"
        with pytest.raises(InputError, match="'my_persuaders:Broken' cannot be built: ValueError: nothing doing"):
            entry("persuader", "my_persuaders:Broken", {}).made(Streams(0), models)


@pytest.mark.parametrize(
    ("name", "settings", "said"),
    [
        ("my_persuaders:Bare", {}, "has no class variable needs"),
        ("my_persuaders:number", {}, "is no class, but int"),
        ("my_persuaders:Nobody", {}, "AttributeError"),
        ("my_persuaders:Mine", {"word": 3}, "word: "),
        ("my_persuaders:Mine", {"wrod": "x"}, "Did you mean 'word'"),
        ("llm", {}, "needs a language model: give --model, for example openai:gpt-4o-mini, or write llm=openai"),
    ],
)
def test_bad_names(name: str, settings: dict[str, object], said: str, mine: None) -> None:
    with pytest.raises(InputError) as error:
        entry("persuader", name, settings)
    assert said in str(error.value)


def test_models_of_their_own() -> None:
    found = entries("persuader", ["words", "llm", "llm=openai:x", "llm"], {"llm": {"rounds": 2}}, "openai:y")
    assert [(one.label, one.model) for one in found] == [
        ("words", None),
        ("llm", "openai:y"),
        ("llm=openai:x", "openai:x"),
    ]
    assert [getattr(one.config, "rounds", None) for one in found] == [None, 2, 2]
    assert found[0].cls is Words
