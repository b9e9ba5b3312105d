"""Training windows: past sessions, and what the HAR leaves unexplained of the volatility after them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from forecasting.model.drift import Rows
from forecasting.model.features import session_features, targets, window_origins
from forecasting.model.har import HarModel
from forecasting.model.market import Market
from forecasting.model.training import WindowSet
from forecasting.model.volatility import Volatility
from forecasting.prices.history import Panel
from forecasting.quantiles import HORIZON
from forecasting.universe import Symbol

EMBARGO: Final = 60
"""Sessions between the last outcome used for training and the first session that validation sees."""

MIN_WINDOWS: Final = 16
"""Windows below which a network is not trained at all."""


def split_windows(
    panel: Panel, symbols: Iterable[Symbol], every: int, held_back: int, lookback: int
) -> tuple[dict[Symbol, Rows], dict[Symbol, Rows]]:
    """Last sessions of the windows to train on and to validate with, by ETF, in time order.

    Validation takes the newest ``held_back`` sessions of the panel, or a quarter of them if there are few. The last
    outcome of a training window lies at least EMBARGO sessions before the first session of a validation window, so
    early stopping sees nothing that training has used.
    """
    calendar = np.unique(np.concatenate([history.sessions.to_numpy() for history in panel.values()]))
    first = len(calendar) - HORIZON - min(held_back, len(calendar) // 4)
    last_training = calendar[max(0, first - lookback - EMBARGO - HORIZON)]
    training, validation = {}, {}
    for symbol in symbols:
        sessions = panel[symbol].sessions.to_numpy()
        origins = window_origins(len(sessions), every, lookback)
        training[symbol] = origins[sessions[origins] <= last_training]
        validation[symbol] = origins[sessions[origins] >= calendar[max(0, first)]]
    return training, validation


@dataclass(frozen=True, eq=False)
class TrainingWindows:
    """Windows to train on and to stop by, and all windows that have an outcome."""

    training: WindowSet
    validation: WindowSet
    all: WindowSet


def gather_windows(
    har: HarModel, panel: Panel, symbols: Sequence[Symbol], every: int, held_back: int, lookback: int
) -> TrainingWindows | None:
    """The windows of ``symbols``; None if there are too few to train or to validate with.

    The targets are realised less the HAR's log volatility at TARGET_STEPS, shape (windows, 5).

    Args:
        every: sessions between an ETF's windows.
        held_back: newest sessions that only validation sees.
        lookback: sessions in a window.
    """
    training, validation = split_windows(panel, symbols, every, held_back, lookback)
    if min(sum(len(origins) for origins in part.values()) for part in (training, validation)) < MIN_WINDOWS:
        return None
    market = Market.of(panel)
    tables, outcomes, offsets, offset = [], {}, {}, 0
    for symbol in symbols:
        state = Volatility.of(panel[symbol])
        view = market.at(state)
        tables.append(session_features(state, view.log_range))
        outcomes[symbol] = targets(state) - har.log_sigma_at(state, view, np.arange(len(state.returns)))
        offsets[symbol], offset = offset, offset + len(state.returns)
    rows = np.concatenate(tables)

    def window_set(part: Mapping[Symbol, Rows]) -> WindowSet:
        ends = np.concatenate([origins + offsets[symbol] for symbol, origins in part.items()])
        wanted = np.concatenate([outcomes[symbol][origins] for symbol, origins in part.items()])
        return WindowSet.of(rows, ends, lookback, wanted)

    everything = {symbol: window_origins(len(panel[symbol]), every, lookback) for symbol in symbols}
    return TrainingWindows(window_set(training), window_set(validation), window_set(everything))
