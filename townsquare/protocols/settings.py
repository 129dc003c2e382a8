"""The base of everything a user may set: frozen, strict, and documented by the strings under its fields."""

from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator


class Settings(BaseModel):
    """Frozen; an unknown key is an error; a string under a field becomes its description."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, allow_inf_nan=False, validate_default=True
    )

    @model_validator(mode="before")
    @classmethod
    def _true_is_no_number(cls, raw: Any) -> Any:
        """Pydantic takes true for 1; whoever writes ``ticks = true`` has slipped."""
        for name, value in raw.items() if isinstance(raw, dict) else ():
            field = cls.model_fields.get(name)
            if (
                isinstance(value, bool)
                and field is not None
                and field.annotation in (int, float, int | None, float | None)
            ):
                raise ValueError(f"{name} must be a number, not {str(value).lower()}")
        return raw
