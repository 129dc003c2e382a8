"""From the text of a reply to a value of the type that was asked for, or to what is wrong with it."""

import re
from collections.abc import Callable
from typing import TypeVar

from pydantic import BaseModel, ValidationError

A = TypeVar("A", bound=BaseModel)

_FENCED = re.compile(r"```[\w-]*[ \t]*\n(.*?)\n?[ \t]*```", re.DOTALL)
_FIRST_PROBLEMS = 3
_LONGEST_PROBLEM = 300
_WORDS = {
    "json_invalid": "is not JSON, or there is other text around it",
    "string_unicode": "contains characters that are no Unicode text",
    "missing": "is missing",
    "extra_forbidden": "was not asked for",
    "int_type": "should be a whole number",
    "float_type": "should be a number",
    "bool_type": "should be true or false",
    "string_type": "should be a text",
    "list_type": "should be a list",
    "model_type": "should be an object",
    "literal_error": "should be {expected}",
    "enum": "should be {expected}",
    "too_long": "should have at most {max_length} entries",
    "too_short": "should have at least {min_length} entries",
    "string_too_long": "should have at most {max_length} characters",
    "string_too_short": "should have at least {min_length} characters",
    "greater_than": "should be greater than {gt}",
    "greater_than_equal": "should be at least {ge}",
    "less_than": "should be less than {lt}",
    "less_than_equal": "should be at most {le}",
    "finite_number": "should be a finite number",
    "value_error": "is not valid: {error}",
    "assertion_error": "is not valid: {error}",
}
"""What is wrong, by pydantic's types of errors. In our words: a second turn quotes them, so they are part of the key of
a recorded call, and pydantic's own change from version to version.
"""


def parse(text: str, answer: type[A], check: Callable[[A], str]) -> tuple[A | None, str]:
    """The value and "", or None and what is wrong, in words a model can act on.

    Tolerates white space and one code fence around the JSON, and nothing else: no prose before or after it, no number
    in quotes, no true for 1, no field that was not asked for (unless the type itself says ``extra``).
    """
    text = text.strip()
    if not text:
        return None, "the answer is empty"
    fenced = _FENCED.fullmatch(text) if text.startswith("```") else None
    try:
        value = answer.model_validate_json(
            fenced.group(1) if fenced else text, strict=True, extra=None if "extra" in answer.model_config else "forbid"
        )
    except ValidationError as error:
        return None, _problems(error)
    wrong = check(value)
    return (None, wrong) if wrong else (value, "")


def _problems(error: ValidationError) -> str:
    """The first few, each with its place; what the model wrote is not repeated."""
    found = error.errors(include_url=False, include_input=False)
    words = []
    for problem in found[:_FIRST_PROBLEMS]:
        place = ".".join(str(part) for part in problem["loc"]) or "the answer"
        kind = problem["type"]
        said = _WORDS.get(kind, f"is not valid ({kind})").format_map(problem.get("ctx", {}))
        words.append(f"{place} {said}")
    more = len(found) - _FIRST_PROBLEMS
    text = "; ".join(words) + (f"; and {more} more" if more > 0 else "")
    return text if len(text) <= _LONGEST_PROBLEM else text[:_LONGEST_PROBLEM] + "…"
