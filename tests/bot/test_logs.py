"""Lines of JSON: one for each entry, whatever is in it."""

from __future__ import annotations

import json
import logging

from bot.logs import JsonFormatter, reason_of


def entry(message: str, *arguments: object, error: Exception | None = None) -> dict[str, str]:
    exc_info = None if error is None else (type(error), error, error.__traceback__)
    record = logging.LogRecord("bot.delivery", logging.ERROR, "file", 1, message, arguments, exc_info)
    record.created = 0.5
    line = JsonFormatter().format(record)
    assert "\n" not in line
    parsed: dict[str, str] = json.loads(line)
    return parsed


def test_an_entry_says_when_how_serious_where_and_what() -> None:
    assert entry("The job of %s\nfailed: %s", "SPY", 'it said "no" – ü') == {
        "time": "1970-01-01T00:00:00.500+00:00",
        "level": "ERROR",
        "logger": "bot.delivery",
        "message": 'The job of SPY\nfailed: it said "no" – ü',
    }


def test_an_unexpected_error_brings_its_trace() -> None:
    try:
        int("why")
    except ValueError as error:
        found = entry("It broke", error=error)
    assert found["trace"].startswith("Traceback")
    assert found["trace"].endswith("with base 10: 'why'")


def test_a_reason_is_never_empty() -> None:
    assert reason_of(OSError("no route")) == "no route"
    assert reason_of(TimeoutError()) == "TimeoutError"
