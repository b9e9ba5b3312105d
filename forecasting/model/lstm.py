"""The LSTM: what past sessions say about coming volatility beyond the linear forecast (HAR).

The network sees the last sessions in units of volatility and corrects the panel HAR's log volatility
at five horizons. Its output layer starts at zero, so that an untrained network is the HAR. One network learns from the
whole panel; each ETF then trains its own copy further, held close to the panel's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from weakref import WeakKeyDictionary

import numpy as np
import torch
from torch import Tensor, nn

from forecasting.evaluation.walk_forward import MIN_HISTORY
from forecasting.forecast import Forecast
from forecasting.model.band_shapes import NO_SHAPES, Shapes
from forecasting.model.config import DEFAULT_CONFIG, FORMAT, LstmConfig, TrainingConfig
from forecasting.model.drift import Rows
from forecasting.model.fan import forecast_last, forecasts_of_days
from forecasting.model.features import FEATURES, TARGET_STEPS, session_features
from forecasting.model.har import VIX_PREFIX, Har, HarModel, HarPredictor, shapes_of
from forecasting.model.market import Market, MarketView
from forecasting.model.mixture import Mixture
from forecasting.model.mixture_weight import mix
from forecasting.model.serialization import pack, unpack, with_prefix, without_prefix
from forecasting.model.training import as_rows, train
from forecasting.model.training_windows import TrainingWindows, gather_windows
from forecasting.model.volatility import Volatility
from forecasting.prices.history import Array, Panel
from forecasting.universe import Symbol


class LstmNetwork(nn.Module):
    """From windows, shape (batch, lookback, features), to corrections of log volatility at TARGET_STEPS, (batch, 5)."""

    def __init__(self, features: int, units: int, dropout: float, layers: int = 1) -> None:
        super().__init__()
        between = dropout if layers > 1 else 0.0
        self.lstm = nn.LSTM(features, units, layers, batch_first=True, dropout=between)
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(units, len(TARGET_STEPS))
        nn.init.zeros_(self.output.weight)
        nn.init.zeros_(self.output.bias)

    def forward(self, windows: Tensor) -> Tensor:
        states, _ = self.lstm(windows)  # (batch, lookback, units)
        corrections: Tensor = self.output(self.dropout(states[:, -1]))
        return corrections

    def shrink(self, factor: float) -> None:
        """Multiply every correction by ``factor`` from now on."""
        with torch.no_grad():
            self.output.weight.mul_(factor)
            self.output.bias.mul_(factor)


def qlike(corrections: Tensor, residuals: Tensor) -> Tensor:
    """QLIKE loss of predicted volatility, as the HAR's: robust to noise in realised volatility (Patton 2011).

    ``exp(r − c) − (r − c) − 1``, averaged over both arguments' shape (batch, 5); 0 if they are equal.

    Args:
        corrections: predicted less the HAR's log volatility.
        residuals: realised less the HAR's log volatility.
    """
    gap = residuals - corrections
    return (gap.exp() - gap - 1.0).mean()


@dataclass(frozen=True)
class LstmForecaster:
    """The recipe of the panel's networks: ``seed`` is that of the first, and each further one has the next."""

    config: LstmConfig = DEFAULT_CONFIG
    seed: int = 0
    name: str = "lstm"

    def fit(self, panel: Panel) -> LstmPredictor:
        """Raises NotEnoughHistory if no ETF of the panel is long enough to train on."""
        har = Har().fit(panel)
        windows = _windows(har.plain, panel, tuple(panel), self.config)
        length = _find_length(windows, self.config, self.seed)
        seeds = range(self.seed, self.seed + self.config.networks)
        networks = tuple(_trained(windows, length, self.config, seed) for seed in seeds)
        ensemble = Ensemble(networks, self.config.lookback)
        predictor = LstmPredictor(har, ensemble, NO_SHAPES, NO_SHAPES, mix(panel), self.config)
        market = Market.of(panel)
        states = {symbol: Volatility.of(history) for symbol, history in panel.items()}
        views = {symbol: market.at(state) for symbol, state in states.items()}
        # The bands stand around the LSTM's own predictions, which differ from the HAR's.
        vix_shapes = NO_SHAPES if predictor.with_vix is None else shapes_of(predictor.with_vix, states, views)
        return replace(predictor, shapes=shapes_of(predictor.plain, states, views), vix_shapes=vix_shapes)


