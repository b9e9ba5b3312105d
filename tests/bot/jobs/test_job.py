"""What a job writes is an event or none, whatever it is."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.jobs.job import JobResult, Progress, parse_event
from forecasting import Failure, Symbol

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
NAMES = st.sampled_from(["event", "symbol", "stage", "done", "of", "ok", "failed", "error", "message"])
SPOILT = ANYTHING | st.sampled_from(["progress", "done"]) | st.lists(st.dictionaries(NAMES, ANYTHING))
NEARLY = st.dictionaries(NAMES, SPOILT)


def test_events_are_read() -> None:
    progress = b'{"event": "progress", "symbol": "SPY", "stage": "fit", "done": 1, "of": 2, "new": 0}'
    assert parse_event(progress) == Progress("SPY", "fit", 1, 2)
    done = b'{"event": "done", "ok": ["SPY"], "failed": [{"symbol": "ARKK", "error": "BadPrices", "message": "No."}]}'
    assert parse_event(done) == JobResult((Symbol("SPY"),), (Failure(Symbol("ARKK"), "BadPrices", "No."),))


@pytest.mark.slow
@settings(deadline=None)
@given(st.binary() | ANYTHING.map(json.dumps).map(str.encode) | NEARLY.map(json.dumps).map(str.encode))
def test_no_line_breaks_the_bot(line: bytes) -> None:
    event = parse_event(line)
    if isinstance(event, Progress):
        assert all(isinstance(text, str) for text in (event.symbol, event.stage))
        assert all(isinstance(number, int) for number in (event.done, event.of))
    elif event is not None:
        assert all(isinstance(symbol, str) for symbol in event.ok)


@pytest.mark.parametrize("line", [b"[" * 500_000, b'{"event":' * 100_000, b'{"event": "done", "ok": [' + b"1" * 5000])
def test_a_deep_or_endless_line_is_none(line: bytes) -> None:
    assert parse_event(line) is None
