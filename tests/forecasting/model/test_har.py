from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from forecasting.errors import ModelMissing, NotEnoughHistory
from forecasting.model.band_shapes import fit_shapes
from forecasting.model.features import targets
from forecasting.model.har import Har, HarPredictor, VolatilityRegression
from forecasting.model.market import Market
from forecasting.model.serialization import pack, unpack
from forecasting.model.volatility import Volatility
from forecasting.prices.history import Panel
from forecasting.quantiles import GAUSSIAN
from forecasting.universe import Symbol
from tests.support.panels import NEW, SPY, TLT, history, session, small_panel, with_vix


def test_the_regression_finds_what_the_data_were_made_with() -> None:
    rng = np.random.default_rng(0)
    features = rng.standard_normal((20_000, 2))
    signal = features @ np.array([[0.4], [0.0]]) - 4.5
    # A realised volatility whose mean, not whose mean log, is the signal's.
    outcomes = signal + np.log(rng.gamma(8.0, 1.0 / 8.0, signal.shape))
    fitted = VolatilityRegression.fit(features, outcomes)
    assert fitted.intercept[0] == pytest.approx(-4.5, abs=0.02)
    assert fitted.slopes[1, 0] == pytest.approx(0.0, abs=0.02)
    assert 0.34 < fitted.slopes[0, 0] < 0.40  # held back a little by the ridge


def test_turmoil_widens_the_bands() -> None:
    panel = small_panel()
    predictor = Har().fit(panel)
    calm = predictor.predict(TLT, panel).quantiles
    frame = panel[TLT].frame.copy()
    frame.iloc[-5:, :2] *= np.exp(np.array([0.05, -0.05, 0.05, -0.05, 0.05]))[:, None]
    troubled = Panel([panel[SPY], panel[NEW], replace(panel[TLT], frame=frame)])
    stormy = predictor.predict(TLT, troubled).quantiles
    assert np.log(stormy[9, 6] / stormy[9, 0]) > 1.3 * np.log(calm[9, 6] / calm[9, 0])


def test_forecasts_in_one_pass_are_those_made_one_by_one() -> None:
    panel = with_vix(small_panel())
    assert panel.vix is not None
    panel = Panel(panel.values(), panel.vix.drop(panel.vix.index[540:560]))
    predictor = Har().fit(panel)
    days = [session(panel, number) for number in (400, 555, 700)]  # the second without the VIX
    together = predictor.predict_at(TLT, panel, days)
    for row, day in enumerate(days):
        single = predictor.predict(TLT, panel.until(day)).quantiles
        np.testing.assert_array_equal(together[row], single)


def test_one_symbol_is_panel_enough() -> None:
    alone = Panel([history("ZZZ", 500, 4)])
    assert np.isfinite(Har().fit(alone).predict(Symbol("ZZZ"), alone).quantiles).all()


def test_a_panel_too_young_to_learn_from_says_so() -> None:
    young = Panel([history("NEW", 100, 1), history("TLT", 90, 2)])
    with pytest.raises(NotEnoughHistory, match="NEW has prices for only 100 trading days"):
        Har().fit(young)


def test_an_etf_that_was_never_seen_gets_the_pooled_shape() -> None:
    panel = small_panel()
    shapes = Har().fit(panel).plain.shapes
    assert shapes.of(Symbol("XXX"))[59] == pytest.approx(shapes.pooled[-1], abs=0.1)
    assert not np.allclose(shapes.of(SPY)[59], shapes.pooled[-1])


def test_a_longer_history_gives_its_own_shape_more_weight() -> None:
    shapes = Har().fit(small_panel()).plain.shapes
    assert shapes.weight[NEW] < shapes.weight[SPY] < 0.5


def test_a_vix_that_knows_more_makes_the_forecast_better() -> None:
    panel = with_vix(small_panel(1500))
    origins = np.arange(1000, 1440)
    predictor = Har().fit(panel.until(session(panel, 900)))
    assert predictor.with_vix is not None
    state = Volatility.of(panel[SPY])
    view, outcome = Market.of(panel).at(state), targets(state)[origins]
    plain, informed = (
        float(((model.log_sigma_at(state, view, origins) - outcome) ** 2).mean())
        for model in (predictor.plain, predictor.with_vix)
    )
    assert informed < 0.9 * plain


def test_a_short_vix_is_not_learned_from() -> None:
    panel = with_vix(small_panel())
    assert panel.vix is not None
    assert Har().fit(Panel(panel.values(), panel.vix[-300:])).with_vix is None


@pytest.mark.parametrize("wants_vix", [False, True])
def test_it_survives_its_bytes(wants_vix: bool) -> None:
    panel = with_vix(small_panel()) if wants_vix else small_panel()
    predictor = Har().fit(panel)
    arrays, _ = unpack(pack(predictor.arrays(), {}))
    again = HarPredictor.from_arrays(arrays)
    np.testing.assert_array_equal(again.predict(SPY, panel).quantiles, predictor.predict(SPY, panel).quantiles)
    only = again.only(SPY)
    assert set(only.plain.shapes.own) == {SPY}
    assert (only.with_vix is not None) == wants_vix
    np.testing.assert_array_equal(only.predict(SPY, panel).quantiles, predictor.predict(SPY, panel).quantiles)


def test_shapes_without_any_history_are_gaussian() -> None:
    shapes = fit_shapes({}, {}, {})
    assert shapes.of(SPY)[0] == pytest.approx([-1.959964, -1.281552, -0.674490, 0.0, 0.674490, 1.281552, 1.959964])


@pytest.mark.parametrize("data", [b"", b"not a model", pack({"other": np.zeros(1)}, {})[:-3]])
def test_damaged_bytes_are_no_model(data: bytes) -> None:
    with pytest.raises(ModelMissing, match="cannot be read"):
        unpack(data)


def test_a_short_history_alone_is_not_taken_at_its_word() -> None:
    alone = Panel([history("ZZZ", 504, 4)])
    shapes = Har().fit(alone).plain.shapes
    gaussian = np.array(GAUSSIAN)
    two_years = 2 / (2 + 10)
    measured = shapes.own[Symbol("ZZZ")]
    np.testing.assert_allclose(shapes.pooled, two_years * measured + (1 - two_years) * gaussian)
