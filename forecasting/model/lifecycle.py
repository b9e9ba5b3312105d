"""The computing steps of a training, as pure functions that a worker process can run.

Plain values in, plain values out: no files, database, network or clock. The order and the number of workers change no
result. ``forecasting.job.pipeline`` shows the order of the steps. The LSTM is imported inside the functions that need
it: a job only hands these functions to its workers, and would load torch for nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pkgutil import resolve_name
from typing import Final

import numpy as np
import pandas as pd

from forecasting.evaluation.walk_forward import Fold, before, empty_frame, fold_cutoffs, walk_folds
from forecasting.forecast import Forecast, Forecaster, Predictor
from forecasting.model.calibration import Residuals, corrected_nodes, nodes_of_regime, normal_scores, read_at, regimes
from forecasting.model.config import DEFAULT_CONFIG, LstmConfig
from forecasting.model.fan import VolatilityPredictor, fans_of, uses_vix
from forecasting.model.har import VIX_PREFIX, Har, HarPredictor
from forecasting.model.market import MARKET, Market, seen_by
from forecasting.model.serialization import pack, unpack
from forecasting.model.volatility import Volatility
from forecasting.models import MODELS
from forecasting.prices.history import Array, Panel
from forecasting.quantiles import COLUMNS, HORIZON
from forecasting.sessions import exchange_of, known_in_new_york
from forecasting.universe import Symbol

SEED: Final = 1
"""The seed of every training: the same prices give the same model."""

EVERY: Final = 10
"""Sessions between the cut-offs of the backtest behind a report."""

FOLD_YEARS: Final = (6, 2)
"""Years before the as-of session at which the folds of a report's backtest begin. Each costs a training of the panel;
the newest one is short, so that an ETF five years old has scores."""

CALIBRATED: Final = ("lstm", "har")
"""The models whose bands are corrected by past outcomes: the posted one, and the one that it is compared with."""

_NODES: Final = {False: "calibration.nodes", True: f"{VIX_PREFIX}calibration.nodes"}
"""Names of the corrections in a model's bytes, by whether the forecast uses the VIX."""

_ORDINAL_OF_1970: Final = date(1970, 1, 1).toordinal()


def report_folds(as_of: date) -> tuple[date, ...]:
    """Fold dates of the backtest behind a report: one fold of four years and one of two, up to ``as_of``."""
    return tuple(date(as_of.year - years, as_of.month, min(as_of.day, 28)) for years in FOLD_YEARS)


@dataclass(frozen=True, eq=False)
class FoldModel:
    """The panel's model for one fold of a backtest.

    Attributes:
        start: date of the fold. The model was fitted on the sessions before it.
        weights: bytes of the panel's LSTM, or of the HAR if no LSTM was asked for; empty if neither was.
        residuals: normal scores of out-of-sample forecasts of every ETF in the fold, by model (``lstm``, ``har``) and
            by whether they use the VIX; absent for models that it does not have.
    """

    start: date
    weights: bytes
    residuals: Mapping[tuple[str, bool], Residuals]


def fit_fold(
    panel: Panel,
    folds: tuple[date, ...],
    index: int,
    every: int,
    seed: int = SEED,
    config: LstmConfig = DEFAULT_CONFIG,
    models: Sequence[str] = tuple(MODELS),
) -> FoldModel:
    """Fit the panel's model for fold number ``index`` on the sessions before its date.

    Args:
        folds: dates of all folds, increasing.
        every: sessions between cut-offs.
        models: those that the backtest measures; what none of them needs is not fitted.

    Raises:
        NotEnoughHistory: no ETF of the panel is long enough to train on.
    """
    from forecasting.model.lstm import LstmForecaster

    start = folds[index]
    fold = fold_cutoffs(panel, folds, every, tuple(panel))[index]
    past = before(panel, start)
    if not fold.cutoffs or not {"lstm", "har"} & set(models):  # no forecast will be asked of this model
        return FoldModel(start, b"", {})
    if "lstm" not in models:
        har = Har().fit(past)
        return FoldModel(start, pack(har.arrays(), {}), _residuals("har", har, panel, fold))
    predictor = LstmForecaster(config, seed).fit(past)
    residuals = _residuals("lstm", predictor, panel, fold)
    if "har" in models:
        residuals |= _residuals("har", predictor.har, panel, fold)
    return FoldModel(start, predictor.to_bytes(), residuals)


