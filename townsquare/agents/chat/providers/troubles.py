"""What an HTTP answer without a reply means: which trouble, how long to wait, what to tell the user."""

import os
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from math import isfinite
from typing import Any

from townsquare.protocols.chat import Trouble

_LONGEST = 300  # characters of a server's message that are passed on
_SECRET = ("_KEY", "_TOKEN", "_SECRET", "_PASSWORD")
_SHORTEST = 8  # characters of a secret; anything shorter is a placeholder and may be an ordinary word


def trouble_of(status: int, code: str = "") -> Trouble:
    """The trouble behind an HTTP status that is no success; ``code`` is the error code of the body, if any.

    An empty account (429 with ``insufficient_quota``) does not heal by waiting: it is ``rejected``.
    """
    if status == 429:
        return "rejected" if code == "insufficient_quota" else "rate limit"
    if status == 408:
        return "time out"
    return "server" if status >= 500 or status in (409, 425) else "rejected"


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds the server asks to wait: ``retry-after-ms``, or Retry-After in seconds or as an HTTP date.

    A date counts from the server's own ``Date``, so that no clock has to be right; without one, and for anything that
    cannot be read, None. Never negative. Names of headers in lower case.
    """
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            seconds = float(headers.get(name, "")) * unit
        except ValueError:
            continue
        if isfinite(seconds):
            return max(0.0, seconds)
    try:
        until, now = (parsedate_to_datetime(headers.get(name, "")) for name in ("retry-after", "date"))
        return max(0.0, (until - now).total_seconds())
    except (TypeError, ValueError):  # no date, or one with a time zone and one without
        return None


def said(text: object, *secrets: str) -> str:
    """One line of what a server or a client said, not longer than a person reads.

    Neither ``secrets`` nor anything that the environment calls a key, a token or a secret is in it: some servers repeat
    the key they were sent.
    """
    line = " ".join(str(text).split())
    named = (value for name, value in os.environ.items() if name.endswith(_SECRET) and len(value) >= _SHORTEST)
    for secret in sorted({*filter(None, secrets), *named}, key=len, reverse=True):
        line = line.replace(secret, "(the key)")
    line = line if len(line) <= _LONGEST else line[:_LONGEST] + "..."
    return line.rstrip(".")


def error_of(body: Any) -> tuple[str, str]:
    """Message and code in the body of an error, as far as there are any; OpenAI's form and what others make of it."""
    error = body.get("error", body) if isinstance(body, Mapping) else body
    if not isinstance(error, Mapping):
        return ("" if error is None else str(error)), ""
    message = error.get("message") or error.get("detail") or error
    return str(message), str(error.get("code") or "")
