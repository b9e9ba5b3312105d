"""Checking: everything that the quality gate finds in a source's prices."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from forecasting.prices.findings import Finding
from forecasting.prices.history import PriceSource
from forecasting.prices.loading import load_panel
from forecasting.prices.quality.gate import unfinished, with_end_gap
from forecasting.prices.sources.csv import CsvPrices
from forecasting.prices.store.stored import KeptPrices
from forecasting.universe import Symbol


def check(source: PriceSource, symbols: Iterable[Symbol], last: date) -> tuple[Finding, ...]:
    """Faults and notes by symbol and session.

    Args:
        last: the newest session that is over. Later rows are unfinished; stored prices are expected to reach it.
    """
    panel, failures = load_panel(source, symbols, last)
    findings = [
        Finding(symbol, None, "unreadable", "refused", {"error": str(error)}) for symbol, error in failures.items()
    ]
    for history in panel.values():
        expected = with_end_gap(history, last) if isinstance(source, KeptPrices) else history
        findings += expected.findings
        if isinstance(source, CsvPrices):  # a file may hold rows of sessions that are not over
            findings += unfinished(history.symbol, source.closes(history.symbol), last)
    return tuple(sorted(findings, key=lambda finding: (finding.symbol, finding.session or date.min)))
