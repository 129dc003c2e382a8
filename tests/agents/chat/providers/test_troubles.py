"""What statuses and headers mean."""

import pytest

from townsquare.agents.chat.providers.troubles import error_of, retry_after, said, trouble_of

DATE = "Wed, 21 Oct 2026 07:28:00 GMT"


@pytest.mark.parametrize(
    ("status", "trouble"),
    [(429, "rate limit"), (408, "time out"), (409, "server"), (500, "server"), (503, "server"), (529, "server")]
    + [(status, "rejected") for status in (400, 401, 403, 404, 413, 422)],
)
def test_statuses(status: int, trouble: str) -> None:
    assert trouble_of(status) == trouble


def test_an_empty_account_is_rejected() -> None:
    assert trouble_of(429, "insufficient_quota") == "rejected"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "3"}, 3.0),
        ({"retry-after": "0.25"}, 0.25),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after-ms": "250", "retry-after": "1"}, 0.25),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:09 GMT", "date": DATE}, 9.0),
        ({"retry-after": "Wed, 21 Oct 2026 07:27:00 GMT", "date": DATE}, 0.0),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:09 GMT"}, None),
        ({"retry-after": "soon", "date": DATE}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({}, None),
    ],
)
def test_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers) == seconds


def test_said_is_one_line_without_the_secret() -> None:
    assert said("bad\n  key  sk-1.", "sk-1") == "bad key (the key)"
    assert said("x" * 1000) == "x" * 300


def test_said_keeps_what_the_environment_calls_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANY_API_KEY", "sk-123456789")
    monkeypatch.setenv("OTHER_API_KEY", "none")
    assert said("wrong: sk-123456789, none") == "wrong: (the key), none"


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({"error": {"message": "no", "code": "why"}}, ("no", "why")),
        ({"error": {"message": "no", "code": None}}, ("no", "")),
        ({"error": "no"}, ("no", "")),
        ({"detail": "no"}, ("no", "")),
        ("no", ("no", "")),
        (None, ("", "")),
    ],
)
def test_error_of(body: object, found: tuple[str, str]) -> None:
    assert error_of(body) == found
