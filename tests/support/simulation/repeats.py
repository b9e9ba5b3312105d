"""What a simulation would compute again and again from the same content: once, and the same answer after that.

All of it is a pure function of its content: JSON that is read, reports, and what the quality gate finds in prices. Each
new content goes through the real function.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache, partial
from typing import Any, Final
from unittest import mock

import sqlalchemy

import forecasting.prices.loading
import forecasting.storage.database
from forecasting.prices.history import PriceHistory
from forecasting.prices.quality.gate import gate
from forecasting.report import ForecastReport
from forecasting.universe import Symbol

_KEPT: Final = 2000
"""Of each kind: the open forecasts of several months, or the prices of several years."""

_read = lru_cache(maxsize=_KEPT)(json.loads)
_report: Final = lru_cache(maxsize=50)(ForecastReport.from_json)
_gated: dict[Any, tuple[PriceHistory, ...]] = {}


def _gate(histories: Iterable[PriceHistory], only: Collection[Symbol] | None = None) -> tuple[PriceHistory, ...]:
    histories = tuple(histories)
    key = (*map(_content, histories), None if only is None else frozenset(only))
    if (found := _gated.get(key)) is None:
        if len(_gated) >= _KEPT:
            del _gated[next(iter(_gated))]
        found = _gated[key] = gate(histories, only)
    return found


def _content(history: PriceHistory) -> tuple[object, ...]:
    """All that a history is, in short."""
    frame = history.frame
    values = hash((frame.index.to_numpy().tobytes(), *(frame[name].to_numpy().tobytes() for name in frame.columns)))
    return history.symbol, history.source, history.currency, history.findings, history.security, len(frame), values


@contextmanager
def computed_once() -> Iterator[None]:
    """Have it so until the block ends."""
    create: Callable[..., Any] = partial(sqlalchemy.create_engine, json_deserializer=_read)
    with (
        mock.patch.object(forecasting.storage.database, "create_engine", create),
        mock.patch.object(ForecastReport, "from_json", _report),
        mock.patch.object(forecasting.prices.loading, "gate", _gate),
    ):
        yield
