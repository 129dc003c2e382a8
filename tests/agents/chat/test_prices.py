"""The price table, and the user's own on top."""

from pathlib import Path

import pytest

from townsquare.agents.chat.prices import Prices
from townsquare.protocols.errors import InputError

OWN = """
["openai:gpt-4o-mini"]
usd_in = 9
usd_out = 9.5
date = 2026-11-01

["ollama:qwen3"]
usd_in = 0
usd_out = 0
date = 2026-11-01
source = "my own machine"
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration folder of the test's own."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return tmp_path


def test_every_row_that_ships_says_when_and_where() -> None:
    prices = Prices.load()
    assert prices.usd("openai:gpt-4o-mini", 1_000_000, 1_000_000) == 0.15 + 0.60
    for model, price in prices.rows.items():
        assert model.count(":") == 1
        assert price.source
        assert 0 < price.usd_in <= price.usd_out


def test_an_unknown_model_has_no_price() -> None:
    prices = Prices.load()
    assert prices.of("ollama:qwen3") is None
    assert prices.usd("ollama:qwen3", 10, 10) is None


def test_own_rows_win(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "townsquare").mkdir()
    (home / "townsquare" / "prices.toml").write_text(OWN)
    assert Prices.load().usd("openai:gpt-4o-mini", 1_000_000, 0) == 9
    assert Prices.load().usd("ollama:qwen3", 10, 10) == 0
    assert Prices.load().of("openai:gpt-4o") is not None
    (home / "other.toml").write_text('["a:b"]\nusd_in = 1\nusd_out = 2\ndate = 2026-01-01\n')
    monkeypatch.setenv("TOWNSQUARE_PRICES", str(home / "other.toml"))
    assert Prices.load().usd("a:b", 0, 1_000_000) == 2
    assert Prices.load().of("ollama:qwen3") is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("usd_in", "is not TOML"),
        ('["a:b"]\nusd_in = -1\nusd_out = 2\ndate = 2026-01-01', r'\["a:b"\]: usd_in: Input should be greater'),
        ('["a:b"]\nusd_in = 1\nusd_out = 2', "date: Field required"),
        ('["a:b"]\nusd_in = 1\nusd_out = 2\ndate = 2026-01-01\nusd_cached = 3', "usd_cached: Extra inputs"),
        ('["a:b"]\nusd_in = nan\nusd_out = 2\ndate = 2026-01-01', "usd_in: "),
        ("model = 3", r'\["model"\]: it: '),
    ],
)
def test_a_table_that_is_wrong(home: Path, monkeypatch: pytest.MonkeyPatch, text: str, said: str) -> None:
    (home / "own.toml").write_text(text)
    monkeypatch.setenv("TOWNSQUARE_PRICES", str(home / "own.toml"))
    with pytest.raises(InputError, match=said):
        Prices.load()


def test_a_table_that_is_named_has_to_be_there(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOWNSQUARE_PRICES", str(home / "none.toml"))
    with pytest.raises(InputError, match="cannot be read: No such file"):
        Prices.load()
