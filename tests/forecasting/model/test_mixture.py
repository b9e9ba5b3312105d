from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from forecasting.evaluation.scores import pinball
from forecasting.evaluation.walk_forward import walk_forward
from forecasting.model.baselines import Climatology, climatology_shape
from forecasting.model.fan import forecasts_at
from forecasting.model.har import Har
from forecasting.model.mixture import Mixture, climatology_fans
from forecasting.model.mixture_weight import GAIN_FOR_ONE, HALF_ETF_YEARS, HAR_EVERY, PRIOR_BLOCKS, mix
from forecasting.model.serialization import pack, unpack
from forecasting.model.volatility import Volatility
from forecasting.prices.history import Panel, PriceHistory
from forecasting.quantiles import COLUMNS, HORIZON
from tests.support.panels import SPY, TLT, history, session, small_panel

ORIGINS = np.array([300, 640, 999])


@pytest.fixture(scope="module")
def panel() -> Panel:
    return small_panel()


@pytest.fixture(scope="module")
def fans(panel: Panel) -> np.ndarray:
    return forecasts_at(Har().fit(panel), SPY, panel, ORIGINS)


def _mixture(weight: float, panel: Panel) -> Mixture:
    return Mixture(weight, {SPY: climatology_shape(panel[SPY])})


def test_climatology_in_one_pass_is_the_baseline_made_one_by_one(panel: Panel) -> None:
    predictor = Climatology().fit(panel)
    together = climatology_fans(climatology_shape(panel[SPY]), Volatility.of(panel[SPY]), ORIGINS)
    for row, origin in enumerate(ORIGINS):
        single = predictor.predict(SPY, panel.until(session(panel, int(origin)))).quantiles
        np.testing.assert_allclose(together[row], single, rtol=1e-9)


def test_a_weight_of_one_is_the_model_and_of_zero_climatology(panel: Panel, fans: np.ndarray) -> None:
    state = Volatility.of(panel[SPY])
    np.testing.assert_array_equal(_mixture(1.0, panel).of(fans, SPY, state, ORIGINS), fans)
    rest = climatology_fans(climatology_shape(panel[SPY]), state, ORIGINS)
    np.testing.assert_allclose(_mixture(0.0, panel).of(fans, SPY, state, ORIGINS), rest)


def test_between_them_quantiles_lie_between(panel: Panel, fans: np.ndarray) -> None:
    state = Volatility.of(panel[SPY])
    half, rest = (_mixture(weight, panel).of(fans, SPY, state, ORIGINS) for weight in (0.5, 0.0))
    assert (half >= np.minimum(fans, rest) - 1e-9).all()
    assert (half <= np.maximum(fans, rest) + 1e-9).all()
    assert (np.diff(half, axis=-1) >= 0.0).all()


def test_an_etf_that_the_mixture_never_saw_gets_a_gaussian_climatology(panel: Panel, fans: np.ndarray) -> None:
    mixed = _mixture(0.5, panel).only(TLT).of(fans, SPY, Volatility.of(panel[SPY]), ORIGINS)
    assert np.isfinite(mixed).all()


def test_a_mixture_is_rebuilt_from_its_arrays(panel: Panel) -> None:
    mixture = _mixture(0.3, panel)
    again = Mixture.from_arrays(unpack(pack(mixture.arrays(), {}))[0])
    assert again.weight == 0.3
    np.testing.assert_array_equal(again.shapes[SPY], mixture.shapes[SPY])


def test_the_weight_grows_with_the_panel(panel: Panel) -> None:
    alone = Panel([panel[SPY].until(session(panel, 500))])  # too young for anything to be measured
    many = Panel(replace(alone[SPY], symbol=f"ETF{number}") for number in range(40))
    assert 0.0 < mix(alone).weight < 0.1 < mix(many).weight < 1.0


def test_the_weight_follows_the_skill_at_past_cutoffs() -> None:
    """The measured gain again, the slow way: walk-forward of both, refitted before each of the two folds."""
    panel = Panel([history("SPY", 2200, 11), history("TLT", 2200, 12, 0.006)])
    end = panel[SPY].last_session
    folds = [date(end.year - years, end.month, end.day) for years in (4, 2)]
    losses = {}
    for forecaster in (Har(every=HAR_EVERY), Climatology()):
        frame = walk_forward(forecaster, panel, folds, HORIZON)
        losses[forecaster.name] = sum(_losses(frame[frame["symbol"] == symbol], panel[symbol]) for symbol in panel)
    years = 2 * 2200 / 252
    blocks = frame["cutoff"].nunique()
    gain = 1.0 - losses["har"] / losses["climatology"]
    assert blocks > 10
    assert abs(gain) > 0.005, "there is something to follow"
    expected = years / (years + HALF_ETF_YEARS) + gain / GAIN_FOR_ONE * blocks / (blocks + PRIOR_BLOCKS)
    assert mix(panel).weight == pytest.approx(np.clip(expected, 0.0, 1.0), rel=1e-6)
    assert 0.0 < expected < 1.0


def _losses(frame: pd.DataFrame, of: PriceHistory) -> float:
    """Sum over cut-offs of the mean loss, in units of the price's daily volatility at the cut-off."""
    loss = pinball(frame["actual"].to_numpy(float), frame[list(COLUMNS)].to_numpy(float)).mean(axis=1)
    at = of.sessions.searchsorted(frame["cutoff"].to_numpy())
    unit = of.adjusted[at] * Volatility.of(of).slow[at]
    return float((loss / unit).sum() / HORIZON)
