"""A worker's last step for an ETF: decide which model forecasts, write the report and draw it.

The model, its frame and its scores are in the source's adjusted closes; from here on prices are closes of the as-of
session (adjusted × ``history.as_quoted``), as people see them.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Final

import numpy as np
import pandas as pd

from forecasting.champion.challenge import challenge, holdout_model, require_usable
from forecasting.champion.decisions import Decision
from forecasting.champion.promotion import decide, is_sound
from forecasting.champion.registry import HOLDOUT_HASH_KEY, HOLDOUT_KEY, RegisteredModel
from forecasting.champion.training_card import training_card
from forecasting.chart import draw_forecast, draw_scores
from forecasting.errors import UnsoundModel
from forecasting.forecast import Forecast
from forecasting.model.fingerprint import code_version, data_hash, model_version
from forecasting.model.lifecycle import FoldModel, calibrate_frame, calibrated_model, predict_symbol, why_without_vix
from forecasting.model.market import MARKET
from forecasting.model.volatility import log_returns
from forecasting.prices.history import Panel, PriceHistory
from forecasting.prices.quality.gate import reader_notes
from forecasting.record.baselines import Baselines
from forecasting.report import THEMES, Close, ForecastReport, Scores, Step, Theme, VolatilityScores
from forecasting.reports.publication import Picture, Publication
from forecasting.scenarios.past_returns import KEPT_RETURNS, PastReturns
from forecasting.sessions import exchange_of, known_in_new_york, next_sessions
from forecasting.universe import Symbol

HISTORY_SESSIONS: Final = 252
"""About a year: what a report keeps of the past."""


@dataclass(frozen=True)
class TrainingResult:
    """A new model and its results, for the job to store.

    Attributes:
        decision: None if there was nothing to decide: the model is the champion already, or was trained as of a day
            before the champion's.
        publication: the report of the model that forecasts from now on; None if no model gives a sound one.
    """

    model: RegisteredModel
    decision: Decision | None
    publication: Publication | None


def finish_training(
    symbol: Symbol,
    name: str,
    panel: Panel,
    trained_on: Sequence[Symbol],
    fold_models: Sequence[FoldModel],
    frame: pd.DataFrame,
    weights: bytes,
    champion: RegisteredModel | None,
    *,
    seed: int,
    recipe: str,
    decided_for: str,
    withdrawn: Collection[str],
    trained_at: datetime,
    drawn: bool = True,
) -> TrainingResult:
    """Calibrate and score the backtest, let the new model challenge the champion, and forecast with the better one.

    Args:
        name: under which people know the ETF.
        panel: at least what ``seen_by`` gives.
        trained_on: all ETFs of the panel that the models were fitted on.
        frame: of ``backtest_symbol``.
        weights: of ``fit_symbol``.
        recipe: name of the recipe.
        decided_for: the source under which the decision is kept.
        withdrawn: models that an operator rolled back, so that no training brings them back.
        drawn: whether the report needs pictures.
    """
    history = panel[symbol]
    known = known_in_new_york(exchange_of(symbol), history.last_session)
    data = calibrated_model(weights, fold_models, known)
    holdout = holdout_model(symbol, panel, fold_models, seed)
    card = training_card(
        trained_on, history, calibrate_frame(frame, fold_models, panel), data, seed, recipe, trained_at
    )
    if holdout is not None:
        card |= {HOLDOUT_KEY: holdout[1].isoformat(), HOLDOUT_HASH_KEY: sha256(holdout[0]).hexdigest()}
    version = model_version(symbol, history.last_session, data)
    model = RegisteredModel(version, data, card, None if holdout is None else holdout[0])
    if champion is not None and (champion.version == version or champion.card["as_of"] > card["as_of"]):
        return TrainingResult(model, None, forecast_again(symbol, name, panel, model, drawn=drawn))
    asked = challenge(symbol, panel, model, champion, fold_models)
    ruling = decide(asked, withdrawn=version in withdrawn)
    publication = None
    if ruling.promoted:
        publication = forecast_again(symbol, name, panel, model, drawn=drawn)
    elif champion is not None and asked.champion_forecast is not None:
        publication = forecast_again(symbol, name, panel, champion, [refusal_note(ruling.reason)], drawn=drawn)
    decision = Decision(
        source=decided_for,
        symbol=symbol,
        challenger=version,
        champion=None if champion is None else champion.version,
        verdict="promoted" if ruling.promoted else "refused",
        reason=ruling.reason,
        numbers=ruling.numbers,
        decided_at=trained_at,
    )
    return TrainingResult(model, decision, publication)


def refusal_note(reason: str) -> str:
    """What a report says while the newest model is not the one that forecasts."""
    return f"A newer model was trained but not accepted, so the earlier one is still in use. {reason}"


def forecast_again(
    symbol: Symbol,
    name: str,
    panel: Panel,
    model: RegisteredModel,
    notes: Sequence[str] = (),
    *,
    drawn: bool = True,
    scores_charts: Mapping[Theme, bytes] | None = None,
) -> Publication:
    """The report of a stored model at the end of ``panel``. Its scores are those of its training.

    Args:
        notes: sentences for the reader, in addition to those of the training and the prices.
        drawn: whether the report needs pictures.
        scores_charts: pictures of this model's scores that were drawn before, so that they need not be drawn again.

    Raises:
        ModelMissing: the model may not forecast there, see ``require_usable``.
        UnsoundModel: its forecast lacks prices, or they are not in order.
    """
    history = panel[symbol]
    require_usable(model, history)
    forecast = predict_symbol(symbol, panel, model.data)
    if not is_sound(forecast.quantiles):
        raise UnsoundModel(
            f"The forecast of the model {model.version} of {symbol} has days without a price or quantiles that cross, "
            f"so it is not shown. Check the prices (etf-forecast prices check), or go back to an earlier "
            f"model: etf-forecast rollback {symbol}"
        )
    without_vix = why_without_vix(symbol, panel, model.data)
    report = _report(name, history, forecast, model, [*notes, without_vix] if without_vix else notes)
    if symbol == MARKET:
        report = replace(report, vix=_vix_of(panel))
    return Publication(
        report,
        _pictures(report, scores_charts) if drawn else {},
        adjustment=history.as_quoted,
        data_hash=data_hash(history),
        code_version=code_version(),
        seed=model.card["seed"],
        baselines=asdict(Baselines.of(history)),
        security=history.security,
        past_returns=past_returns(history),
    )


def _vix_of(panel: Panel) -> float | None:
    """The VIX as known on SPY's last session; None if it is not known for that day."""
    day = panel[MARKET].sessions[-1]
    return float(panel.vix.loc[day]) if panel.vix is not None and day in panel.vix.index else None