def _residuals(
    name: str, predictor: VolatilityPredictor, panel: Panel, fold: Fold
) -> dict[tuple[str, bool], Residuals]:
    found: dict[tuple[str, bool], list[Residuals]] = {}
    market = Market.of(panel)
    for symbol in sorted({symbol for symbol, _ in fold.cutoffs}):
        history = panel[symbol]
        cutoffs = pd.DatetimeIndex([day for owner, day in fold.cutoffs if owner == symbol])
        origins = history.sessions.searchsorted(cutoffs)
        came = origins[:, None] + np.arange(1, HORIZON + 1)
        state = Volatility.of(history)
        view, regime = market.at(state), regimes(state, origins)
        ordinals = history.sessions.to_numpy("M8[D]").astype(np.int64) + _ORDINAL_OF_1970
        for informed, model in ((False, predictor.plain), (True, predictor.with_vix)):
            if model is None:
                continue
            scores = normal_scores(history.adjusted[came], fans_of(model, symbol, state, view, origins))
            known = view.knows_vix(origins) if informed else np.ones(len(origins), dtype=bool)
            residuals = Residuals(ordinals[came][known], scores[known].astype(np.float32), regime[known])
            found.setdefault((name, informed), []).append(residuals)
    return {key: Residuals.pool(parts) for key, parts in found.items()}


def _pooled(fold_models: Sequence[FoldModel], model: str, informed: bool) -> Residuals:
    return Residuals.pool(
        [fold.residuals[model, informed] for fold in fold_models if (model, informed) in fold.residuals]
    )


def backtest_symbol(
    symbol: Symbol,
    panel: Panel,
    fold_models: Sequence[FoldModel],
    every: int,
    seed: int = SEED,
    models: Sequence[str] = tuple(MODELS),
    *,
    fold: int | None = None,
) -> pd.DataFrame:
    """The ETF's walk-forward frame of all ``models``, ``lstm`` not yet calibrated.

    Args:
        fold_models: of all folds, in their order.
        fold: number of the only fold to walk; the weights of the other models are not needed then.

    Returns:
        As ``walk_forward`` returns it; empty if the ETF is too young for every fold.
    """
    folds = fold_cutoffs(panel, [model.start for model in fold_models], every, (symbol,))
    folds = folds if fold is None else folds[fold : fold + 1]

    def predictors_of(fold: Fold) -> dict[str, Predictor]:
        past, weights = before(panel, fold.start), fold_models[fold.index].weights
        return {model: _fold_predictor(model, symbol, past, weights, seed) for model in models}

    return walk_folds(predictors_of, seen_by(symbol, panel), folds)


