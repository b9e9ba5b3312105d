"""Every scored session as a row, from which each figure over scored sessions can be computed again."""

from __future__ import annotations

import csv
import json
import math
import struct
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from forecasting.quantiles import COLUMNS, HORIZON
from forecasting.record.schema import PROMISED, IssuedForecast, StoredOutcome
from forecasting.universe import Symbol

_SAID: Final = ("walk_sigma", "drift_mean", "drift_sigma")

EXPORTED: Final = (
    *("number", "kind", "source", "symbol", "as_of", "issued_at", "is_late", "model_version", "currency", "raw_close"),
    *_SAID,
    *(f"promised_{name}" for name in PROMISED),
    "step",
    "session",
    "actual",
    *COLUMNS,
    "random_walk",
    "drift",
)
"""The columns. Prices are USD of the as-of session; ``random_walk`` and ``drift`` are the medians of those, and what
``Baselines`` holds gives their bands. ``promised_``: by the backtest of the model that issued it.
"""

_AT_ONCE: Final = 200  # forecasts


def scored_sessions(engine: Engine, source: str, symbols: Sequence[Symbol] = ()) -> Iterator[dict[str, Any]]:
    """A row for each scored session, in the order of issue. Without ``symbols``, those of all."""
    query = (
        select(IssuedForecast, StoredOutcome.closes, StoredOutcome.is_late)
        .join(StoredOutcome, StoredOutcome.number == IssuedForecast.number)
        .where(IssuedForecast.source == source)
        .order_by(IssuedForecast.number)
        .execution_options(yield_per=_AT_ONCE)
    )
    if symbols:
        query = query.where(IssuedForecast.symbol.in_(symbols))
    with Session(engine) as session:
        for issued, closes, is_late in session.execute(query):
            yield from _rows(issued, struct.unpack(f"<{HORIZON}d", closes), is_late=is_late)


def _rows(issued: IssuedForecast, closes: Sequence[float], *, is_late: bool) -> Iterator[dict[str, Any]]:
    said, promised = issued.baselines or {}, issued.promise or {}
    drift = said.get("drift_mean")
    known = {
        "number": issued.number,
        "kind": issued.kind,
        "source": issued.source,
        "symbol": issued.symbol,
        "as_of": issued.as_of.isoformat(),
        "issued_at": issued.issued_at.isoformat(),
        "is_late": is_late,
        "model_version": issued.model_version,
        "currency": issued.currency,
        "raw_close": issued.raw_close,
        **{name: said.get(name) for name in _SAID},
        **{f"promised_{name}": promised.get(name) for name in PROMISED},
    }
    steps = zip(issued.quantiles.items(), closes, strict=True)
    for step, ((session, quantiles), actual) in enumerate(steps, 1):
        if math.isnan(actual):
            continue
        yield {
            **known,
            "step": step,
            "session": session,
            "actual": actual,
            **dict(zip(COLUMNS, quantiles, strict=True)),
            "random_walk": issued.raw_close,
            "drift": None if drift is None else issued.raw_close * math.exp(drift * step),
        }


def write_export(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    """Write ``rows`` as an array of JSON objects if the file is called ``.json``, else as CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        if path.suffix.lower() == ".json":
            lines = (json.dumps(row) for row in rows)
            file.write("[\n" + next(lines, ""))
            file.writelines(f",\n{line}" for line in lines)
            file.write("\n]\n")
            return
        writer = csv.DictWriter(file, EXPORTED)
        writer.writeheader()
        writer.writerows(rows)
