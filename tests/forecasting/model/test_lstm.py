from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from forecasting.errors import ModelMissing, NotEnoughHistory
from forecasting.model.features import FEATURES, LOOKBACK
from forecasting.model.lstm import Ensemble, LstmForecaster, LstmNetwork, LstmPredictor, adapt, qlike
from forecasting.model.market import Market
from forecasting.model.mixture import Mixture
from forecasting.model.serialization import pack, unpack
from forecasting.model.training_windows import split_windows
from forecasting.model.volatility import WARM_UP, Volatility
from forecasting.prices.history import Panel
from forecasting.universe import Symbol
from tests.support.panels import NEW, SPY, TINY, TLT, history, session, small_panel


def _moved(predictor: LstmPredictor) -> LstmPredictor:
    """The predictor with output layers that do something, whatever training made of them."""
    torch.manual_seed(3)
    for network in predictor.ensemble.networks:
        torch.nn.init.normal_(network.output.weight, std=0.3)
    return predictor


def test_an_untrained_network_corrects_nothing() -> None:
    network = LstmNetwork(len(FEATURES), 3, 0.0)
    assert not network(torch.randn(4, LOOKBACK, len(FEATURES))).any()


@pytest.mark.slow
def test_shrinking_scales_every_correction() -> None:
    network = LstmNetwork(len(FEATURES), 3, 0.0)
    torch.nn.init.normal_(network.output.weight)
    windows = torch.randn(4, LOOKBACK, len(FEATURES))
    whole = network(windows)
    network.shrink(0.25)
    torch.testing.assert_close(network(windows), 0.25 * whole)


def test_the_loss_is_least_where_volatility_is_right() -> None:
    residuals = torch.tensor([[0.3, -0.2]])
    assert qlike(residuals, residuals) == 0.0
    assert qlike(residuals + 0.1, residuals) > 0.0
    # Too low a volatility costs more than one too high by the same factor.
    assert qlike(residuals - 0.5, residuals) > qlike(residuals + 0.5, residuals)


@pytest.mark.parametrize("lookback", [LOOKBACK, 60, 120])
def test_no_training_outcome_lies_in_what_validation_sees(lookback: int) -> None:
    panel = small_panel()
    training, validation = split_windows(panel, (SPY,), TINY.every, TINY.validation, lookback)
    ends = panel[SPY].sessions
    last_outcome = max(training[SPY]) + 60
    first_seen = min(validation[SPY]) - lookback + 1
    assert last_outcome + 60 <= first_seen, "an embargo of 60 sessions"
    assert max(validation[SPY]) + 60 < len(ends), "every outcome is known"
    assert min(training[SPY]) - lookback >= WARM_UP, "a window starts when the averages are warmed up"


def test_a_short_panel_trains_no_network_and_still_forecasts() -> None:
    panel = Panel([history("SPY", 300, 1)])
    predictor = LstmForecaster(TINY).fit(panel)
    assert not any(network.output.weight.any() for network in predictor.ensemble.networks)
    alone = replace(predictor, mixture=Mixture(1.0, {}))
    expected = predictor.har.predict(SPY, panel).quantiles
    np.testing.assert_allclose(alone.predict(SPY, panel).quantiles, expected, rtol=1e-6)


