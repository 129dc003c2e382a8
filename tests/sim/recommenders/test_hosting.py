"""Any recommender as an agent for towns elsewhere."""

from typing import Any

import pytest

from townsquare.protocols.errors import InputError, UnknownComponent
from townsquare.protocols.ioa.messages import Task
from townsquare.sim.recommenders.hosting import Hosted


def task(capability: str, **told: Any) -> Task:
    return Task(id="t", sender="server", task_id="t", capability=capability, input=told)


def test_its_card_says_what_it_can() -> None:
    card = Hosted("ease").card("clerk", owner="alice")
    assert card.capabilities == ("recommend", "fit")
    assert (card.name, card.owner) == ("clerk", "alice")


def test_only_what_can_be_hosted() -> None:
    with pytest.raises(UnknownComponent, match="Did you mean 'ease'"):
        Hosted("eas")
    with pytest.raises(InputError, match="regularisation"):
        Hosted("ease", {"regularisation": -1})


async def test_tasks_that_it_does_not_know_are_refused() -> None:
    with pytest.raises(InputError, match="not 'decide'"):
        await Hosted("ease").run(task("decide"))
    assert await Hosted("ease").run(task("recommend", fit="none")) == {"unknown_fit": "none"}


async def test_it_keeps_so_many_fits() -> None:
    made = Hosted("random")
    for number in range(10):
        await made.run(task("fit", fit=f"f{number}", part=0, parts=1, seed=1, n_users=1, n_items=1, rows=0, width=0))
    asked = {"tick": 0, "k": 1, "agents": [0], "candidates": [], "exclude": [[]]}
    assert await made.run(task("recommend", fit="f0", **asked)) == {"unknown_fit": "f0"}
    assert await made.run(task("recommend", fit="f9", **asked)) == {"items": [[]], "scores": [[]]}
