"""What a simulation would compute again and again from the same content: once, and the same answer after that.

All of it is a pure function of its content: JSON that is read, reports, models' cards, hashes of the record's rows,
what the quality gate finds in prices, and compiled statements. Each new content goes through the real function.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import lru_cache
from typing import Any, Final, TypeVar
from unittest import mock

import pandas as pd
import sqlalchemy

import forecasting.champion.registry
import forecasting.prices.loading
import forecasting.prices.store.stored
import forecasting.record.verification as verification
import forecasting.storage.database
from forecasting.champion.stored_card import card_of
from forecasting.prices.history import PriceHistory
from forecasting.prices.quality.gate import gate, sound_history
from forecasting.report import ForecastReport
from forecasting.universe import Symbol

T = TypeVar("T")

_KEPT: Final = 2000
"""Of each kind: the open forecasts of several months, or the prices of several years."""

_read = lru_cache(maxsize=_KEPT)(json.loads)
_report: Final = lru_cache(maxsize=50)(ForecastReport.from_json)
_card: Final = lru_cache(maxsize=50)(card_of)
_gated: dict[Any, tuple[PriceHistory, ...]] = {}
_sounded: dict[Any, PriceHistory] = {}
_compiled: dict[str, tuple[Any, Any]] = {}
"""By dialect: the dialect and its compiled statements."""


def _once(kept: dict[Any, T], most: int, key: object, compute: Callable[[], T]) -> T:
    if (found := kept.get(key)) is None:
        if len(kept) >= most:
            del kept[next(iter(kept))]
        found = kept[key] = compute()
    return found


def _gate(histories: Iterable[PriceHistory], only: Collection[Symbol] | None = None) -> tuple[PriceHistory, ...]:
    histories = tuple(histories)
    key = (*map(_content, histories), None if only is None else frozenset(only))
    return _once(_gated, _KEPT, key, lambda: gate(histories, only))


def _sound(symbol: Symbol, source: str, rows: pd.DataFrame, until: date, currency: str = "USD") -> PriceHistory:
    key = symbol, source, _values(rows), until, currency
    return _once(_sounded, _KEPT // 20, key, lambda: sound_history(symbol, source, rows, until, currency))


def _content(history: PriceHistory) -> tuple[object, ...]:
    """All that a history is, in short."""
    about = history.symbol, history.source, history.currency, history.findings, history.security
    return *about, _values(history.frame)


def _values(frame: pd.DataFrame) -> tuple[int, int]:
    parts = (frame.index.to_numpy().tobytes(), *(frame[name].to_numpy().tobytes() for name in frame.columns))
    return len(frame), hash(parts)


_hashed = lru_cache(maxsize=_KEPT)(lambda before, *row: _hash(before, dict(row)))
_hash: Final = verification._hash


def _create(*args: Any, **options: Any) -> sqlalchemy.Engine:
    """An engine that knows the statements which others have compiled, as in a program that runs for long."""
    engine = sqlalchemy.create_engine(*args, json_deserializer=_read, **options)
    dialect, statements = _compiled.setdefault(engine.dialect.name, (engine.dialect, engine._compiled_cache))
    engine.dialect, engine._compiled_cache = dialect, statements
    return engine


@contextmanager
def computed_once() -> Iterator[None]:
    """Have it so until the block ends."""
    with (
        mock.patch.object(forecasting.storage.database, "create_engine", _create),
        mock.patch.object(ForecastReport, "from_json", _report),
        mock.patch.object(verification, "_hash", lambda before, row: _hashed(before, *row.items())),
        mock.patch.object(forecasting.champion.registry, "card_of", _card),
        mock.patch.object(forecasting.prices.loading, "gate", _gate),
        mock.patch.object(forecasting.prices.store.stored, "sound_history", _sound),
    ):
        yield
