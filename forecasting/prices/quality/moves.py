"""Faults that show in the moves from row to row: single wrong prices, splits and adjustments that nothing explains.

A crash is not a fault: on forty clean histories 205 moves go beyond eight robust standard deviations, and the bands of
a forecast need every one of them. So size alone says nothing here. A wrong price is undone at once while the other
ETFs stay calm; a missed split has a split's ratio; a wrong adjustment is one that no dividend pays for.

Every rule looks back, and at most two sessions ahead. A level that is doubtful from some session on ends the history
there, so nothing that comes later changes what was known before.
"""

from __future__ import annotations

import pandas as pd

from forecasting.prices.quality.adjustments import with_explained_adjustments
from forecasting.prices.quality.findings import Finding
from forecasting.prices.quality.spikes import without_spikes
from forecasting.prices.quality.splits import before_splits
from forecasting.universe import Symbol


def check_moves(symbol: Symbol, frame: pd.DataFrame, others: pd.Series | None) -> tuple[pd.DataFrame, list[Finding]]:
    """The rows whose moves can be believed, and a finding for each fault.

    Args:
        frame: columns of ``PriceHistory.frame``, one sound row a session.
        others: absolute log return of the market by session, to tell wild days; None where nothing else is known.
    """
    frame, spikes = without_spikes(symbol, frame, others)
    frame, splits = before_splits(symbol, frame, others)
    # Listed dividends are in the units of one side of a split only, so they prove nothing on the other.
    frame, adjustments = with_explained_adjustments(symbol, frame, dividends_hold=not splits)
    return frame, spikes + splits + adjustments
