"""What is wrong with a setting, in one sentence: which key, what is allowed, what was given, did you mean."""

from typing import get_args

from pydantic import BaseModel, ValidationError

from townsquare.protocols.errors import did_you_mean


def first_problem(error: ValidationError, model: type[BaseModel]) -> str:
    """The first problem of a validation error, worded for the person who wrote the setting."""
    problem = error.errors(include_url=False)[0]
    path = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "extra_forbidden":
        known = _keys_beside(model, problem["loc"])
        allowed = ", ".join(known) or "nothing"
        return f"unknown key {path!r}{did_you_mean(str(problem['loc'][-1]), known)} Allowed here: {allowed}."
    message = problem["msg"].removeprefix("Value error, ").removesuffix(".")
    if not path:
        return f"{message}."
    if isinstance(problem["input"], dict | list) or "(got " in message:  # a rule of ours says itself what it got
        return f"{path}: {message}" + ("" if message.endswith("?") else ".")
    return f"{path}: {message} (got {_short(problem['input'])})."


def _keys_beside(model: type[BaseModel], loc: tuple[int | str, ...]) -> list[str]:
    """The fields of the model that holds the last part of ``loc``."""
    for part in loc[:-1]:
        found = model.model_fields.get(str(part))
        for inner in (found.annotation, *get_args(found.annotation)) if found else ():
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                model = inner
    return sorted(model.model_fields)


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