def joined(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """The frame of ``backtest_symbol`` over all folds from those of each fold, in their order."""
    filled = [frame for frame in frames if len(frame)]
    models = list(dict.fromkeys(model for frame in filled for model in frame["model"].unique()))
    parts = [frame[frame["model"] == model] for model in models for frame in filled]
    return pd.concat(parts, ignore_index=True) if parts else empty_frame()


def _fold_predictor(model: str, symbol: Symbol, past: Panel, weights: bytes, seed: int) -> Predictor:
    if model == "lstm":
        from forecasting.model.lstm import LstmPredictor, adapt

        return adapt(LstmPredictor.from_bytes(weights), symbol, past, seed)
    if model == "har":
        return HarPredictor.from_arrays(unpack(weights)[0])
    baseline: Forecaster = resolve_name(MODELS[model].forecaster)()
    return baseline.fit(Panel([past[symbol]]))


def fit_panel(panel: Panel, seed: int = SEED, config: LstmConfig = DEFAULT_CONFIG) -> bytes:
    """The panel's LSTM, trained on all sessions of ``panel``.

    Raises:
        NotEnoughHistory: no ETF of the panel is long enough to train on.
    """
    from forecasting.model.lstm import LstmForecaster

    return LstmForecaster(config, seed).fit(panel).to_bytes()


def fit_symbol(symbol: Symbol, panel: Panel, weights: bytes, seed: int = SEED) -> bytes:
    """The ETF's own LSTM, trained further from the panel's ``weights`` on all its sessions; not yet calibrated."""
    from forecasting.model.lstm import LstmPredictor, adapt

    return adapt(LstmPredictor.from_bytes(weights), symbol, panel, seed).to_bytes()


def calibrated_model(weights: bytes, fold_models: Sequence[FoldModel], known: date) -> bytes:
    """The model of ``fit_symbol`` with the correction of its bands: all that ``predict_symbol`` needs.

    Args:
        known: last session whose close may be known. Outcomes that had closed by then give the correction.
    """
    arrays, card = unpack(weights)
    for informed, name in _NODES.items():
        arrays[name] = corrected_nodes(_pooled(fold_models, "lstm", informed), known)
    return pack(arrays, card)


def calibrate_frame(frame: pd.DataFrame, fold_models: Sequence[FoldModel], panel: Panel) -> pd.DataFrame:
    """The frame with the rows of ``lstm`` as they would have been posted, and those of ``har`` treated alike.

    Each forecast is corrected by outcomes closed by its cut-off.

    Args:
        frame: of ``backtest_symbol``, of any number of ETFs.
        panel: the prices that the frame was made from.
    """
    calibrated = frame.copy()
    market = Market.of(panel)
    nodes: dict[tuple[str, bool, date, int], Array] = {}
    pools = {(model, vix): _pooled(fold_models, model, vix) for model in CALIBRATED for vix in (False, True)}
    for (model, symbol), rows in frame[frame["model"].isin(CALIBRATED)].groupby(["model", "symbol"]):
        state = Volatility.of(panel[Symbol(str(symbol))])
        cutoffs = pd.DatetimeIndex(rows["cutoff"].unique())
        origins = state.sessions.searchsorted(cutoffs)
        knows_vix, regime = market.at(state).knows_vix(origins), regimes(state, origins)
        read = {}
        for i, cutoff in enumerate(cutoffs):
            day = cutoff.date()
            fold = max((f for f in fold_models if f.start <= day), key=lambda f: f.start)
            informed = bool(knows_vix[i]) and (str(model), True) in fold.residuals
            known = known_in_new_york(exchange_of(str(symbol)), day)
            key = (str(model), informed, known, int(regime[i]))
            if key not in nodes:
                nodes[key] = nodes_of_regime(pools[str(model), informed], known, int(regime[i]))
            read[cutoff] = nodes[key]
        steps = rows["step"].to_numpy(dtype=np.int64) - 1
        at = np.stack([read[cutoff][step] for cutoff, step in zip(rows["cutoff"], steps, strict=True)])
        calibrated.loc[rows.index, list(COLUMNS)] = read_at(rows[list(COLUMNS)].to_numpy(dtype=np.float64), at)
    return calibrated


def why_without_vix(symbol: Symbol, panel: Panel, model: bytes) -> str:
    """A sentence for readers if the forecast of ``predict_symbol`` does without the VIX; empty if it uses it."""
    if MARKET not in panel:
        return f"There are no prices of {MARKET}, so the forecast uses neither the market nor the VIX."
    plain = "so volatility is forecast from past prices alone."
    if panel.vix is None or panel.vix.empty:
        return f"The VIX is not known, {plain}"
    state = Volatility.of(panel[symbol])
    if not Market.of(panel).at(state).knows_vix(np.array([len(state.returns) - 1]))[0]:
        newest = panel.vix.index[-1].date()
        return f"The VIX of the last days is missing or incomplete (the newest is of {newest}), {plain}"
    if f"{VIX_PREFIX}har.slopes" not in unpack(model)[0]:
        return f"The model was trained without the VIX, {plain}"
    return ""


def predict_symbol(symbol: Symbol, panel: Panel, model: bytes) -> Forecast:
    """The forecast as it is posted, from the end of ``panel``, in adjusted closes (USD).

    Args:
        model: bytes of ``calibrated_model``.

    Raises:
        NotEnoughHistory: the ETF has under 60 sessions.
        ModelMissing: ``model`` cannot be read.
    """
    from forecasting.model.lstm import LstmPredictor

    arrays, _ = unpack(model)
    predictor = LstmPredictor.from_bytes(model)
    raw = predictor.predict(symbol, panel)
    state = Volatility.of(panel[symbol])
    last = np.array([len(state.returns) - 1])
    nodes = arrays[_NODES[bool(uses_vix(predictor, Market.of(panel).at(state), last)[0])]]
    return Forecast(raw.symbol, raw.cutoff, raw.last, read_at(raw.quantiles, nodes[regimes(state, last)[0]]))
