"""What an agent returned, as JSON can hold it."""

from typing import Any

from townsquare.protocols.errors import ContractError


def plain(value: Any) -> Any:
    """``value`` in dicts, lists, texts, numbers and None: dataclasses, pydantic models, dates, tuples and sets too.

    What is not finite becomes None, as JSON has no such numbers. Raises ContractError for what has no such form.
    """
    from pydantic_core import PydanticSerializationError, to_jsonable_python

    if hasattr(value, "tolist") and hasattr(value, "dtype"):  # numpy
        value = value.tolist()
    try:
        return to_jsonable_python(value, inf_nan_mode="null")
    except (PydanticSerializationError, UnicodeDecodeError, ValueError) as error:
        raise ContractError(
            f"the agent returned something that JSON cannot hold: {type(value).__name__} ({error})."
        ) from error
