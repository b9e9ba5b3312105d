"""Skill, coverage and tests of a frame of five models' forecasts, as data frames that are printed and drawn.

Bands are 95% percentiles of a circular block bootstrap over cut-off dates (`benchmarks.bootstrap`).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.bootstrap import block_weights, ratio_band, thirds
from benchmarks.losses import by_date, closes_at_cutoffs
from forecasting.evaluation.scores import crps, diebold_mariano, pinball
from forecasting.models import MODELS
from forecasting.quantiles import COLUMNS, HORIZON

BLOCK = 12
"""Cut-offs in a block of the bootstrap: twice the overlap of 60-session forecasts made every 10 sessions."""

DRAWS = 2000
SEED = 1
BANDS = {"80%": ("q10", "q90"), "95%": ("q025", "q975")}
TERCILES = ("calm", "usual", "troubled")
PAST = 60
"""Sessions before a cut-off whose realised volatility makes it calm, usual or troubled."""


def with_losses(frame: pd.DataFrame, prices: Path) -> pd.DataFrame:
    """The frame with each row's mean quantile loss, CRPS and absolute error as shares of the close at the cut-off."""
    actual, quantiles = frame["actual"].to_numpy(float), frame[list(COLUMNS)].to_numpy(float)
    last = closes_at_cutoffs(frame, prices).to_numpy(float)
    return frame.assign(
        loss=pinball(actual, quantiles).mean(axis=1) / last,
        crps=crps(actual, quantiles) / last,
        error=np.abs(actual - frame["q50"].to_numpy(float)) / last,
    )


def skill(losses: pd.DataFrame, by: str, *, against: str = "random_walk", loss: str = "loss") -> pd.DataFrame:
    """Skill of each model, one column each, by ``by`` (``symbol`` or ``step``): 1 − loss / loss, mean over ETFs."""
    keys = ["symbol"] if by == "symbol" else ["symbol", by]
    mean = losses.groupby([*keys, "model"])[loss].mean().unstack("model")
    skills = 1.0 - mean.div(mean[against], axis=0)
    return skills if by == "symbol" else skills.groupby(by).mean()


def coverage(rows: pd.DataFrame, group: pd.Series[int]) -> pd.DataFrame:
    """Share of closes inside each band by group, with columns ``80%``, ``80% low``, ``80% high`` and so on.

    Args:
        rows: of one model.
        group: of each row, same index.
    """
    keys = [rows["cutoff"], group.rename("group")]
    counts = rows["step"].groupby(keys).count().unstack("group").fillna(0.0)
    weights = block_weights(len(counts), BLOCK, DRAWS, SEED)
    found = {}
    for band, (low, high) in BANDS.items():
        hits = rows["actual"].between(rows[low], rows[high]).groupby(keys).sum().unstack("group").fillna(0.0)
        found[band] = hits.sum() / counts.sum()
        found[f"{band} low"], found[f"{band} high"] = ratio_band(hits.to_numpy(float), counts.to_numpy(float), weights)
    return pd.DataFrame(found)


def by_forecast(rows: pd.DataFrame) -> pd.Series[int]:
    """Third of each row's cut-off among its ETF's by the forecast itself: the width of the 80% band at the end."""
    last = rows[rows["step"] == HORIZON].set_index(["symbol", "cutoff"])
    return _third(np.log(last["q90"] / last["q10"]), rows)


def by_past(rows: pd.DataFrame, prices: Path) -> pd.Series[int]:
    """Third of each row's cut-off among its ETF's by the volatility of the PAST sessions before it."""
    parts = []
    for symbol, own in rows.groupby("symbol"):
        table = pd.read_csv(prices / f"{symbol}.csv", parse_dates=["Date"], index_col="Date")
        past = np.log(table["Adj Close"]).diff().rolling(PAST).std()
        days = pd.DatetimeIndex(own["cutoff"].unique())
        keys = pd.MultiIndex.from_product([[symbol], days], names=["symbol", "cutoff"])
        parts.append(pd.Series(past.reindex(days).to_numpy(), index=keys))
    return _third(pd.concat(parts), rows)


def _third(values: pd.Series[float], rows: pd.DataFrame) -> pd.Series[int]:
    third = values.groupby("symbol").transform(lambda own: thirds(own.to_numpy()))
    keys = pd.MultiIndex.from_frame(rows[["symbol", "cutoff"]])
    return pd.Series(third.reindex(keys).to_numpy(int), index=rows.index)


def rivals(losses: pd.DataFrame, overlap: int) -> pd.DataFrame:
    """``lstm`` against each other model on one series of losses per date.

    Columns: lead (difference of skill, above 0 if ``lstm`` is better) with its bootstrap band, the Diebold-Mariano
    statistic and its p, the share of dates at which it was better, and the number of dates.
    """
    series = by_date(losses)
    weights = block_weights(len(series), BLOCK, DRAWS, SEED)
    found = {}
    for rival in list(MODELS)[1:]:
        ours, theirs = series["lstm"].to_numpy(float), series[rival].to_numpy(float)
        low, high = ratio_band((theirs - ours)[:, None], np.ones((len(series), 1)), weights)
        statistic, p = diebold_mariano(ours, theirs, overlap)
        found[rival] = {
            "lead": (theirs - ours).mean(),
            "low": low[0],
            "high": high[0],
            "statistic": statistic,
            "p": p,
            "better": (ours < theirs).mean(),
            "dates": len(series),
        }
    return pd.DataFrame(found).T
