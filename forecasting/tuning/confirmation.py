"""Whether the winner of a search is better on folds that the search never saw."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import date

import pandas as pd

from forecasting.champion.recipes import DEFAULT_RECIPE, Recipe
from forecasting.evaluation.scores import diebold_mariano
from forecasting.quantiles import HORIZON
from forecasting.tuning.judging import skills
from forecasting.tuning.search import Search, Watcher, walked_losses
from forecasting.universe import Symbol

SIGNIFICANCE = 0.05
"""One-sided p-value below which a gain counts as confirmed."""


@dataclass(frozen=True)
class Confirmation:
    """Winner and start (the default), both walked forward over the same folds.

    Attributes:
        folds: fold dates, all after what the search knew.
        start, winner, har: pinball skill against the random walk by ETF.
        gain: mean skill of the winner minus that of the start.
        standard_error: of the gain, with the correction of Harvey, Leybourne and Newbold (1997).
        p: two-sided p-value of the Diebold-Mariano statistic.
        cutoffs: number of dates behind these numbers.
    """

    folds: tuple[date, ...]
    start: Mapping[Symbol, float]
    winner: Mapping[Symbol, float]
    har: Mapping[Symbol, float]
    gain: float
    standard_error: float
    p: float
    cutoffs: int

    @property
    def confirmed(self) -> bool:
        return self.gain > 0.0 and self.p / 2.0 < SIGNIFICANCE


def confirm(unseen: Search, winner: Recipe, executor: Executor, watcher: Watcher) -> Confirmation:
    """Walk default and winner forward over folds that the search never saw, refitted before each fold."""
    start = Recipe(DEFAULT_RECIPE.name, unseen.start)
    before = walked_losses(unseen, start, executor, watcher)
    same = winner.config == start.config
    after = before if same else walked_losses(unseen, winner, executor, watcher)
    return compared(before, after, unseen.folds, unseen.every)


def compared(before: pd.DataFrame, after: pd.DataFrame, folds: tuple[date, ...], every: int) -> Confirmation:
    """The confirmation from the losses of start and winner at the same cut-offs."""
    ours, theirs = (_by_date(losses).to_numpy() for losses in (after, before))
    statistic, p = diebold_mariano(ours, theirs, HORIZON // every)
    gain = float(theirs.mean() - ours.mean())
    return Confirmation(
        folds,
        skills(before, "lstm"),
        skills(after, "lstm"),
        skills(before, "har"),
        gain,
        abs(gain / statistic) if statistic else 0.0,
        p,
        len(ours),
    )


def _by_date(losses: pd.DataFrame) -> pd.Series:
    """Losses in units of each ETF's random walk, averaged over ETFs per date: one series, since they share a market.

    An ETF counts as much as any other, however many cut-offs it has: the mean of the series is 1 − mean skill.
    """
    by_etf = losses.groupby(level="symbol")
    weight = 1.0 / by_etf["random_walk"].transform("sum") / by_etf.ngroups
    by_date = (losses["lstm"] * weight).groupby(level="cutoff").sum().sort_index()
    return by_date * len(by_date)
