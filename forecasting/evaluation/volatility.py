"""How far the volatility that forecasts expected was from what came, over a backtest's cut-offs."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecasting.models import POSTED
from forecasting.prices.history import Array, PriceHistory
from forecasting.quantiles import SESSIONS_PER_YEAR, yearly_volatility
from forecasting.report import VOLATILITY_HORIZONS, VolatilityScores


def volatility_scores(frame: pd.DataFrame, history: PriceHistory) -> tuple[VolatilityScores, ...]:
    """Scores of the posted model at VOLATILITY_HORIZONS; none if the frame is empty.

    Args:
        frame: one ETF's calibrated backtest, as ``walk_forward`` returns it.
        history: the prices that it was made from.
    """
    squares = np.concatenate([[0.0], np.cumsum(np.diff(np.log(history.adjusted)) ** 2)])
    return tuple(
        _scored(
            rows,
            squares,
            history.sessions.get_indexer(pd.DatetimeIndex(rows["cutoff"])).astype(np.int64),
            int(str(sessions)),
        )
        for sessions, rows in frame[frame["model"] == POSTED].groupby("step")
        if sessions in VOLATILITY_HORIZONS
    )


def _scored(rows: pd.DataFrame, squares: Array, at: npt.NDArray[np.int64], sessions: int) -> VolatilityScores:
    """``squares`` are the sums of squared returns up to each session, ``at`` the cut-offs' places in them."""
    per_year = SESSIONS_PER_YEAR / sessions
    came = np.sqrt((squares[at + sessions] - squares[at]) * per_year)
    before = np.sqrt((squares[at] - squares[np.maximum(at - sessions, 0)]) * per_year)
    bands = zip(rows["q10"], rows["q90"], strict=True)
    expected = np.array([yearly_volatility(low, high, sessions) for low, high in bands])
    return VolatilityScores(
        sessions=sessions,
        mae=float(np.abs(came - expected).mean()),
        mae_past=float(np.abs(came - before).mean()),
        mean_expected=float(expected.mean()),
        mean_realised=float(came.mean()),
        cutoffs=len(rows),
    )