def test_the_same_seed_gives_the_same_bytes_and_another_does_not() -> None:
    panel = small_panel()
    config = replace(TINY, panel=replace(TINY.panel, epochs=2, patience=3))
    first, again, other = (LstmForecaster(config, seed).fit(panel).to_bytes() for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_it_survives_its_bytes() -> None:
    panel = small_panel()
    predictor = _moved(LstmForecaster(TINY).fit(panel))
    again = LstmPredictor.from_bytes(predictor.to_bytes())
    np.testing.assert_array_equal(again.predict(TLT, panel).quantiles, predictor.predict(TLT, panel).quantiles)
    assert again.config == TINY


@pytest.mark.parametrize("number", [None, 1, 99])
def test_a_model_of_another_format_is_told_from_a_damaged_one(number: int | None) -> None:
    arrays, card = unpack(LstmForecaster(TINY).fit(small_panel()).to_bytes())
    other = {name: value for name, value in card.items() if name != "format"}
    if number is not None:
        other["format"] = number
    with pytest.raises(ModelMissing, match=f"has format {number or 1}, .* Retrain the ETF"):
        LstmPredictor.from_bytes(pack(arrays, other))


def test_the_network_changes_the_bands() -> None:
    panel = small_panel()
    predictor = _moved(LstmForecaster(TINY).fit(panel))
    assert not np.allclose(predictor.predict(SPY, panel).quantiles, predictor.har.predict(SPY, panel).quantiles)


def test_forecasts_in_one_pass_are_those_made_one_by_one() -> None:
    panel = small_panel()
    predictor = _moved(LstmForecaster(TINY).fit(panel))
    days = [session(panel, number) for number in (59, 60, 700)]  # with and without a full window
    together = predictor.predict_at(TLT, panel, days)
    for row, day in enumerate(days):
        single = predictor.predict(TLT, panel.until(day)).quantiles
        np.testing.assert_array_equal(together[row], single)


def test_another_look_back_and_a_second_layer_reach_training_forecast_and_bytes() -> None:
    panel = small_panel()
    config = replace(TINY, lookback=30, layers=2, dropout=0.1)
    predictor = _moved(LstmForecaster(config).fit(panel))
    assert [name for name in predictor.ensemble.networks[0].state_dict() if "_l1" in name], "a second layer"
    own = _moved(adapt(predictor, SPY, panel, seed=0))
    state = Volatility.of(panel[SPY])
    view, origins = Market.of(panel).at(state), np.array([29, 30])
    corrections = own.plain.log_sigma_at(state, view, origins) - own.har.plain.log_sigma_at(state, view, origins)
    assert not corrections[0].any(), "too few sessions for a window"
    assert corrections[1].all()
    shown = panel.until(session(panel, 500))
    shorter = replace(own, ensemble=Ensemble(own.ensemble.networks, lookback=5))
    assert not np.array_equal(shorter.predict(SPY, shown).quantiles, own.predict(SPY, shown).quantiles)
    again = LstmPredictor.from_bytes(own.to_bytes())
    np.testing.assert_array_equal(again.predict(SPY, shown).quantiles, own.predict(SPY, shown).quantiles)


def test_an_etf_trains_its_own_copy_and_leaves_the_panels_alone() -> None:
    panel = small_panel()
    predictor = _moved(LstmForecaster(TINY).fit(panel))
    before = predictor.to_bytes()
    config = replace(TINY, own=replace(TINY.own, epochs=3, patience=4, rate=0.01))
    own = adapt(replace(predictor, config=config), SPY, panel, seed=0)
    assert predictor.to_bytes() == before
    assert not torch.equal(own.ensemble.networks[0].output.weight, predictor.ensemble.networks[0].output.weight)
    assert set(own.shapes.own) == {SPY}


def test_an_etf_under_three_years_keeps_the_panels_network() -> None:
    young = Panel([history("SPY", 1000, 1), history("NEW", 700, 2)])
    predictor = _moved(LstmForecaster(TINY).fit(young))
    own = adapt(predictor, NEW, young, seed=0)
    assert torch.equal(own.ensemble.networks[0].output.weight, predictor.ensemble.networks[0].output.weight)


def test_an_etf_that_the_panel_never_saw_is_forecast() -> None:
    predictor = LstmForecaster(TINY).fit(small_panel())
    late = Panel([*small_panel().values(), history("XXX", 60, 9)])
    assert np.isfinite(predictor.predict(Symbol("XXX"), late).quantiles).all()


def test_a_panel_too_young_to_learn_from_says_so() -> None:
    with pytest.raises(NotEnoughHistory):
        LstmForecaster(TINY).fit(Panel([history("NEW", 100, 1)]))
