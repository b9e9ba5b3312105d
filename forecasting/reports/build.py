"""What a worker does last for an ETF: forecast, put the report together, draw it.

The model, its frame and its scores are in the source's adjusted closes; from here on prices are closes of the as-of
session (adjusted × ``history.as_quoted``), in which people see them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any, Final

import pandas as pd

from forecasting.champion.challenge import contest, require_usable, stand_in
from forecasting.champion.promotion import Judgement, is_sound, judge
from forecasting.champion.registry import RegisteredModel
from forecasting.chart import draw_forecast, draw_scores
from forecasting.errors import UnsoundModel
from forecasting.forecast import Forecast
from forecasting.model.fingerprint import code_version, data_hash, model_version
from forecasting.model.lifecycle import PanelStage, Trained, calibrate_frame, finish_symbol, predict_symbol
from forecasting.prices.history import Panel, PriceHistory
from forecasting.prices.quality.gate import reader_notes
from forecasting.record.baselines import Baselines
from forecasting.report import THEMES, Close, ForecastReport, Scores, Step, Theme
from forecasting.reports.publication import Publication
from forecasting.reports.publication import Subject as Picture
from forecasting.sessions import next_sessions
from forecasting.universe import Symbol

HISTORY_SESSIONS: Final = 252
"""About a year: what a report keeps of the past."""


@dataclass(frozen=True)
class Subject:
    """What a report is about: an ETF, under the name that people know it by."""

    symbol: Symbol
    name: str


@dataclass(frozen=True)
class Lesson:
    """What the panel taught and on which prices, for the ETFs that share them.

    Attributes:
        panel: ends at the as-of session.
        folds: dates of the backtest.
        before: what the panel taught before each fold.
        final: what it taught of everything.
    """

    panel: Panel
    folds: tuple[date, ...]
    before: tuple[PanelStage, ...]
    final: PanelStage


@dataclass(frozen=True)
class Incumbent:
    """The model that forecasts when a challenger is trained.

    Attributes:
        model: the champion.
        recipe: where it was made by another recipe: the walk-forward of that recipe, and what the panel taught it
            before each fold.
    """

    model: RegisteredModel
    recipe: tuple[pd.DataFrame, Sequence[PanelStage]] | None = None


@dataclass(frozen=True)
class Finished:
    """A trained model and what came of it, for the job to store.

    Attributes:
        champion: the model that it was compared with.
        judgement: whether it is promoted; None where there was nothing to decide: it is the champion already, or was
            trained as of a day before the champion's.
        publication: the report of the model that forecasts from now on; None where no model gives a sound one.
    """

    subject: Subject
    model: RegisteredModel
    champion: str | None
    judgement: Judgement | None
    publication: Publication | None


def finish(
    subject: Subject,
    lesson: Lesson,
    frame: pd.DataFrame,
    weights: bytes,
    incumbent: Incumbent | None,
    *,
    seed: int,
    recipe: str,
    withdrawn: Collection[str],
    trained_at: datetime,
    drawn: bool = True,
) -> Finished:
    """Calibrate and score the backtest, let the trained model challenge the champion, and forecast with the better.

    Args:
        frame: of ``backtest_symbol``.
        weights: of ``fit_symbol``.
        recipe: name of the recipe.
        withdrawn: models that an operator rolled back, so that no training may bring them back.
        drawn: whether anybody will see the report, so that it needs pictures.
    """
    symbol, panel = subject.symbol, lesson.panel
    history = panel[symbol]
    trained = finish_symbol(symbol, panel, frame, lesson.before, weights, seed)
    standing_in = stand_in(symbol, panel, lesson.folds, lesson.before, seed)
    card = _card(trained, history, seed, recipe, trained_at) | {"stand_in": standing_in and standing_in[1].isoformat()}
    version = model_version(symbol, history.last_session, trained.model)
    model = RegisteredModel(version, trained.model, card, standing_in and standing_in[0])
    champion = None if incumbent is None else incumbent.model
    former = None if champion is None else champion.version
    if champion is not None and (champion.version == version or champion.card["as_of"] > card["as_of"]):
        return Finished(subject, model, former, None, forecast_again(subject, panel, model, drawn=drawn))
    walks = None
    if incumbent is not None and incumbent.recipe is not None:
        walks = trained.frame, calibrate_frame(*incumbent.recipe, panel)
    judgement = judge(contest(symbol, panel, model, champion, lesson.folds, walks), withdrawn=version in withdrawn)
    publication = None
    if judgement.promoted:
        publication = forecast_again(subject, panel, model, drawn=drawn)
    elif judgement.champion_stays and champion is not None:
        notes = (refusal_note(judgement.reason),)
        publication = forecast_again(subject, panel, champion, notes, drawn=drawn)
    return Finished(subject, model, former, judgement, publication)


def refusal_note(reason: str) -> str:
    """What a report says while the newest model is not the one that forecasts."""
    return f"A newer model was trained and not taken; the one before it forecasts on. {reason}"


def forecast_again(
    subject: Subject, panel: Panel, model: RegisteredModel, notes: Sequence[str] = (), *, drawn: bool = True
) -> Publication:
    """The report of a model that is kept, at the end of ``panel``. Its scores are those of its training.

    Args:
        notes: sentences about the day, beside those of the training and the prices.
        drawn: whether the report comes with pictures.

    Raises:
        ModelMissing: the model may not forecast there, see ``require_usable``.
        UnsoundModel: its forecast lacks prices, or they are in no order.
    """
    history = panel[subject.symbol]
    require_usable(model, history)
    forecast = predict_symbol(subject.symbol, panel, model.data)
    if not is_sound(forecast.quantiles):
        raise UnsoundModel(
            f"The model {model.version} of {subject.symbol} gives a forecast without prices or with crossed "
            f"quantiles, so nothing is shown. Look at the prices (etf-forecast prices check {subject.symbol}), or go "
            f"back to an earlier model: etf-forecast rollback {subject.symbol}"
        )
    report = _report(subject, history, forecast, model, notes)
    return Publication(
        report,
        _pictures(report) if drawn else {},
        adjustment=history.as_quoted,
        data_hash=data_hash(history),
        code_version=code_version(),
        seed=model.card["seed"],
        baselines=asdict(Baselines.of(history)),
        security=history.security,
    )


def _pictures(report: ForecastReport) -> dict[tuple[Picture, Theme], bytes]:
    forecasts: dict[tuple[Picture, Theme], bytes] = {
        ("forecast", theme): draw_forecast(report, theme) for theme in THEMES
    }
    return forecasts | {("scores", theme): draw_scores([report], theme) for theme in THEMES}


def draw_overview(reports: Sequence[ForecastReport]) -> dict[Theme, bytes]:
    """The pictures of all ETFs' scores."""
    return {theme: draw_scores(reports, theme) for theme in THEMES}


def _card(trained: Trained, history: PriceHistory, seed: int, recipe: str, trained_at: datetime) -> dict[str, Any]:
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
        "security": None if history.security is None else history.security.as_json(),
        "backtest_from": trained.backtest_from.isoformat(),
        "backtest_to": trained.backtest_to.isoformat(),
        "scores": scores,
        "notes": list(trained.notes),
        "recipe": {**trained.card, "name": recipe},
    }


def _report(
    subject: Subject, history: PriceHistory, forecast: Forecast, model: RegisteredModel, notes: Sequence[str]
) -> ForecastReport:
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
        notes=(*card["notes"], *notes, *reader_notes(history)),
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
