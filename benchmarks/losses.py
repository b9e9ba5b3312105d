"""Quantile losses on a scale that ETFs and dates have in common."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from forecasting.evaluation.scores import pinball
from forecasting.quantiles import COLUMNS


def closes_at_cutoffs(frame: pd.DataFrame, prices: Path) -> pd.Series[float]:
    """The adjusted close at each row's cut-off, USD."""
    known = {
        symbol: pd.read_csv(prices / f"{symbol}.csv", parse_dates=["Date"], index_col="Date")["Adj Close"]
        for symbol in frame["symbol"].unique()
    }
    return pd.concat([known[s].reindex(rows["cutoff"]).set_axis(rows.index) for s, rows in frame.groupby("symbol")])


def relative_loss(frame: pd.DataFrame, prices: Path) -> pd.Series[float]:
    """Mean quantile loss of each row as a share of the close at the cut-off."""
    loss = pinball(frame["actual"].to_numpy(float), frame[list(COLUMNS)].to_numpy(float)).mean(axis=1)
    return pd.Series(loss, index=frame.index) / closes_at_cutoffs(frame, prices)


def by_date(losses: pd.DataFrame) -> pd.DataFrame:
    """Losses by model (columns) and cut-off (rows), relative to each ETF's mean loss of the random walk.

    Averaged over ETFs and steps: ETFs share a market, so a date counts once.

    Args:
        losses: a frame with a column ``loss``, with ``random_walk`` among its models.
    """
    walk = losses[losses["model"] == "random_walk"].groupby("symbol")["loss"].mean()
    scaled = losses.assign(loss=losses["loss"] / losses["symbol"].map(walk))
    return scaled.groupby(["model", "cutoff"])["loss"].mean().unstack("model").sort_index()
