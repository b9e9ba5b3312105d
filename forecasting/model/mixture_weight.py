"""The model's weight in the mixture with climatology: from the size of the panel and from past skill.

The skill is measured on rolling cut-offs inside the training data: the linear model, which the LSTM starts from, is
fitted before each of the last years' folds, and its forecasts of the sessions after are compared with climatology's. A
panel of a few ETFs teaches little that lasts, so without measured skill the weight falls with the panel.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

import numpy as np

from forecasting.errors import NotEnoughHistory
from forecasting.evaluation.scores import pinball
from forecasting.evaluation.walk_forward import Fold, before, fold_cutoffs
from forecasting.model.band_shapes import FROM_KNOTS
from forecasting.model.baselines import climatology_shape, shape_at_knots
from forecasting.model.fan import forecasts_at
from forecasting.model.har import Har
from forecasting.model.market import Market
from forecasting.model.mixture import Mixture, climatology_fans
from forecasting.model.volatility import SESSIONS_PER_YEAR, Volatility
from forecasting.prices.history import Array, Panel
from forecasting.quantiles import HORIZON
from forecasting.universe import Symbol

FOLD_YEARS: Final = (4, 2)
"""Years before the panel's end at which the linear model is refitted."""

HAR_EVERY: Final = 5
"""Every how many sessions the linear model is trained on here: outcomes overlap, and only its gain is needed."""

HALF_ETF_YEARS: Final = 40.0
"""Years of history, summed over ETFs, at which the weight is one half if nothing was measured."""

PRIOR_BLOCKS: Final = 30.0
"""Blocks of 60 sessions at which a measured gain counts half."""

GAIN_FOR_ONE: Final = 0.05
"""Gain over climatology, as a fraction of its loss, that raises the weight by one; a loss lowers it as much."""


def mix(panel: Panel) -> Mixture:
    """The mixture for forecasts after ``panel``: its weight, and climatology's shape of each ETF, smooth in steps.

    The weight is years / (years + HALF_ETF_YEARS) + shrunk gain / GAIN_FOR_ONE, clipped to 0 … 1, with the years of
    history summed over ETFs. It does not depend on the VIX.
    """
    panel = Panel(panel.values())
    shapes = {symbol: FROM_KNOTS @ shape_at_knots(history) for symbol, history in panel.items()}
    years = sum(len(history) for history in panel.values()) / SESSIONS_PER_YEAR
    prior = years / (years + HALF_ETF_YEARS)
    return Mixture(float(np.clip(prior + _shrunk_gain(panel) / GAIN_FOR_ONE, 0.0, 1.0)), shapes)


def _shrunk_gain(panel: Panel) -> float:
    end = max(history.last_session for history in panel.values())
    folds = [date(end.year - years, end.month, min(end.day, 28)) for years in FOLD_YEARS]
    states = {symbol: Volatility.of(history) for symbol, history in panel.items()}
    ours = theirs = 0.0
    blocks = 0
    for fold in fold_cutoffs(panel, folds, HORIZON, tuple(panel)):
        if not fold.cutoffs:
            continue
        model, climatology = _losses(panel, fold, states)
        ours, theirs, blocks = ours + model, theirs + climatology, blocks + len({day for _, day in fold.cutoffs})
    if not blocks:
        return 0.0
    return (1.0 - ours / theirs) * blocks / (blocks + PRIOR_BLOCKS)


def _losses(panel: Panel, fold: Fold, states: Mapping[Symbol, Volatility]) -> tuple[float, float]:
    """Losses of the linear model and of climatology summed over the fold, in units of each ETF's volatility."""
    past, market = before(panel, fold.start), Market.of(panel)
    try:
        har = Har(every=HAR_EVERY).fit(past)
    except NotEnoughHistory:
        return 0.0, 0.0
    ours = theirs = 0.0
    for symbol in sorted({symbol for symbol, _ in fold.cutoffs}):
        history, state = panel[symbol], states[symbol]
        origins = history.sessions.searchsorted(np.array([day for owner, day in fold.cutoffs if owner == symbol], "M8"))
        actual = history.adjusted[origins[:, None] + np.arange(1, HORIZON + 1)]
        unit = history.adjusted[origins] * state.slow[origins]
        ours += _loss(actual, forecasts_at(har, symbol, panel, origins, market), unit)
        theirs += _loss(actual, climatology_fans(climatology_shape(past[symbol]), state, origins), unit)
    return ours, theirs


def _loss(actual: Array, fans: Array, unit: Array) -> float:
    flat = pinball(actual.ravel(), fans.reshape(-1, fans.shape[-1])).mean(axis=-1).reshape(actual.shape)
    return float((flat.mean(axis=1) / unit).sum())
