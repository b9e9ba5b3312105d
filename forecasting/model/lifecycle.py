"""The computing steps of a job, as pure functions that a worker process can run.

Plain values in, plain values out: no files, no database, no network, no clock. A job runs ``panel_stage`` for each fold
of the backtest and once for the final fit, then ``backtest_symbol``, ``fit_symbol`` and ``finish_symbol`` for each ETF.
The order and the number of workers change nothing. The LSTM is imported by the function that needs it: a job hands
these functions to its workers, and would load torch for nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from forecasting.evaluation.scores import score
from forecasting.evaluation.walk_forward import Fold, before, fold_cutoffs, walk_folds
from forecasting.forecast import Forecast, Forecaster, Predictor
from forecasting.model.calibration import Residuals, corrected_nodes, normal_scores, read_at, regimes
from forecasting.model.config import DEFAULT_CONFIG, LstmConfig
from forecasting.model.fan import forecasts_at
from forecasting.model.features import Market, market_members, window_origins
from forecasting.model.har import Har, HarPredictor
from forecasting.model.serialization import pack, unpack
from forecasting.model.volatility import Volatility
from forecasting.models import MODELS
from forecasting.prices.history import Panel
from forecasting.quantiles import COLUMNS, HORIZON
from forecasting.report import Scores
from forecasting.universe import Symbol

if TYPE_CHECKING:
    from forecasting.model.lstm import LstmPredictor

EVERY: Final = 10
"""Sessions between the cut-offs of the backtest behind a report."""

FOLD_YEARS: Final = (6, 2)
"""Years before the as-of session at which the folds of a report's backtest begin. Each costs a training of the panel;
the newest one is short, so that an ETF five years old has scores."""

LEANS_ON_PANEL: Final = 750
"""Sessions under which a forecast rests on what other ETFs taught."""

_ORDINAL_OF_1970: Final = date(1970, 1, 1).toordinal()


def report_folds(as_of: date) -> tuple[date, ...]:
    """Fold dates of the backtest behind a report: one of four years and one of two, up to ``as_of``."""
    return tuple(date(as_of.year - years, as_of.month, min(as_of.day, 28)) for years in FOLD_YEARS)


@dataclass(frozen=True, eq=False)
class PanelStage:
    """What the panel taught for one fold, or finally.

    Attributes:
        weights: the panel's model; the HAR alone, or nothing, where no more was asked for.
        residuals: of its out-of-sample forecasts of every ETF in the fold; none for the final fit and without LSTM.
    """

    weights: bytes
    residuals: Residuals


def panel_stage(
    panel: Panel,
    folds: tuple[date, ...],
    index: int | None,
    every: int,
    seed: int,
    config: LstmConfig = DEFAULT_CONFIG,
    models: tuple[str, ...] = tuple(MODELS),
) -> PanelStage:
    """Fit the panel's model for fold number ``index`` on sessions before its date, or on everything where None.

    Args:
        models: those that the backtest is to measure; what none of them needs is not fitted.

    Raises:
        NotEnoughHistory: no ETF of the panel is long enough to learn from.
    """
    from forecasting.model.lstm import LstmForecaster

    forecaster = LstmForecaster(config, seed)
    if index is None:
        return PanelStage(forecaster.fit(panel).to_bytes(), Residuals.pool(()))
    fold = fold_cutoffs(panel, folds, every, tuple(panel))[index]
    if not fold.cutoffs:  # every ETF is too young for this fold: nobody will ask for its model
        return PanelStage(b"", Residuals.pool(()))
    past = before(panel, folds[index])
    if "lstm" not in models:
        weights = pack(Har().fit(past).arrays(), {}) if "har" in models else b""
        return PanelStage(weights, Residuals.pool(()))
    predictor = forecaster.fit(past)
    return PanelStage(predictor.to_bytes(), _residuals(predictor, panel, fold))


def _residuals(predictor: LstmPredictor, panel: Panel, fold: Fold) -> Residuals:
    parts = []
    market = Market.of(panel)
    for symbol in sorted({symbol for symbol, _ in fold.cutoffs}):
        history = panel[symbol]
        cutoffs = pd.DatetimeIndex([day for owner, day in fold.cutoffs if owner == symbol])
        origins = history.sessions.searchsorted(cutoffs)
        came = origins[:, None] + np.arange(1, HORIZON + 1)
        scores = normal_scores(history.adjusted[came], forecasts_at(predictor, symbol, panel, origins, market))
        ordinals = history.sessions.to_numpy("M8[D]").astype(np.int64) + _ORDINAL_OF_1970
        regime = regimes(Volatility.of(history), origins)
        parts.append(Residuals(ordinals[came], scores.astype(np.float32), regime))
    return Residuals.pool(parts)


def backtest_symbol(
    symbol: Symbol,
    panel: Panel,
    folds: tuple[date, ...],
    stages: Sequence[PanelStage],
    every: int,
    seed: int,
    models: tuple[str, ...] = tuple(MODELS),
) -> pd.DataFrame:
    """The ETF's walk-forward frame, all ``models``, ``lstm`` not yet calibrated; empty where it is in no fold.

    Args:
        stages: those of the folds, in their order.
    """
    own = fold_cutoffs(panel, folds, every, (symbol,))
    # A forecast looks at the ETF and the market alone: to cut forty histories at each cut-off takes longer than that.
    seen = Panel({history.symbol: history for history in (panel[symbol], *market_members(panel))}.values())

    def predictors_of(fold: Fold) -> dict[str, Predictor]:
        past = before(panel, fold.start)
        return {model: _fold_predictor(model, symbol, past, stages[fold.index].weights, seed) for model in models}

    return walk_folds(predictors_of, seen, own)


def _fold_predictor(model: str, symbol: Symbol, past: Panel, weights: bytes, seed: int) -> Predictor:
    if model == "lstm":
        from forecasting.model.lstm import LstmPredictor, adapt

        return adapt(LstmPredictor.from_bytes(weights), symbol, past, seed)
    if model == "har":
        return HarPredictor.from_arrays(unpack(weights)[0])
    baseline: Forecaster = resolve_name(MODELS[model].forecaster)()
    return baseline.fit(Panel([past[symbol]]))


def fit_symbol(symbol: Symbol, panel: Panel, final: PanelStage, seed: int) -> bytes:
    """The ETF's own LSTM, trained from the panel's on all sessions of ``panel``."""
    from forecasting.model.lstm import LstmPredictor, adapt

    return adapt(LstmPredictor.from_bytes(final.weights), symbol, panel, seed).to_bytes()


def calibrate_frame(frame: pd.DataFrame, stages: Sequence[PanelStage], panel: Panel) -> pd.DataFrame:
    """The frame with the rows of ``lstm`` as they would have been posted: each from outcomes closed by its cut-off.

    Args:
        stages: those of the folds.
        panel: the prices that the frame was made from.
    """
    calibrated = frame.copy()
    pooled = Residuals.pool([stage.residuals for stage in stages])
    ours = frame[frame["model"] == "lstm"]
    nodes = {cutoff: corrected_nodes(pooled, cutoff.date()) for cutoff in pd.DatetimeIndex(ours["cutoff"].unique())}
    for symbol, rows in ours.groupby("symbol"):
        history = panel[Symbol(str(symbol))]
        cutoffs = pd.DatetimeIndex(rows["cutoff"].unique())
        regime = regimes(Volatility.of(history), history.sessions.searchsorted(cutoffs))
        read = {cutoff: nodes[cutoff][regime[i]] for i, cutoff in enumerate(cutoffs)}
        steps = rows["step"].to_numpy(dtype=np.int64) - 1
        at = np.stack([read[cutoff][step] for cutoff, step in zip(rows["cutoff"], steps, strict=True)])
        calibrated.loc[rows.index, list(COLUMNS)] = read_at(rows[list(COLUMNS)].to_numpy(dtype=np.float64), at)
    return calibrated


@dataclass(frozen=True, eq=False)
class Trained:
    """A finished ETF.

    Attributes:
        frame: its backtest, ``lstm`` calibrated; empty where it was in no fold.
        scores: by model, in adjusted USD of the panel's history; empty where the frame is.
        model: all that ``predict_symbol`` needs.
        card: recipe, seed, training span and scores, fit for JSON.
        notes: sentences that a reader of the forecast must know.
        backtest_from, backtest_to: first and last cut-off behind the scores; the last session where there is none.
    """

    frame: pd.DataFrame
    scores: dict[str, Scores]
    model: bytes
    card: dict[str, Any]
    backtest_from: date
    backtest_to: date
    notes: tuple[str, ...] = field(default=())


def finish_symbol(
    symbol: Symbol,
    panel: Panel,
    frame: pd.DataFrame,
    stages: Sequence[PanelStage],
    weights: bytes,
    seed: int,
) -> Trained:
    """Calibrate, score, and put all that a forecast needs into one model."""
    history = panel[symbol]
    calibrated = calibrate_frame(frame, stages, panel)
    scores = score(calibrated, history)
    arrays, card = unpack(weights)
    config = LstmConfig.of_card(card)
    nodes = corrected_nodes(Residuals.pool([stage.residuals for stage in stages]), history.last_session)
    cutoffs = calibrated["cutoff"]
    span = (cutoffs.min().date(), cutoffs.max().date()) if len(calibrated) else (history.last_session,) * 2
    described = {
        **card,
        "symbol": symbol,
        "seed": seed,
        "trained_from": history.sessions[0].date().isoformat(),
        "trained_to": history.last_session.isoformat(),
        "sessions": len(history),
        "windows": len(window_origins(len(history), config.every, config.lookback)),
        "panel": list(panel),
        "scores": {model: asdict(values) for model, values in scores.items()},
    }
    return Trained(
        frame=calibrated,
        scores=scores,
        model=pack({**arrays, "calibration.nodes": nodes}, card),
        card=described,
        backtest_from=span[0],
        backtest_to=span[1],
        notes=_notes(symbol, len(history), bool(scores)),
    )


def _notes(symbol: Symbol, sessions: int, measured: bool) -> tuple[str, ...]:
    notes = []
    if sessions < LEANS_ON_PANEL:
        notes.append(
            f"{symbol} has traded for {sessions} sessions, under three years: the forecast leans on what other ETFs "
            "taught the model."
        )
    if not measured:
        notes.append(f"{symbol} is too young for a backtest of its own, so there are no errors to show yet.")
    return tuple(notes)


def predict_symbol(symbol: Symbol, panel: Panel, model: bytes) -> Forecast:
    """The forecast as it is posted, from the end of ``panel``.

    Raises:
        NotEnoughHistory: the ETF has under 60 sessions.
        ModelMissing: ``model`` cannot be read.
    """
    from forecasting.model.lstm import LstmPredictor

    arrays, _ = unpack(model)
    raw = LstmPredictor.from_bytes(model).predict(symbol, panel)
    history = panel[symbol]
    regime = regimes(Volatility.of(history), np.array([len(history) - 1]))[0]
    return Forecast(raw.symbol, raw.cutoff, raw.last, read_at(raw.quantiles, arrays["calibration.nodes"][regime]))
