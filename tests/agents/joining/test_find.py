"""From names to agents, and what is said when there is none."""

import sys
from pathlib import Path

import pytest

from tests.agents.joining.tasks import task
from townsquare.agents.joining.find import adapted, found
from townsquare.agents.joining.function import Function
from townsquare.protocols.errors import InputError

SOURCE = '''
class Echo:
    """Says it again."""
    async def run(self, task):
        return task.description

class Picky:
    def __init__(self, taste): ...
    async def run(self, task): ...

def shout(text):
    """Shouts."""
    return text.upper()

class Inner:
    shout = staticmethod(shout)

number = 3
'''


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "my_agents.py").write_text(SOURCE, "utf-8")
    (tmp_path / "broken_agents.py").write_text("1 / 0\n", "utf-8")
    (tmp_path / "leaving_agents.py").write_text("raise SystemExit(5)\n", "utf-8")
    (tmp_path / "needy_agents.py").write_text("import no_such_package\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    for name in ("my_agents", "broken_agents", "needy_agents"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    return tmp_path


async def test_modules_of_the_current_folder(here: Path) -> None:
    assert await adapted(found("my_agents:shout")).run(task("hey")) == "HEY"
    assert await adapted(found("my_agents:Inner.shout")).run(task("hey")) == "HEY"
    assert await adapted(found("my_agents:Echo")).run(task("hey")) == "hey"
    assert isinstance(adapted(found("string:capwords")), Function)


def test_a_runnable_is_one(here: Path) -> None:
    runnables = pytest.importorskip("langchain_core.runnables")
    assert type(adapted(runnables.RunnableLambda(len))).__name__ == "RunnableAgent"


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("my_agents", "did you mean 'my_agents:reply'?"),
        ("my_agents.py:shout", "did you mean 'my_agents:shout'?"),
        ("./my_agents.py", "did you mean 'my_agents:reply'?"),
        (":shout", "did you mean 'my_agents:shout'?"),
        ("leaving_agents:x", "cannot be imported: SystemExit: 5"),
        ("my_agent:shout", "there is no module 'my_agent'. Did you mean 'my_agents'?"),
        ("my_agents:shuot", "my_agents has no 'shuot'. Did you mean 'shout'?"),
        ("broken_agents:x", "cannot be imported: ZeroDivisionError"),
        ("needy_agents:x", "needs a package that is missing: no_such_package"),
        ("no.such.package:x", "there is no module 'no'"),
    ],
)
def test_what_is_not_there(here: Path, place: str, said: str) -> None:
    with pytest.raises(InputError) as raised:
        found(place)
    assert said in str(raised.value)


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("my_agents:number", r"an agent is a function, .* .got int."),
        ("my_agents:Picky", "called without arguments, and"),
    ],
)
def test_what_is_no_agent(here: Path, place: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        adapted(found(place), place)
