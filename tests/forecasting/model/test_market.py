from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from forecasting.model.market import VIX_OLDEST, Market, MarketView, correlation, vix_inputs
from forecasting.model.volatility import Volatility
from forecasting.prices.history import Panel, PriceHistory
from tests.support.panels import NEW, SPY, TLT, forged_after, history, session, small_panel, with_vix


def test_the_market_is_spy_where_the_panel_has_it() -> None:
    panel = small_panel(300)
    np.testing.assert_array_equal(Market.of(panel).log_range, Volatility.of(panel[SPY]).log_range)


def test_the_market_is_the_mean_of_a_panel_without_spy() -> None:
    panel = small_panel(300)
    others = Panel([panel[TLT], panel[NEW]])
    market = Market.of(others)
    both = (Volatility.of(panel[TLT]).log_range[150] + Volatility.of(panel[NEW]).log_range[50]) / 2
    np.testing.assert_allclose(market.log_range[150], both)
    np.testing.assert_array_equal(market.log_range[50], Volatility.of(panel[TLT]).log_range[50])  # NEW not yet there


def test_the_market_at_a_session_is_the_newest_one_known_by_then() -> None:
    panel = small_panel(300)
    market = Market.of(panel)
    gap = Market(market.sessions.delete(200), np.delete(market.log_range, 200, axis=0))
    aligned = gap.at(Volatility.of(panel[TLT])).log_range
    np.testing.assert_array_equal(aligned[200], market.log_range[199])
    np.testing.assert_array_equal(aligned[201], market.log_range[201])


def test_before_the_markets_first_session_an_etf_is_its_own_market() -> None:
    panel = small_panel(300)
    state = Volatility.of(panel[TLT])
    late = Market.of(Panel([panel[NEW]]))
    np.testing.assert_array_equal(late.at(state).log_range[:100], state.log_range[:100])


def _view(panel: Panel) -> tuple[Volatility, MarketView]:
    state = Volatility.of(panel[TLT])
    return state, Market.of(panel).at(state)


def test_an_etf_that_moves_with_the_market_or_against_it_is_told_apart() -> None:
    spy = history("SPY", 900, 1)
    twice, inverse = (
        Volatility.of(PriceHistory(TLT, "made", spy.frame.assign(adjusted=spy.adjusted**power)))
        for power in (2.0, -1.0)
    )
    market = Volatility.of(spy)
    together, against = correlation(twice, market), correlation(inverse, market)
    assert together[0] == 0.5, "nothing measured yet"
    shrunk = (899 + 0.5 * 60) / (899 + 60)
    assert together[-1] == pytest.approx(shrunk)
    assert against[-1] == pytest.approx((-899 + 0.5 * 60) / (899 + 60))
    alone = correlation(Volatility.of(history("TLT", 900, 2)), market)
    assert abs(alone[-1]) < 0.3


def test_a_correlation_knows_no_later_prices() -> None:
    panel = small_panel()
    _, view = _view(panel)
    _, forged = _view(forged_after(panel, session(panel, 700)))
    assert view.correlation is not None
    assert forged.correlation is not None
    np.testing.assert_array_equal(view.correlation[:701], forged.correlation[:701])
    assert view.correlation[-1] != forged.correlation[-1]


def test_the_vix_counts_with_the_square_of_the_correlation() -> None:
    log_vix, market = np.log(np.linspace(0.01, 0.02, 8)), np.full(8, np.log(0.01))
    found = vix_inputs(log_vix, np.full(8, 0.5), market)
    assert np.isnan(found[:5]).all(), "the change over five sessions is not known"
    expected = [log_vix[7], 0.25, 0.25 * (log_vix[7] - market[7])]
    expected += [0.25 * (log_vix[7] - log_vix[6]), 0.25 * (log_vix[7] - log_vix[2])]
    assert found[7] == pytest.approx(expected)


def test_a_vix_is_used_for_two_sessions_and_then_no_longer() -> None:
    panel = with_vix(small_panel(400))
    assert panel.vix is not None
    _, view = _view(Panel(panel.values(), panel.vix.drop(panel.vix.index[300:310])))
    known = view.knows_vix(np.arange(290, 325))
    assert known[: 10 + VIX_OLDEST].all()
    assert not known[10 + VIX_OLDEST : 20].any()
    # Its change over five sessions is known again five sessions after the gap.
    assert known[25:].all()


def test_without_spy_or_a_vix_none_is_known() -> None:
    panel = with_vix(small_panel(400))
    everywhere = np.arange(100, 400)
    without_spy = Panel([panel[TLT], panel[NEW]], panel.vix)
    state = Volatility.of(panel[TLT])
    view = Market.of(without_spy).at(state)
    assert view.correlation is None
    assert not view.knows_vix(everywhere).any()
    for vix in (None, pd.Series(dtype=float, index=pd.DatetimeIndex([]))):
        assert not Market.of(Panel(panel.values(), vix)).at(state).knows_vix(everywhere).any()
