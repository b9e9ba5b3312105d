"""The forecast of a mix: its fan, its chance of a loss, and what each part adds."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from forecasting import MixForecast, PastReturns, forecast_mix
from forecasting.quantiles import HIGH80, LOW80, MEDIAN
from tests.support.reports import made_report, made_returns

SPY, TLT = made_report("SPY"), made_report("TLT", last_close=20.0)
SPY_PAST, TLT_PAST = made_returns("SPY"), made_returns("TLT")


@pytest.fixture(scope="module")
def mix() -> MixForecast:
    return forecast_mix([SPY, TLT], [6000.0, 4000.0], [SPY_PAST, TLT_PAST])


def width(fan: tuple[tuple[float, ...], ...]) -> float:
    return fan[-1][HIGH80] - fan[-1][LOW80]


def test_weights_are_shares_of_what_is_held(mix: MixForecast) -> None:
    assert [(part.symbol, part.weight) for part in mix.parts] == [("SPY", 0.6), ("TLT", 0.4)]
    assert mix == forecast_mix([SPY, TLT], [60.0, 40.0], [SPY_PAST, TLT_PAST])


def test_a_mix_is_narrower_than_its_parts_and_ordered(mix: MixForecast) -> None:
    alone = forecast_mix([SPY, SPY], [1.0, 1.0], [SPY_PAST, SPY_PAST])
    assert alone.fan[-1] == pytest.approx([price / SPY.last_close for price in SPY.forecast[-1].quantiles], abs=0.01)
    assert 0.8 * width(alone.fan) < width(mix.fan) < 0.98 * width(alone.fan)
    assert all(list(row) == sorted(row) for row in mix.fan)


def test_the_chance_of_a_loss_is_that_of_the_fan(mix: MixForecast) -> None:
    assert len(mix.loss_odds) == len(mix.fan) == len(mix.sessions) == 60
    for chance, row in zip(mix.loss_odds, mix.fan, strict=True):
        assert (chance < 0.5) == (row[MEDIAN] > 1.0)
    assert mix.worst < mix.fan[-1][LOW80] < 1.0


def test_losses_belong_to_the_parts_that_make_them() -> None:
    calm = replace(TLT, forecast=tuple(replace(step, quantiles=(TLT.last_close,) * 7) for step in TLT.forecast))
    parts = forecast_mix([SPY, calm], [1.0, 1.0], [SPY_PAST, TLT_PAST]).parts
    assert [part.loss_share for part in parts] == pytest.approx([1.0, 0.0])

    mirrored = PastReturns(SPY_PAST.sessions, tuple(-value for value in SPY_PAST.returns))
    hedge = forecast_mix([SPY, TLT], [5.0, 1.0], [SPY_PAST, mirrored]).parts
    assert hedge[0].loss_share > 1.0
    assert hedge[0].loss_share + hedge[1].loss_share == pytest.approx(1.0)


def test_the_past_is_that_of_the_same_shares(mix: MixForecast) -> None:
    day, value = mix.past[0]
    assert day == SPY.history[0].session
    assert value == pytest.approx(SPY.history[0].close / SPY.history[-1].close), "both rose alike"
    assert mix.past[-1] == (SPY.as_of, 1.0)
    later = replace(TLT, history=TLT.history[5:])
    assert len(forecast_mix([SPY, later], [1.0, 1.0], [SPY_PAST, TLT_PAST]).past) == len(mix.past) - 5


def test_as_one_etf_only_the_mix_s_own_past_counts(mix: MixForecast) -> None:
    wide = replace(SPY, forecast=tuple(replace(s, quantiles=tuple(2 * q for q in s.quantiles)) for s in SPY.forecast))
    other = forecast_mix([wide, TLT], [6000.0, 4000.0], [SPY_PAST, TLT_PAST])
    assert other.as_one == mix.as_one
    assert other.fan != mix.fan
    assert 0.5 * width(mix.fan) < width(mix.as_one) < 2.0 * width(mix.fan)


def test_a_mix_comes_back_from_json_as_it_was(mix: MixForecast) -> None:
    assert MixForecast.from_json(mix.to_json()) == mix
    assert mix.sessions[0] == SPY.as_of + timedelta(days=3)
