from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from forecasting.model.market import VIX_OLDEST, Market, MarketView, correlation, vix_inputs
from forecasting.model.volatility import Volatility
from forecasting.prices.history import Panel, PriceHistory
from forecasting.universe import Symbol
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
    gap = replace(market, sessions=market.sessions.delete(200), log_range=np.delete(market.log_range, 200, axis=0))
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
    implied = np.array([[-4.5, 0.1, -0.2], [np.nan, np.nan, np.nan]])
    found = vix_inputs(implied, np.full(2, -0.5), np.full(2, -4.8))
    assert found[0] == pytest.approx([-4.5, 0.25, 0.25 * 0.3, 0.25 * 0.1, 0.25 * -0.2])
    assert np.isnan(found[1]).all()


def test_the_inputs_are_the_vix_and_its_changes_over_one_and_five_sessions() -> None:
    panel = with_vix(small_panel(400))
    assert panel.vix is not None
    _, view = _view(panel)
    log_vix = np.log(panel.vix.to_numpy() / 100.0 / np.sqrt(252.0))
    assert not view.knows_vix(np.arange(5)).any(), "the change over five sessions is not known"
    assert view.correlation is not None
    shared = view.correlation[300] ** 2
    expected = [log_vix[300], shared, shared * (log_vix[300] - view.log_range[300, 1])]
    expected += [shared * (log_vix[300] - log_vix[299]), shared * (log_vix[300] - log_vix[295])]
    assert view.vix[300] == pytest.approx(expected)


def test_a_vix_with_every_other_session_missing_is_not_used() -> None:
    panel = with_vix(small_panel(400))
    assert panel.vix is not None
    _, view = _view(Panel(panel.values(), panel.vix[::2]))
    assert not view.knows_vix(np.arange(400)).any()


def test_a_vix_is_used_for_two_sessions_and_then_no_longer() -> None:
    panel = with_vix(small_panel(400))
    assert panel.vix is not None
    _, view = _view(Panel(panel.values(), panel.vix.drop(panel.vix.index[300:310])))
    known = view.knows_vix(np.arange(290, 325))
    assert known[: 10 + VIX_OLDEST].all()
    # Its change over five sessions is known again five sessions after the gap.
    assert not known[10 + VIX_OLDEST : 25].any()
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


TOKYO = Symbol("1306.T")


def _in_tokyo(panel: Panel) -> PriceHistory:
    return PriceHistory(TOKYO, "made", panel[TLT].frame)


def test_an_exchange_that_closes_earlier_knows_new_york_of_the_day_before() -> None:
    panel = with_vix(small_panel(400))
    state = Volatility.of(_in_tokyo(panel))
    seen = Market.of(panel).at(state)
    forged = Market.of(forged_after(panel, session(panel, 299))).at(state)
    for name in ("log_range", "correlation", "vix"):
        ours, theirs = getattr(seen, name), getattr(forged, name)
        np.testing.assert_array_equal(ours[:301], theirs[:301], err_msg=f"{name}: row 300 knows New York's 299")
        assert not np.array_equal(ours[301:303], theirs[301:303], equal_nan=True), name


def test_an_exchange_that_closes_earlier_shares_two_sessions_with_new_york() -> None:
    """Half of a European day is New York's of the same date, half that of the day before."""
    spy = history("SPY", 2000, 1)
    market = Volatility.of(spy)
    half = np.cumsum(0.5 * market.returns + 0.5 * np.append(0.0, market.returns[:-1]))
    frame = spy.frame.assign(adjusted=100.0 * np.exp(half), close=100.0 * np.exp(half))
    abroad, here = (Volatility.of(PriceHistory(symbol, "made", frame)) for symbol in (Symbol("VWCE.DE"), TLT))
    assert correlation(abroad, market)[-1] > 0.95
    assert correlation(here, market)[-1] < 0.8
