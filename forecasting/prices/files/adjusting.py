"""Closes on one level: adjusted for dividends where a file has none that are, and for splits where it has not."""

from __future__ import annotations

import numpy as np
import pandas as pd

from forecasting.prices.history import Array

_PRICES = ("close", "open", "high", "low")


def back_adjusted(closes: pd.Series, dividends: pd.Series) -> pd.Series:
    """Closes with dividends reinvested: all before an ex-date are multiplied by 1 - dividend / previous close.

    Args:
        closes: as quoted, adjusted for splits only; indexed by day, in any order.
        dividends: for each of the same rows, what was paid on that day; 0 or NaN where nothing was.

    Raises:
        ValueError: a dividend is not smaller than the close before it.
    """
    rows = pd.DataFrame({"close": closes.to_numpy(), "paid": dividends.to_numpy()}, index=closes.index)
    by_day = rows.groupby(level=0, sort=True).first()
    valid = by_day["close"].where(np.isfinite(by_day["close"]) & (by_day["close"] > 0))
    share = (by_day["paid"].fillna(0.0) / valid.ffill().shift(1)).fillna(
        0.0
    )  # of a first row there is nothing before it
    if (share >= 1).any():
        day = pd.Timestamp(share.index[int(np.argmax(share >= 1))]).date()
        raise ValueError(f"the dividend of {day} is not smaller than the close before it")
    factors = pd.Series(_later(1.0 - share.to_numpy()), by_day.index)
    return closes * factors.reindex(closes.index).to_numpy()


def by_row(dividends: pd.Series, days: pd.DatetimeIndex) -> Array:
    """The dividends of each row of ``days``. If an ex-date has no row, the next row has its dividend.

    Those up to the first session are left out: they explain no return. Two rows of one day both have them.

    Args:
        dividends: what was paid, by ex-date.
    """
    sessions = days.unique().sort_values()
    paid = np.zeros(len(sessions))
    dividends = dividends[dividends.index > sessions[0]] if len(sessions) else dividends
    places = sessions.searchsorted(dividends.index)
    in_time = places < len(sessions)
    np.add.at(paid, places[in_time], dividends.to_numpy()[in_time])
    return np.asarray(paid[sessions.searchsorted(days)])


def without_splits(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame as it was traded, on the level after the last split: prices, volumes and dividends in today's shares.

    Args:
        frame: indexed by day, in any order, with the column ``split`` (new shares for an old one, 0 or NaN elsewhere).
    """
    ratios = frame["split"].where(frame["split"] > 0, 1.0).groupby(level=0, sort=True).first()
    if (ratios == 1).all():
        return frame
    later = pd.Series(_later(ratios.to_numpy()), ratios.index).reindex(frame.index).to_numpy()
    on_level = frame.copy()
    for name in frame.columns.intersection([*_PRICES, "dividend"]):
        on_level[name] = frame[name] / later
    if "volume" in frame:
        on_level["volume"] = frame["volume"] * later
    return on_level


def _later(factors: Array) -> Array:
    """The product of the factors of all later days, for each day."""
    products = np.cumprod(np.append(1.0, factors[:0:-1]))
    return np.asarray(products[::-1])
