"""``__all__`` says exactly what a package offers, no more and no less."""

import ast
import inspect
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import pytest

import townsquare
from townsquare import protocols

LAZY = {name: f"townsquare.{home}" for name, home in townsquare._HOME.items()}


def test_the_root_is_small() -> None:
    assert len(townsquare.__all__) <= 12


def test_root_names_are_those_with_a_home() -> None:
    assert set(townsquare.__all__) == {*LAZY, "__version__"}
    assert len(set(townsquare.__all__)) == len(townsquare.__all__)


def test_type_checkers_see_the_same_homes() -> None:
    """The imports under TYPE_CHECKING are the twin of the lazy table."""
    tree = ast.parse(Path(townsquare.__file__).read_text("utf-8"))
    imports = [n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and str(n.module).startswith("townsquare.")]
    assert {alias.asname or alias.name: n.module for n in imports for alias in n.names} == LAZY


@pytest.mark.parametrize("name", sorted(LAZY))
def test_root_name_resolves(name: str) -> None:
    """Also the second time: importing a submodule puts the *module* under its name into the package."""
    if find_spec(LAZY[name]) is None:
        pytest.skip(f"{LAZY[name]} is not written yet")
    assert not inspect.ismodule(getattr(townsquare, name))
    home = import_module(LAZY[name])
    assert getattr(townsquare, name) is getattr(home, name)


def test_unknown_root_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'townsquare' has no attribute 'nothing'"):
        townsquare.nothing  # noqa: B018


def test_protocols_offer_exactly_what_they_import() -> None:
    public = {n for n, value in vars(protocols).items() if not n.startswith("_") and not isinstance(value, ModuleType)}
    assert public == set(protocols.__all__)
    assert len(set(protocols.__all__)) == len(protocols.__all__)


@pytest.mark.parametrize("name", sorted(protocols.__all__))
def test_protocol_name_is_documented(name: str) -> None:
    value = getattr(protocols, name)
    if inspect.isclass(value) or inspect.isfunction(value):
        assert value.__doc__, "one sentence: what it is or does"
        assert value.__module__.startswith("townsquare.protocols."), "an outsider's name is not ours to promise"