def past_returns(history: PriceHistory) -> PastReturns:
    """The newest returns of a history; its first session has none."""
    returns = log_returns(history.adjusted)[1:][-KEPT_RETURNS:]
    sessions = history.sessions[len(history) - len(returns) :].date
    return PastReturns(tuple(day.toordinal() for day in sessions), tuple(returns.tolist()))


def _pictures(
    report: ForecastReport, scores_charts: Mapping[Theme, bytes] | None
) -> dict[tuple[Picture, Theme], bytes]:
    forecasts: dict[tuple[Picture, Theme], bytes] = {
        ("forecast", theme): draw_forecast(report, theme) for theme in THEMES
    }
    scores = scores_charts or draw_overview([report])
    return forecasts | {("scores", theme): png for theme, png in scores.items()}


def draw_overview(reports: Sequence[ForecastReport]) -> dict[Theme, bytes]:
    """PNGs of the scores of all these ETFs, by theme."""
    return {theme: draw_scores(reports, theme) for theme in THEMES}


def _report(
    name: str, history: PriceHistory, forecast: Forecast, model: RegisteredModel, notes: Sequence[str]
) -> ForecastReport:
    card = model.card
    quantiles = forecast.quantiles * history.as_quoted
    sessions = next_sessions(history.last_session, len(quantiles), exchange_of(history.symbol))
    past = history.adjusted[-HISTORY_SESSIONS:] * history.as_quoted
    quoted = quoted_closes(history.frame).to_numpy()[-HISTORY_SESSIONS:]
    units = _rebased(card, history)
    return ForecastReport(
        symbol=history.symbol,
        name=name,
        source=history.source,
        as_of=history.last_session,
        trained_at=datetime.fromisoformat(card["trained_at"]),
        model_version=model.version,
        last_close=history.last_close,
        currency=history.currency,
        history=tuple(
            Close(day, close, None if math.isnan(as_quoted) else as_quoted)
            for day, close, as_quoted in zip(
                history.sessions[-len(past) :].date, past.tolist(), quoted.tolist(), strict=True
            )
        ),
        forecast=tuple(
            Step(step, session, tuple(row))
            for step, (session, row) in enumerate(zip(sessions, quantiles.tolist(), strict=True), 1)
        ),
        scores={name: Scores(**values).at_prices(units) for name, values in card["scores"].items()},
        backtest_from=date.fromisoformat(card["backtest_from"]),
        backtest_to=date.fromisoformat(card["backtest_to"]),
        notes=(*card["notes"], *notes, *reader_notes(history)),
        volatility=tuple(VolatilityScores(**found) for found in card.get("volatility", ())),
    )


def quoted_closes(frame: pd.DataFrame) -> pd.Series:
    """Closes as quoted; NaN where a source has adjusted ones alone, which stand in for them."""
    is_adjusted = frame["dividend"].isna().all() and frame["close"].equals(frame["adjusted"])
    return pd.Series(np.nan, frame.index) if is_adjusted else pd.Series(frame["close"])


def _rebased(card: Mapping[str, Any], history: PriceHistory) -> float:
    """Factor of the splits since the training: that day's close as quoted now, over the close as quoted then."""
    day = pd.Timestamp(card["as_of"])
    if day not in history.sessions:
        return 1.0
    return float(history.frame["close"].loc[day]) / float(card["as_of_close"])
