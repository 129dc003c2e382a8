"""What a model's tokens cost: data with a date, which a user may correct; an unknown model has no price."""

import os
import tomllib
from collections.abc import Mapping
from datetime import date
from importlib.resources import files
from pathlib import Path

from pydantic import Field, ValidationError

from townsquare.protocols.errors import InputError
from townsquare.protocols.settings import Settings

OWN = "TOWNSQUARE_PRICES"
"""Environment variable that names the user's own price table."""


class Price(Settings):
    """US dollars per million tokens of one model."""

    usd_in: float = Field(ge=0)
    "Per million tokens of a prompt."
    usd_out: float = Field(ge=0)
    "Per million tokens of an answer."
    date: date
    "When this was checked."
    source: str = ""
    "Where."

    def usd(self, tokens_in: int, tokens_out: int) -> float:
        """What so many tokens cost."""
        return (tokens_in * self.usd_in + tokens_out * self.usd_out) / 1e6


class Prices:
    """A price table: the one that ships, with the user's own rows on top."""

    def __init__(self, rows: Mapping[str, Price]) -> None:
        self.rows = dict(sorted(rows.items()))

    @classmethod
    def load(cls) -> "Prices":
        """The table in force: ours, then $TOWNSQUARE_PRICES or ~/.config/townsquare/prices.toml. Raises InputError."""
        rows = _read(files(__package__).joinpath("prices.toml").read_text("utf-8"), "prices.toml")
        named = os.environ.get(OWN)
        own = Path(named) if named else _config() / "townsquare" / "prices.toml"
        if named or own.is_file():
            try:
                rows |= _read(own.read_text("utf-8"), str(own))
            except (OSError, UnicodeDecodeError) as error:
                reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
                raise InputError(f"the price table {own} cannot be read: {reason}.") from error
        return cls(rows)

    def of(self, model: str) -> Price | None:
        """The price of ``provider:model``; None when it is not known, which is not the same as free."""
        return self.rows.get(model)

    def usd(self, model: str, tokens_in: int, tokens_out: int) -> float | None:
        """What a call costs; None when the price is not known."""
        price = self.rows.get(model)
        return None if price is None else price.usd(tokens_in, tokens_out)


def _config() -> Path:
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")


def _read(text: str, where: str) -> dict[str, Price]:
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"the price table {where} is not TOML: {error}.") from error
    rows = {}
    for model, row in raw.items():
        try:
            rows[model] = Price.model_validate(row)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            key = ".".join(str(part) for part in first["loc"]) or "it"
            raise InputError(
                f'the price table {where}, ["{model}"]: {key}: {first["msg"]}; a row has usd_in, usd_out, date and '
                "source."
            ) from error
    return rows
