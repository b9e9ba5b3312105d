"""Reproduction: a forecast on the record is made again from its model and the prices, and compared.

What it was made from is named in its row: the model by the hash of its bytes, the prices by theirs, the program by its
version. Prices re-based since (a dividend, a split) are the same prices in other units, so both forecasts are compared
in closes of the as-of session as quoted at issue.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from forecasting.champion.registry import RegisteredModel
from forecasting.errors import BadPrices
from forecasting.model.fingerprint import code_version, data_hash
from forecasting.model.lifecycle import predict_symbol
from forecasting.model.market import market_members
from forecasting.prices.history import Array, Panel, PriceHistory
from forecasting.record.schema import IssuedForecast
from forecasting.universe import Symbol

TOLERANCE: Final = 1e-9
"""Relative difference of quantiles that rounding explains."""


@dataclass(frozen=True)
class Reproduction:
    """What became of making a forecast again.

    Attributes:
        number: of the forecast on the record.
        distance: the largest relative difference of a quantile; infinite where the two cannot be compared.
        same_bits: every quantile is the same number.
        differences: sentences about what is not as it was at issue, the quantiles among them where they differ.
    """

    number: int
    distance: float
    same_bits: bool
    differences: tuple[str, ...]

    @property
    def is_equal(self) -> bool:
        return self.distance <= TOLERANCE


def reproduce(issued: IssuedForecast, model: RegisteredModel, panel: Panel) -> Reproduction:
    """Make ``issued`` again.

    Args:
        model: the one that it names, as it is kept.
        panel: the prices as they are known to have been, from which its as-of session can be cut.

    Raises:
        BadPrices: they do not reach the as-of session.
        NotEnoughHistory, ModelMissing: nothing can be forecast from them, or the model cannot be read.
    """
    symbol = Symbol(issued.symbol)
    known = panel.until(issued.as_of)
    history = known.get(symbol)
    if history is None or history.last_session != issued.as_of:
        raise BadPrices(
            f"Forecast {issued.number} of {symbol} is as of {issued.as_of}, and there is no price of that session. "
            "Name the source that it was made from with --prices."
        )
    # In closes of the as-of session as they are quoted now, then as they were quoted at issue.
    quoted = predict_symbol(symbol, known, model.data).quantiles * history.as_quoted
    rebuilt = quoted if history.last_close == issued.raw_close else quoted * (issued.raw_close / history.last_close)
    stored = np.array(list(issued.quantiles.values()), dtype=np.float64)
    differences = list(_about_inputs(issued, history))
    distance = float(np.max(np.abs(rebuilt / stored - 1.0)))
    if not distance <= TOLERANCE:
        differences = [_about_quantiles(issued, stored, rebuilt), *(differences or [_about_the_rest(issued, known)])]
    return Reproduction(issued.number, distance, bool(np.array_equal(rebuilt, stored)), tuple(differences))


def _about_quantiles(issued: IssuedForecast, stored: Array, rebuilt: Array) -> str:
    step, level = np.unravel_index(np.argmax(np.abs(rebuilt / stored - 1.0)), stored.shape)
    session = list(issued.quantiles)[step]
    return (
        f"Quantiles differ, most at {session}: {stored[step, level]:.6f} on the record, {rebuilt[step, level]:.6f} now."
    )


def _about_inputs(issued: IssuedForecast, history: PriceHistory) -> Iterator[str]:
    """What the row names and is not the same now: prices, program. The registry has checked the model."""
    if data_hash(history) != issued.data_hash:
        yield (
            f"Prices of {issued.symbol} until {issued.as_of} are not the numbers that they were: re-based, or revised "
            "at the source."
        )
    if code_version() != issued.code_version:
        yield f"It was made by version {issued.code_version} of this program, and this is {code_version()}."


def _about_the_rest(issued: IssuedForecast, known: Panel) -> str:
    """What the row does not name: of the market's prices it has no hash."""
    market = ", ".join(history.symbol for history in market_members(known))
    return (
        f"The model, the program and the prices of {issued.symbol} are the same as then. What may differ are the VIX, "
        f"the prices of the market ({market} now), the machine and the version of torch or numpy."
    )