def _windows(har: HarModel, panel: Panel, symbols: tuple[Symbol, ...], config: LstmConfig) -> TrainingWindows | None:
    return gather_windows(har, panel, symbols, config.every, config.validation, config.lookback)


def _find_length(windows: TrainingWindows | None, config: LstmConfig, seed: int) -> TrainingConfig | None:
    """How long to train and how much of the correction to keep, chosen on the newest windows; None without windows.

    One network is tried for all of them, on every other window, since only the number of epochs is needed.
    """
    if windows is None:
        return None
    trial = _new_network(config, seed)
    found = train(trial, windows.training.every_other(), qlike, config.panel, seed, windows.validation)
    return replace(config.panel, epochs=found.best, shares=(found.factor,))


def _trained(
    windows: TrainingWindows | None, length: TrainingConfig | None, config: LstmConfig, seed: int
) -> LstmNetwork:
    """A network trained on all windows, including the newest, which are most like the future; untrained without any."""
    network = _new_network(config, seed)
    if windows is None or length is None:
        return network.eval()
    train(network, windows.all, qlike, length, seed)
    return network


def adapt(predictor: LstmPredictor, symbol: Symbol, panel: Panel, seed: int) -> LstmPredictor:
    """The ETF's own predictor: copies of the panel's networks, trained further on its history and held close to them.

    They stay as they are if the history is shorter than MIN_HISTORY sessions.

    Args:
        panel: holds the ETF's history; its market is the market.
        seed: of the first network's training.
    """
    networks = [_copy(network, predictor.config) for network in predictor.ensemble.networks]
    if symbol in panel and len(panel[symbol]) >= MIN_HISTORY:
        windows = _windows(predictor.har.plain, panel, (symbol,), predictor.config)
        if windows is not None:
            for number, network in enumerate(networks):
                train(network, windows.training, qlike, predictor.config.own, seed + number, windows.validation)
    return replace(
        predictor,
        har=predictor.har.only(symbol),
        ensemble=Ensemble(tuple(networks), predictor.config.lookback),
        shapes=predictor.shapes.only(symbol),
        vix_shapes=predictor.vix_shapes.only(symbol),
        mixture=predictor.mixture.only(symbol),
    )


@dataclass(frozen=True, eq=False)
class Ensemble:
    """Networks that correct a linear forecast by the mean of what each says.

    Attributes:
        networks: in evaluation mode.
        lookback: sessions in a window.
    """

    networks: tuple[LstmNetwork, ...]
    lookback: int
    _latest: WeakKeyDictionary[MarketView, tuple[Rows, Array]] = field(
        default_factory=WeakKeyDictionary, init=False, repr=False
    )

    def corrections(self, state: Volatility, view: MarketView, origins: Rows) -> Array:
        """Corrections of log volatility at TARGET_STEPS, shape (origins, 5); 0 where sessions are too few for a window.

        The newest of each view are kept, because the forecasts with and without the VIX are corrected alike.
        """
        known = self._latest.get(view)
        if known is None or not np.array_equal(known[0], origins):
            known = self._latest[view] = origins, self._computed(state, view, origins)
        return known[1]

    def _computed(self, state: Volatility, view: MarketView, origins: Rows) -> Array:
        found = np.zeros((len(origins), len(TARGET_STEPS)))
        full = np.flatnonzero(origins >= self.lookback)
        if len(full):
            span = np.arange(1 - self.lookback, 1)
            inputs = as_rows(session_features(state, view.log_range)[origins[full][:, None] + span])
            with torch.no_grad():
                mean = torch.stack([network(inputs) for network in self.networks]).mean(dim=0)
            found[full] = mean.numpy().astype(np.float64)
        return found


