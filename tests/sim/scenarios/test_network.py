import pytest

from townsquare.protocols.errors import InputError
from townsquare.protocols.scenario import load


def network(**values):
    return load("network", {path.replace("__", "."): value for path, value in values.items()})


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"schedule": "matching", "model__name": "degroot"}, "needs a model in which two meet at a time"),
        ({"model__name": "values", "panel__count": 3, "chat__model": "openai:x"}, "nodes of 'values' have 10"),
        ({"opinions__start": "column"}, "needs graph.kind = 'file'"),
        ({"model__mu": 0.9}, "mu"),
        ({"model__epsilom": 0.9}, "Did you mean 'epsilon'"),
        ({"model__name": "deffuent"}, "Did you mean 'deffuant'"),
        ({"panel__count": 3}, "needs a model: give --model"),
        ({"graph__kind": "ring", "graph__degree": 3}, "degree must be an even number"),
        ({"opinions__mean": 1.2}, "opinions.mean"),
        ({"stubborn__value": -0.5}, "stubborn.value"),
        ({"changes": [{"tick": 3, "set": {"panel.count": 0}}]}, "laid down when the town is built"),
        ({"changes": [{"tick": 3, "set": {"graph.nodes": 7}}]}, "laid down when the town is built"),
        (
            {"panel__count": 1, "chat__model": "openai:x", "questionnaires": [
                {"group": "panel", "ticks": [0], "questions": [{"id": "a", "text": "b"}]}]},
            "a network has none",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_is_one_sentence(values, says):
    with pytest.raises(InputError) as caught:
        network(**values)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_who_asks_a_model():
    assert network().asking() == []
    assert network(panel__count=2, chat__model="openai:x").asking() == ["panel"]
    own = network(panel__count=2, chat__model="openai:x", panel__model="openai:y")
    assert own.model_of("panel") == "openai:y"


def test_the_model_may_change():
    changed = network(changes=[{"tick": 4, "set": {"model.name": "degroot"}}])
    assert (changed.at(3).model.name, changed.at(4).model.name) == ("deffuant", "degroot")
