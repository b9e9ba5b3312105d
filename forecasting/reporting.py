"""What a worker does last for an ETF: forecast, put the report together, draw it.

The model, its frame and its scores are in the source's adjusted closes; from here on prices are closes of the as-of
session (adjusted × ``history.as_quoted``), in which people see them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any, Final

import pandas as pd

from forecasting.chart import draw_forecast, draw_scores
from forecasting.errors import ModelMissing
from forecasting.fingerprint import code_version, data_hash, model_version
from forecasting.forecasters import Forecast
from forecasting.prices.history import Panel, PriceHistory
from forecasting.prices.quality import reader_notes
from forecasting.registry import RegisteredModel
from forecasting.report import THEMES, Close, ForecastReport, Scores, Step, Theme
from forecasting.sessions import next_sessions
from forecasting.stages import PanelStage, Trained, finish_symbol, predict_symbol
from forecasting.store import Publication
from forecasting.universe import Symbol

HISTORY_SESSIONS: Final = 252
"""About a year: what a report keeps of the past."""


@dataclass(frozen=True)
class Subject:
    """What a report is about: an ETF, under the name that people know it by."""

    symbol: Symbol
    name: str


@dataclass(frozen=True)
class Finished:
    """A trained model and its first report, for the job to store."""

    model: RegisteredModel
    publication: Publication


def finish(
    subject: Subject,
    panel: Panel,
    frame: pd.DataFrame,
    stages: Sequence[PanelStage],
    weights: bytes,
    *,
    seed: int,
    trained_at: datetime,
) -> Finished:
    """Calibrate and score the backtest, and forecast with the trained model.

    Args:
        panel: ends at the as-of session.
        frame: of ``backtest_symbol``.
        weights: of ``fit_symbol``.
    """
    trained = finish_symbol(subject.symbol, panel, frame, stages, weights, seed)
    history = panel[subject.symbol]
    version = model_version(subject.symbol, history.last_session, trained.model)
    model = RegisteredModel(version, trained.model, _card(trained, history, seed, trained_at))
    return Finished(model, forecast_again(subject, panel, model))


def forecast_again(subject: Subject, panel: Panel, model: RegisteredModel) -> Publication:
    """The report of a model that is kept, at the end of ``panel``. Its scores are those of its training.

    Raises:
        ModelMissing: the model was trained on sessions after the panel's end, so a forecast there would be no forecast,
            or on sessions before its start, which were another security's.
    """
    history = panel[subject.symbol]
    trained_until = date.fromisoformat(model.card["as_of"])
    if trained_until > history.last_session:
        raise ModelMissing(
            f"The model of {subject.symbol} has learnt from sessions up to {trained_until}, so it cannot forecast as "
            f"of {history.last_session}. Ask for a later day, or train one as of then: etf-forecast retrain "
            f"{subject.symbol} --as-of {history.last_session}"
        )
    if date.fromisoformat(model.card["recipe"]["trained_from"]) < history.sessions[0].date():
        raise ModelMissing(
            f"The model of {subject.symbol} has learnt from sessions before {history.sessions[0].date()}, when its "
            f"prices start now: those were another security's. Train a new one: etf-forecast retrain {subject.symbol}"
        )
    report = _report(subject, history, predict_symbol(subject.symbol, panel, model.data), model)
    return Publication(
        report,
        {("forecast", theme): draw_forecast(report, theme) for theme in THEMES}
        | {("scores", theme): draw_scores([report], theme) for theme in THEMES},
        adjustment=history.as_quoted,
        data_hash=data_hash(history),
        code_version=code_version(),
        seed=model.card["seed"],
    )


def draw_overview(reports: Sequence[ForecastReport]) -> dict[Theme, bytes]:
    """The pictures of all ETFs' scores."""
    return {theme: draw_scores(reports, theme) for theme in THEMES}


def _card(trained: Trained, history: PriceHistory, seed: int, trained_at: datetime) -> dict[str, Any]:
    scores = {model: asdict(_in_dollars(scores, history.as_quoted)) for model, scores in trained.scores.items()}
    return {
        "symbol": history.symbol,
        "source": history.source,
        "currency": history.currency,
        "as_of": history.last_session.isoformat(),
        "as_of_close": history.last_close,
        "trained_at": trained_at.isoformat(),
        "seed": seed,
        "code_version": code_version(),
        "data_hash": data_hash(history),
        "backtest_from": trained.backtest_from.isoformat(),
        "backtest_to": trained.backtest_to.isoformat(),
        "scores": scores,
        "notes": list(trained.notes),
        "recipe": trained.card,
    }


def _report(subject: Subject, history: PriceHistory, forecast: Forecast, model: RegisteredModel) -> ForecastReport:
    card = model.card
    quantiles = forecast.quantiles * history.as_quoted
    sessions = next_sessions(history.last_session, len(quantiles))
    past = history.frame["adjusted"].iloc[-HISTORY_SESSIONS:] * history.as_quoted
    units = _rebased(card, history)
    return ForecastReport(
        symbol=subject.symbol,
        name=subject.name,
        source=history.source,
        as_of=history.last_session,
        trained_at=datetime.fromisoformat(card["trained_at"]),
        model_version=model.version,
        last_close=history.last_close,
        currency=history.currency,
        history=tuple(
            Close(day.date(), float(close)) for day, close in zip(history.sessions[-len(past) :], past, strict=True)
        ),
        forecast=tuple(
            Step(step, session, tuple(map(float, row)))
            for step, (session, row) in enumerate(zip(sessions, quantiles, strict=True), 1)
        ),
        scores={name: _in_dollars(Scores(**values), units) for name, values in card["scores"].items()},
        backtest_from=date.fromisoformat(card["backtest_from"]),
        backtest_to=date.fromisoformat(card["backtest_to"]),
        notes=(*card["notes"], *reader_notes(history)),
    )


def _in_dollars(scores: Scores, factor: float) -> Scores:
    """The scores with their USD figures in other prices, ``factor`` times those before; shares stay as they are."""
    return replace(scores, mae=scores.mae * factor, mse=scores.mse * factor**2, rmse=scores.rmse * factor)


def _rebased(card: Mapping[str, Any], history: PriceHistory) -> float:
    """What splits since the training have made of a dollar: that day's close as quoted now, over the one of then."""
    day = pd.Timestamp(card["as_of"])
    if day not in history.sessions:
        return 1.0
    return float(history.frame["close"].loc[day]) / float(card["as_of_close"])