@dataclass(frozen=True, eq=False)
class LstmModel:
    """A linear forecast and the networks that correct it, with the bands around both, mixed with climatology."""

    har: HarModel
    ensemble: Ensemble
    shapes: Shapes
    mixture: Mixture

    def log_sigma_at(self, state: Volatility, view: MarketView, origins: Rows) -> Array:
        """Predicted log volatility at TARGET_STEPS, shape (origins, 5)."""
        return self.har.log_sigma_at(state, view, origins) + self.ensemble.corrections(state, view, origins)


@dataclass(frozen=True, eq=False)
class LstmPredictor:
    """A trained LSTM. The networks learned to correct the plain HAR, and correct the one with the VIX as well.

    Attributes:
        har: the linear forecasts.
        shapes, vix_shapes: of the bands around the corrected forecasts without and with the VIX.
        mixture: with climatology.
    """

    har: HarPredictor
    ensemble: Ensemble
    shapes: Shapes
    vix_shapes: Shapes
    mixture: Mixture
    config: LstmConfig

    @property
    def plain(self) -> LstmModel:
        return LstmModel(self.har.plain, self.ensemble, self.shapes, self.mixture)

    @property
    def with_vix(self) -> LstmModel | None:
        if self.har.with_vix is None:
            return None
        return LstmModel(self.har.with_vix, self.ensemble, self.vix_shapes, self.mixture)

    def predict(self, symbol: Symbol, panel: Panel) -> Forecast:
        return forecast_last(self, symbol, panel)

    def predict_at(self, symbol: Symbol, panel: Panel, cutoffs: Sequence[date]) -> Array:
        """As ``ManyAtOnce.predict_at``."""
        return forecasts_of_days(self, symbol, panel, cutoffs)

    def to_bytes(self) -> bytes:
        arrays = self.har.arrays() | with_prefix("lstm.", self.shapes.arrays()) | self.mixture.arrays()
        arrays |= with_prefix(f"lstm.{VIX_PREFIX}", self.vix_shapes.arrays())
        for number, network in enumerate(self.ensemble.networks):
            for name, tensor in network.state_dict().items():
                arrays[f"network.{number}.{name}"] = tensor.numpy()
        return pack(arrays, {"format": FORMAT, "lstm": asdict(self.config)})

    @classmethod
    def from_bytes(cls, data: bytes) -> LstmPredictor:
        """Raises ModelMissing if ``data`` are not the bytes of a model, or those of another format."""
        arrays, card = unpack(data)
        config = LstmConfig.of_card(card)
        networks = []
        for number in range(config.networks):
            network = _blank_network(config)
            state = without_prefix(f"network.{number}.", arrays)
            network.load_state_dict({name: torch.from_numpy(array.copy()) for name, array in state.items()})
            networks.append(network.eval())
        shapes, vix_shapes = (
            Shapes.from_arrays(without_prefix(prefix, arrays)) for prefix in ("lstm.", f"lstm.{VIX_PREFIX}")
        )
        har, mixture = HarPredictor.from_arrays(arrays), Mixture.from_arrays(arrays)
        return cls(har, Ensemble(tuple(networks), config.lookback), shapes, vix_shapes, mixture, config)


def _new_network(config: LstmConfig, seed: int) -> LstmNetwork:
    torch.manual_seed(seed)
    return _blank_network(config)


def _blank_network(config: LstmConfig) -> LstmNetwork:
    return LstmNetwork(len(FEATURES), config.units, config.dropout, config.layers)


def _copy(network: LstmNetwork, config: LstmConfig) -> LstmNetwork:
    copied = _blank_network(config)
    copied.load_state_dict(network.state_dict())
    return copied.eval()
