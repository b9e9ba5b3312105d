"""Which folds a search is judged by, and which it never sees."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from forecasting.errors import NotEnoughHistory
from forecasting.evaluation.walk_forward import MIN_HISTORY
from forecasting.prices.history import PriceHistory
from forecasting.quantiles import HORIZON

INNER: Final = 3
CONFIRMATION: Final = 2

LONGEST: Final = 504
"""Sessions of a fold (two years) if histories are long enough."""

SHORTEST: Final = 2 * HORIZON
"""Sessions under which a fold holds too few cut-offs to be a measure of skill."""


@dataclass(frozen=True)
class TuningFolds:
    """Fold dates in time order; the first of ``confirmation`` is the end of what the search may know."""

    inner: tuple[date, ...]
    confirmation: tuple[date, ...]


def tuning_folds(histories: Iterable[PriceHistory]) -> TuningFolds:
    """Folds of equal length, counted back from the end of the longest of ``histories``.

    Raises:
        NotEnoughHistory: that history is too short.
    """
    longest = max(histories, key=len)
    count = INNER + CONFIRMATION
    length = min(LONGEST, (len(longest) - MIN_HISTORY) // count)
    if length < SHORTEST:
        raise NotEnoughHistory(longest.symbol, len(longest), MIN_HISTORY + count * SHORTEST, "a parameter search")
    starts = tuple(longest.sessions[len(longest) - length * k].date() for k in range(count, 0, -1))
    return TuningFolds(starts[:INNER], starts[INNER:])
