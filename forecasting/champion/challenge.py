"""How a worker prepares a decision: challenger and champion forecast sessions on which neither was trained.

A model that was trained up to today has seen everything that happened, so it cannot be judged. Its *holdout model* can:
the same recipe, trained and calibrated on the sessions before the newest fold of the backtest only, as a training on
the eve of that fold would have made it. It is kept with the model, and next week's challenger meets it on the cut-offs
of the newest fold: two years of outcomes that neither holdout model was trained on.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from forecasting.champion.promotion import Challenge, Losses, is_sound, mean_losses
from forecasting.champion.registry import RegisteredModel
from forecasting.errors import ModelMissing
from forecasting.evaluation.walk_forward import before, fold_cutoffs
from forecasting.model.config import LstmConfig
from forecasting.model.lifecycle import EVERY, FoldModel, calibrated_model, fit_symbol, predict_symbol
from forecasting.model.serialization import unpack
from forecasting.prices.history import Array, Panel, PriceHistory
from forecasting.prices.security import Security
from forecasting.quantiles import HORIZON
from forecasting.universe import Symbol

log = logging.getLogger(__name__)

_UNREADABLE: Final = (ModelMissing, KeyError, TypeError, ValueError, RuntimeError)
"""Errors raised when the bytes of a model are those of another version of the program."""


def holdout_model(
    symbol: Symbol, panel: Panel, fold_models: Sequence[FoldModel], seed: int
) -> tuple[bytes, date] | None:
    """The model that a training on the eve of the newest fold would have made, and the last session it knows.

    Args:
        fold_models: in time order. The last one's panel model is trained further on the ETF; the earlier ones'
            residuals calibrate it.

    Returns:
        None if the ETF is too young for the newest fold.
    """
    fold = fold_cutoffs(panel, [model.start for model in fold_models], EVERY, (symbol,))[-1]
    if not fold.cutoffs:
        return None
    past = before(panel, fold.start)
    known = past[symbol].last_session
    return calibrated_model(fit_symbol(symbol, past, fold_models[-1].weights, seed), fold_models[:-1], known), known


def require_usable(model: RegisteredModel, history: PriceHistory) -> None:
    """Check that a model may forecast from the end of a history.

    Raises:
        ModelMissing: it was trained on sessions after that end, so it already knows what it would forecast, or on
            sessions before the history's start, which belong to another security.
    """
    symbol = history.symbol
    trained_until = date.fromisoformat(model.card["as_of"])
    if trained_until > history.last_session:
        raise ModelMissing(
            f"The model of {symbol} was trained on prices up to {trained_until}, so it cannot forecast as of "
            f"{history.last_session}. Choose a later day, or train a model as of that day: etf-forecast retrain "
            f"{symbol} --as-of {history.last_session}"
        )
    security = model.card.get("security")  # models of older versions don't say
    if security and history.security and not Security.from_json(security).is_same_as(history.security):
        raise ModelMissing(
            f"The model of {symbol} was trained on {security['name']}, but {symbol} is now another security: "
            f"{history.security.name}. Train a new model: etf-forecast retrain {symbol}"
        )
    start = history.sessions[0].date()
    if date.fromisoformat(model.card["recipe"]["trained_from"]) < start:
        raise ModelMissing(
            f"The model of {symbol} was trained on prices before {start}, the first day of its history now: they "
            f"belong to another security. Train a new model: etf-forecast retrain {symbol}"
        )


def is_readable(model: RegisteredModel) -> bool:
    """Whether this version of the program can forecast with the model: its bytes are whole and of today's format."""
    try:
        _recipe(model)
    except _UNREADABLE:
        return False
    return True


def challenge(
    symbol: Symbol,
    panel: Panel,
    challenger: RegisteredModel,
    champion: RegisteredModel | None,
    fold_models: Sequence[FoldModel],
) -> Challenge:
    """What a decision between the two rests on, from the end of ``panel``.

    Args:
        fold_models: of the challenger's backtest; the newest fold's cut-offs are where the holdout models meet.
    """
    forecast = predict_symbol(symbol, panel, challenger.data).quantiles
    if champion is None:
        return Challenge(forecast)
    try:
        require_usable(champion, panel[symbol])
    except ModelMissing as error:
        return Challenge(forecast, remark=f"The previous model can no longer be used. {error}")
    try:
        champion_forecast = predict_symbol(symbol, panel, champion.data).quantiles
    except _UNREADABLE:
        return Challenge(forecast, remark="This version of the program cannot read the previous model.")
    if not is_sound(champion_forecast):
        return Challenge(forecast, remark="The previous model's forecast has days without a price.")
    same_recipe = _recipe(challenger) == _recipe(champion)
    losses, remark = _holdout_losses(symbol, panel, challenger, champion, fold_models), ""
    if losses is None or not losses.suffice:
        losses, remark = None, "There are too few test dates that neither model was trained on to compare their errors."
    elif not np.isfinite(losses.champion).all():
        losses, remark = None, "The previous model's errors cannot be computed, so they were not compared."
    return Challenge(forecast, champion_forecast, losses, same_recipe, remark)


def _recipe(model: RegisteredModel) -> LstmConfig:
    return LstmConfig.of_card(unpack(model.data)[1])


def _holdout_losses(
    symbol: Symbol,
    panel: Panel,
    challenger: RegisteredModel,
    champion: RegisteredModel,
    fold_models: Sequence[FoldModel],
) -> Losses | None:
    """Losses of the two holdout models on the cut-offs of the newest fold that neither knows."""
    eves = (challenger.holdout_until, champion.holdout_until)
    if challenger.holdout is None or champion.holdout is None or eves[0] is None or eves[1] is None:
        return None
    fold = fold_cutoffs(panel, [model.start for model in fold_models], EVERY, (symbol,))[-1]
    cutoffs = [day for _, day in fold.cutoffs if day > max(eves[0], eves[1])]
    if not cutoffs:
        return None
    history = panel[symbol]
    origins = history.sessions.searchsorted(pd.DatetimeIndex(cutoffs))
    actual = history.adjusted[origins[:, None] + np.arange(1, HORIZON + 1)]
    last = history.adjusted[origins]
    cut = [panel.until(day) for day in cutoffs]

    def losses(model: bytes) -> Array:
        fans = np.stack([predict_symbol(symbol, known, model).quantiles for known in cut])
        return mean_losses(actual, fans, last)

    ours = losses(challenger.holdout)
    try:
        return Losses(tuple(cutoffs), ours, losses(champion.holdout), EVERY)
    except _UNREADABLE:
        log.warning("The holdout model of %s cannot be read by this version of the program", champion.version)
        return None
