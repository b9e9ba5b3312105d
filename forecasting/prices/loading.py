"""Loading: the panel that a job learns from, out of one source, and what the quality gate finds in it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime
from typing import Final

from forecasting.errors import ForecastingError
from forecasting.prices.findings import Finding
from forecasting.prices.history import Panel, PriceHistory, PriceSource
from forecasting.prices.quality.gate import gate, unfinished, with_end_gap
from forecasting.prices.sources.csv import CsvPrices
from forecasting.prices.sources.registry import source_named
from forecasting.prices.store.stored import KeptPrices, StoredPrices
from forecasting.prices.vix import load_vix
from forecasting.sessions import exchange_of, last_completed_session, newest_completed
from forecasting.universe import Symbol, Universe

EXTRA_FAILURES: Final = 3
"""Extra training ETFs in a row that may fail before the rest are skipped: the source is probably down."""

log = logging.getLogger(__name__)


def panel_symbols(source: PriceSource, universe: Universe, named: Iterable[Symbol] = ()) -> tuple[Symbol, ...]:
    """The ETFs that a model from ``source`` learns from, in alphabetical order.

    For a folder these are all its files (the source's ``symbols``) and those named; for other sources the universe and
    those named.
    """
    has_folder = source_named(source.name).takes_folder
    own: Iterable[Symbol] = getattr(source, "symbols", ()) if has_folder else universe.symbols
    return tuple(sorted({*own, *named}))


def extra_training_etfs(
    source: PriceSource, teachers: Iterable[Symbol], served: Iterable[Symbol]
) -> tuple[Symbol, ...]:
    """The ETFs of the setting TEACHERS that a panel from ``source`` gets besides those ``served``.

    None unless the source has them: a folder decides itself what there is to learn from, and invented prices teach
    nothing about other ETFs.
    """
    if not source_named(source.name).has_extra_etfs:
        return ()
    return tuple(symbol for symbol in dict.fromkeys(teachers) if symbol not in set(served))


def load_panel(
    source: PriceSource,
    symbols: Iterable[Symbol],
    until: date,
    loaded: Callable[[Symbol], None] = lambda _: None,
    *,
    extras: Iterable[Symbol] = (),
    gated: bool = True,
    only: Collection[Symbol] | None = None,
) -> tuple[Panel, dict[Symbol, ForecastingError]]:
    """The histories and the VIX until ``until``, and why others are missing. One failed symbol never stops the rest.

    A history can end before ``until`` if the source has no more or the gate refused the rest (``gate.refusal``).

    Args:
        loaded: called with each of ``symbols`` once its prices are there, to show progress.
        extras: extra training ETFs. They come last and are skipped after EXTRA_FAILURES failures in a row. Neither they
            nor the VIX are ever waited for.
        gated: whether the histories go through the quality gate.
        only: see ``gate``.
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
    failed_in_a_row = 0
    hurried = source.in_a_hurry() if isinstance(source, StoredPrices) else source
    vix, _ = load_vix(hurried, until) if histories else (None, ())
    for symbol in extras:
        try:
            histories.append(hurried.history(symbol, until))
            failed_in_a_row = 0
        except ForecastingError as error:
            failures[symbol] = error
            failed_in_a_row += 1
        if failed_in_a_row == EXTRA_FAILURES:
            log.warning(
                "Skipping the other extra training ETFs (TEACHERS): %d in a row had no prices.", failed_in_a_row
            )
            break
    return Panel(gate(histories, only) if gated else histories, vix), failures


def check(source: PriceSource, symbols: Iterable[Symbol], now: datetime) -> tuple[Finding, ...]:
    """Faults and notes by symbol and session.

    Args:
        now: aware. Rows of sessions that are not over are unfinished; stored prices are expected to reach the newest.
    """
    symbols = tuple(symbols)
    newest = newest_completed(now, symbols)
    panel, failures = load_panel(source, symbols, newest)
    findings = [
        Finding(symbol, None, "unreadable", "refused", {"error": str(error)}) for symbol, error in failures.items()
    ]
    findings += load_vix(source, newest)[1]
    if isinstance(source, CsvPrices):
        findings += source.notes
    for history in panel.values():
        last = last_completed_session(now, exchange_of(history.symbol))
        expected = with_end_gap(history, last) if isinstance(source, KeptPrices) else history
        findings += expected.findings
        if isinstance(source, CsvPrices):  # a file may hold rows of sessions that are not over
            findings += unfinished(history.symbol, source.closes(history.symbol), last)
    return tuple(sorted(findings, key=lambda finding: (finding.symbol, finding.session or date.min)))
