"""Components by kind and name."""

import sys

import pytest

from townsquare.protocols import ContractError, InputError, Settings, UnknownComponent, configure, find, known, register
from townsquare.protocols import registry as under_test


@pytest.fixture(autouse=True)
def own_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test registers is forgotten after it."""
    monkeypatch.setattr(under_test, "_REGISTERED", {})


def test_everything_that_is_known_can_be_found() -> None:
    for kind in ("scenario", "environment", "mind", "embedder", "measure", "recommender"):
        for name, place in known(kind).items():
            found = find(kind, name)
            assert f"{found.__module__}:{found.__qualname__}" == place


def test_known_names_come_in_order_and_include_the_registered() -> None:
    @register("recommender", "bqq")
    class Mine:
        pass

    names = list(known("recommender"))
    assert names == sorted(names)
    assert known("recommender")["bqq"].endswith(
        ":test_known_names_come_in_order_and_include_the_registered.<locals>.Mine"
    )
    assert find("recommender", "bqq") is Mine
    assert "bqq" not in known("mind")


def test_a_name_is_given_only_once() -> None:
    register("recommender", "mine")(type("A", (), {}))
    for name in ("mine", "ease"):
        with pytest.raises(ContractError, match=f"recommender '{name}' is already registered"):
            register("recommender", name)(type("B", (), {}))
    register("mind", "mine")(type("C", (), {}))


def test_a_class_that_an_entry_point_names_may_keep_its_decorator() -> None:
    ease = find("recommender", "ease")
    again = type("Ease", (), {"__module__": ease.__module__})
    assert register("recommender", "ease")(again) is again  # as when its module is loaded
    assert find("recommender", "ease") is ease
    with pytest.raises(ContractError, match="already registered"):
        register("recommender", "ease")(type("Ease", (), {"__module__": "elsewhere"}))


def test_an_unknown_name_names_the_nearest() -> None:
    with pytest.raises(
        UnknownComponent, match=r"^no recommender named 'esae'\. Did you mean 'ease'\? Known: bpr, ease"
    ):
        find("recommender", "esae")
    with pytest.raises(UnknownComponent, match=r"^no recommender named 'zzzzzz'\. Known: bpr, "):
        find("recommender", "zzzzzz")
    with pytest.raises(UnknownComponent, match=r"^no spaceship named 'x'\. Known: none\.$") as caught:
        find("spaceship", "x")
    assert (caught.value.kind, caught.value.name, caught.value.known) == ("spaceship", "x", [])


def test_a_missing_package_is_said_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "townsquare.sim.recommenders.ease", None)
    with pytest.raises(InputError, match=r"recommender 'ease' \(townsquare.*:Ease\) needs a package that is missing"):
        find("recommender", "ease")


def test_configure_checks_keys_and_values() -> None:
    cls, config = configure("recommender", "popular", {"half_life": 3})
    assert cls.__name__ == "Popular"
    assert config.half_life == 3.0  # type: ignore[attr-defined]
    with pytest.raises(
        InputError, match=r"^recommender 'popular': unknown key 'halflife'\. Did you mean 'half_life'\?"
    ):
        configure("recommender", "popular", {"halflife": 3})
    with pytest.raises(InputError, match=r"^recommender 'popular': half_life: .*greater than 0 \(got -1\)\.$"):
        configure("recommender", "popular", {"half_life": -1})


def test_a_component_without_settings_takes_none() -> None:
    register("mind", "plain")(type("Plain", (), {}))
    assert isinstance(configure("mind", "plain", {})[1], Settings)
    with pytest.raises(InputError, match=r"^mind 'plain': unknown key 'x'\."):
        configure("mind", "plain", {"x": 1})
