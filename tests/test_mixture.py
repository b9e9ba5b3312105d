from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from forecasting.bundles import pack, unpack
from forecasting.forecasters import Climatology, climatology_shape
from forecasting.har import Har
from forecasting.mixture import Mixture, climatology_fans
from forecasting.outlook import forecasts_at
from forecasting.prices.history import Panel, PriceHistory
from forecasting.share import mix
from forecasting.volatility import Volatility
from tests.panels import SPY, TLT, history, session, small_panel

ORIGINS = np.array([300, 640, 999])


@pytest.fixture(scope="module")
def panel() -> Panel:
    return small_panel()


@pytest.fixture(scope="module")
def fans(panel: Panel) -> np.ndarray:
    return forecasts_at(Har().fit(panel), SPY, panel, ORIGINS)


def _mixture(share: float, panel: Panel) -> Mixture:
    return Mixture(share, {SPY: climatology_shape(panel[SPY])})


def test_climatology_in_one_pass_is_the_baseline_made_one_by_one(panel: Panel) -> None:
    predictor = Climatology().fit(panel)
    together = climatology_fans(climatology_shape(panel[SPY]), Volatility.of(panel[SPY]), ORIGINS)
    for row, origin in enumerate(ORIGINS):
        single = predictor.predict(SPY, panel.until(session(panel, int(origin)))).quantiles
        np.testing.assert_allclose(together[row], single, rtol=1e-9)


def test_a_share_of_one_is_the_model_and_of_none_climatology(panel: Panel, fans: np.ndarray) -> None:
    state = Volatility.of(panel[SPY])
    np.testing.assert_array_equal(_mixture(1.0, panel).of(fans, SPY, state, ORIGINS), fans)
    rest = climatology_fans(climatology_shape(panel[SPY]), state, ORIGINS)
    np.testing.assert_allclose(_mixture(0.0, panel).of(fans, SPY, state, ORIGINS), rest)


def test_between_them_quantiles_lie_between(panel: Panel, fans: np.ndarray) -> None:
    state = Volatility.of(panel[SPY])
    half, rest = (_mixture(share, panel).of(fans, SPY, state, ORIGINS) for share in (0.5, 0.0))
    assert (half >= np.minimum(fans, rest) - 1e-9).all()
    assert (half <= np.maximum(fans, rest) + 1e-9).all()
    assert (np.diff(half, axis=-1) >= 0.0).all()


def test_an_etf_that_the_mixture_never_saw_gets_a_gaussian_climatology(panel: Panel, fans: np.ndarray) -> None:
    mixed = _mixture(0.5, panel).only(TLT).of(fans, SPY, Volatility.of(panel[SPY]), ORIGINS)
    assert np.isfinite(mixed).all()


def test_a_mixture_is_rebuilt_from_its_arrays(panel: Panel) -> None:
    mixture = _mixture(0.3, panel)
    again = Mixture.from_arrays(unpack(pack(mixture.arrays(), {}))[0])
    assert again.share == 0.3
    np.testing.assert_array_equal(again.shapes[SPY], mixture.shapes[SPY])


def test_the_share_grows_with_what_the_panel_can_teach(panel: Panel) -> None:
    alone = Panel([panel[SPY].until(session(panel, 500))])  # too young for anything to be measured
    many = Panel(replace(alone[SPY], symbol=f"ETF{number}") for number in range(40))
    assert 0.0 < mix(alone).share < 0.1 < mix(many).share < 1.0


def _clustered(seed: int, sessions: int = 3000) -> PriceHistory:
    """A price whose volatility has a week's memory: what climatology takes for lasting is gone in days."""
    made = history("SPY", sessions, seed, ranges=False)
    rng = np.random.default_rng(seed)
    log_sigma = np.zeros(sessions)
    for i in range(1, sessions):
        log_sigma[i] = 0.8 * log_sigma[i - 1] + 0.5 * rng.standard_normal()
    frame = made.frame.assign(
        adjusted=50.0 * np.exp(np.cumsum(0.01 * np.exp(log_sigma) * rng.standard_normal(sessions)))
    )
    return PriceHistory.of(SPY, made.source, frame.assign(close=frame["adjusted"]))


def test_measured_skill_moves_the_share_both_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    panel = Panel([_clustered(4)])
    shares = {}
    for gain in (-0.1, 0.0, 0.1):
        monkeypatch.setattr("forecasting.share._shrunk_gain", lambda _, gain=gain: gain)
        shares[gain] = mix(panel).share
    assert shares[-0.1] == 0.0
    assert shares[0.0] < shares[0.1] == 1.0


def test_the_share_rests_on_the_training_data_alone(panel: Panel) -> None:
    long = Panel([history("SPY", 2500, 1), history("TLT", 2500, 2, 0.006)])
    cut = long.until(long[SPY].sessions[2200].date())
    assert mix(cut).share == mix(Panel(long[s].until(cut[SPY].last_session) for s in long)).share
