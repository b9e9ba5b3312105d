"""What a worker finds out for a promotion: how challenger and champion forecast where neither has learnt.

A model cannot be judged on what it trained on, and one trained up to today has seen all that happened. In its place
stands its *stand-in*: the same recipe, trained and calibrated on sessions before the newest fold of the backtest, as a
training on the eve of that fold would have made it. It is kept with the model, so that next week's challenger can meet
it: on the cut-offs of the newest fold, two years of outcomes that neither stand-in trained on.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from forecasting.champion.promotion import Contest, Losses, is_sound, mean_losses
from forecasting.champion.registry import RegisteredModel
from forecasting.errors import ModelMissing
from forecasting.evaluation.walk_forward import before, empty_frame, fold_cutoffs
from forecasting.model.config import LstmConfig
from forecasting.model.lifecycle import EVERY, PanelStage, finish_symbol, fit_symbol, predict_symbol
from forecasting.model.serialization import unpack
from forecasting.prices.history import Array, Panel, PriceHistory
from forecasting.prices.store.identity import Security
from forecasting.quantiles import COLUMNS, HORIZON
from forecasting.universe import Symbol

log = logging.getLogger(__name__)

_UNREADABLE: Final = (ModelMissing, KeyError, TypeError, ValueError, RuntimeError)
"""What reading the bytes of a program that kept its models otherwise ends in."""


def config_of(model: RegisteredModel) -> LstmConfig | None:
    """The recipe of a model, with today's defaults where it is older than a part of it; None where it is unreadable."""
    try:
        return LstmConfig.of_card(unpack(model.data)[1])
    except _UNREADABLE:
        return None


def stand_in(
    symbol: Symbol, panel: Panel, folds: tuple[date, ...], stages: Sequence[PanelStage], seed: int
) -> tuple[bytes, date] | None:
    """The model that a training on the eve of the newest fold would have made, and the last session it learnt from.

    Args:
        stages: those of the folds: the last one's panel model, and the earlier ones' residuals for its calibration.

    Returns:
        None where the ETF is too young for the newest fold.
    """
    fold = fold_cutoffs(panel, folds, EVERY, (symbol,))[-1]
    if not fold.cutoffs:
        return None
    eve = before(panel, fold.start)
    weights = fit_symbol(symbol, eve, stages[-1], seed)
    model = finish_symbol(symbol, eve, empty_frame(), stages[:-1], weights, seed).model
    return model, eve[symbol].last_session


def require_usable(model: RegisteredModel, history: PriceHistory) -> None:
    """Whether a model may forecast at the end of a history.

    Raises:
        ModelMissing: it was trained on sessions after that end, so a forecast there would be no forecast, or on
            sessions before the history's start, which were another security's.
    """
    symbol = history.symbol
    trained_until = date.fromisoformat(model.card["as_of"])
    if trained_until > history.last_session:
        raise ModelMissing(
            f"The model of {symbol} has learnt from sessions up to {trained_until}, so it cannot forecast as "
            f"of {history.last_session}. Ask for a later day, or train one as of then: etf-forecast retrain "
            f"{symbol} --as-of {history.last_session}"
        )
    security = model.card.get("security")  # models of older versions don't say
    if security and history.security and not Security.from_json(security).is_same_as(history.security):
        raise ModelMissing(
            f"The model of {symbol} has learnt from {security['name']}, and {symbol} means another security now: "
            f"{history.security.name}. Train a new one: etf-forecast retrain {symbol}"
        )
    start = history.sessions[0].date()
    if date.fromisoformat(model.card["recipe"]["trained_from"]) < start:
        raise ModelMissing(
            f"The model of {symbol} has learnt from sessions before {start}, when its prices start now: those were "
            f"another security's. Train a new one: etf-forecast retrain {symbol}"
        )


def contest(
    symbol: Symbol,
    panel: Panel,
    challenger: RegisteredModel,
    champion: RegisteredModel | None,
    folds: tuple[date, ...],
    walks: tuple[pd.DataFrame, pd.DataFrame] | None = None,
) -> Contest:
    """What a decision between the two rests on, from the end of ``panel``.

    Args:
        folds: of the challenger's backtest.
        walks: where the recipes differ, the calibrated walk-forward frames of the challenger's and the champion's.
    """
    forecast = predict_symbol(symbol, panel, challenger.data).quantiles
    if champion is None:
        return Contest("first", forecast)
    try:
        require_usable(champion, panel[symbol])
    except ModelMissing as error:
        return Contest("first", forecast, remark=f"The champion cannot forecast any more. {error}")
    try:
        rival = predict_symbol(symbol, panel, champion.data).quantiles
    except _UNREADABLE:
        return Contest("first", forecast, remark=f"The champion {champion.version} is unreadable to this program.")
    if not is_sound(rival):
        return Contest("first", forecast, remark=f"The champion {champion.version} gives a forecast without prices.")
    losses = _refit_losses(symbol, panel, challenger, champion, folds) if walks is None else _walk_losses(panel, walks)
    remark = ""
    if losses is None or not losses.suffice:
        losses, remark = None, "Too few outcomes have closed on which neither trained to compare losses."
    elif not np.isfinite(losses.champion).all():
        losses, remark = None, "The champion's losses are no numbers, so there is nothing to compare with."
    return Contest("refit" if walks is None else "recipe", forecast, rival, losses, remark)


def _refit_losses(
    symbol: Symbol, panel: Panel, challenger: RegisteredModel, champion: RegisteredModel, folds: tuple[date, ...]
) -> Losses | None:
    """Of the two stand-ins, on the cut-offs of the newest fold that both were trained before."""
    if challenger.stand_in is None or champion.stand_in is None:
        return None
    eves = [model.card.get("stand_in") for model in (challenger, champion)]
    if not all(eves):  # a job was killed between a stand-in and its card
        return None
    known = max(date.fromisoformat(str(eve)) for eve in eves)
    cutoffs = [day for _, day in fold_cutoffs(panel, folds, EVERY, (symbol,))[-1].cutoffs if day > known]
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

    ours = losses(challenger.stand_in)
    try:
        return Losses(tuple(cutoffs), ours, losses(champion.stand_in), EVERY)
    except _UNREADABLE:
        log.warning("The stand-in of %s is unreadable to this program", champion.version)
        return None


def _walk_losses(panel: Panel, walks: tuple[pd.DataFrame, pd.DataFrame]) -> Losses | None:
    """Of two walk-forward frames of one symbol with the same cut-offs, by their ``lstm`` rows."""
    ours, theirs = (frame[frame["model"] == "lstm"].sort_values(["cutoff", "step"]) for frame in walks)
    if ours.empty:
        return None
    cutoffs = pd.DatetimeIndex(ours["cutoff"].unique())
    history = panel[Symbol(str(ours["symbol"].iloc[0]))]
    last = history.adjusted[history.sessions.searchsorted(cutoffs)]

    def losses(frame: pd.DataFrame) -> Array:
        actual = frame["actual"].to_numpy(dtype=np.float64).reshape(len(cutoffs), HORIZON)
        fans = frame[list(COLUMNS)].to_numpy(dtype=np.float64).reshape(len(cutoffs), HORIZON, len(COLUMNS))
        return mean_losses(actual, fans, last)

    return Losses(tuple(day.date() for day in cutoffs), losses(ours), losses(theirs), EVERY)
