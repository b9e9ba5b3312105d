"""Sources by the names that people give them, and the panel that a job learns from."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Final

from sqlalchemy import Engine

from forecasting.errors import BadSettings, ForecastingError
from forecasting.prices.history import Panel, PriceHistory, PriceSource
from forecasting.prices.quality.gate import gate
from forecasting.prices.sources.csv import CsvPrices
from forecasting.prices.sources.simulated import SimulatedPrices
from forecasting.prices.store.store import PriceStore
from forecasting.prices.store.stored import StoredPrices
from forecasting.universe import Symbol, Universe

TEACHERS_PATIENCE: Final = 3
"""Teachers in a row that may fail before the others are done without."""

log = logging.getLogger(__name__)


def open_source(
    text: str, engine: Engine | None = None, var: Path = Path("var"), *, as_written: bool = False
) -> PriceSource:
    """The source that ``text`` names: ``yahoo``, ``csv:DIR`` or ``simulated``.

    Args:
        engine: the database whose price store keeps what is fetched; without one, every history is fetched whole.
        var: writable folder, made when it is needed, in which the Yahoo client keeps its small caches.
        as_written: of a CSV folder, see ``CsvPrices``.

    Raises:
        BadSettings: ``text`` has none of the three forms, or the folder does not exist.
    """
    kind, _, place = text.strip().partition(":")
    if kind == "csv" and place:
        return CsvPrices(Path(place).expanduser(), as_written=as_written)
    if kind == "simulated" and not place:
        return SimulatedPrices()
    if kind == "yahoo" and not place:
        # Imported here: the client takes a second to load, and the other sources do without it.
        from forecasting.prices.sources.yahoo import YahooPrices, utc_now

        yahoo = YahooPrices(cache_folder=var / "yahoo")
        return yahoo if engine is None else StoredPrices(yahoo, PriceStore(engine, yahoo.name), utc_now)
    raise BadSettings(f"{text!r} names no source of prices. Use yahoo, csv:DIR (a folder of SYMBOL.csv) or simulated.")


def panel_symbols(source: PriceSource, universe: Universe, named: Iterable[Symbol] = ()) -> tuple[Symbol, ...]:
    """The ETFs that a model from ``source`` learns from, in alphabetical order.

    For a CSV folder every file that it holds and those named; for the others the universe and those named.
    """
    own = source.symbols if isinstance(source, CsvPrices) else universe.symbols
    return tuple(sorted({*own, *named}))


def teachers_for(source: PriceSource, teachers: Iterable[Symbol], served: Iterable[Symbol]) -> tuple[Symbol, ...]:
    """Those of ``teachers`` that a panel from ``source`` has besides the ETFs ``served``: from Yahoo all, else none.

    A folder says itself what there is to learn from, and invented prices teach nothing about others.
    """
    if source.name != "yahoo":
        return ()
    known = set(served)
    return tuple(symbol for symbol in dict.fromkeys(teachers) if symbol not in known)


def load_panel(
    source: PriceSource,
    symbols: Iterable[Symbol],
    until: date,
    loaded: Callable[[Symbol], None] = lambda _: None,
    *,
    teachers: Iterable[Symbol] = (),
    gated: bool = True,
) -> tuple[Panel, dict[Symbol, ForecastingError]]:
    """The histories until ``until``, through the quality gate where ``gated``, and why the others are missing.

    A symbol that fails never stops the rest. A history can end before ``until``, where the source has no more or the
    gate refused the rest: its findings say so (``quality.refusal``).

    Args:
        loaded: called with each symbol whose prices are there, for whoever shows progress.
        teachers: asked for last, without waiting, and no more once TEACHERS_PATIENCE of them failed in a row.
    """
    histories: list[PriceHistory] = []
    failures: dict[Symbol, ForecastingError] = {}
    for symbol in symbols:
        try:
            histories.append(source.history(symbol, until))
        except ForecastingError as error:
            failures[symbol] = error
        else:
            loaded(symbol)
    missed = 0
    hurried = source.in_a_hurry() if isinstance(source, StoredPrices) else source
    for symbol in teachers:
        try:
            histories.append(hurried.history(symbol, until))
            missed = 0
        except ForecastingError as error:
            failures[symbol] = error
            missed += 1
        if missed == TEACHERS_PATIENCE:
            log.warning("The panel does without the other TEACHERS: %d in a row could not be had.", missed)
            break
    return Panel(gate(histories) if gated else histories), failures
