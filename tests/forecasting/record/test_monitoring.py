"""Monitoring: forecasts that hold less than promised are flagged soon, and others seldom."""

from __future__ import annotations

from datetime import date, timedelta
from statistics import mean, median

import pytest

from benchmarks.monitoring import WEEKS, World, simulate
from forecasting.record.monitoring import LIMIT, NOMINAL, Aspect, Cusum, WeeklyTrial, charts, independent, step

DAY = date(2026, 1, 5)


def week(number: int, *, outside: bool = False, worse: bool = False, promised: float | None = 0.2) -> WeeklyTrial:
    start = DAY + timedelta(weeks=number)
    return WeeklyTrial(start, start + timedelta(weeks=1), outside, worse, promised)


def test_under_true_bands_there_is_less_than_one_false_alarm_in_five_years() -> None:
    alarms, _ = simulate(World("true", every=5), 150, seed=7)
    assert mean(alarms) < 0.85


def test_a_band_of_80_that_holds_62_is_found_within_forty_weeks() -> None:
    _, first = simulate(World("narrow", holds=0.62, every=5), 60, seed=7)
    assert median(WEEKS if found is None else found for found in first) <= 40


def test_a_median_that_is_off_is_found_too() -> None:
    _, first = simulate(World("off", pull=1.0, every=5), 60, seed=7)
    assert median(WEEKS if found is None else found for found in first) <= 60


def test_of_overlapping_forecasts_only_those_count_that_start_where_the_one_before_ended() -> None:
    days = [WeeklyTrial(DAY + timedelta(days=n), DAY + timedelta(days=n + 7), False, False, 0.2) for n in range(30)]
    assert [chosen.as_of.toordinal() - DAY.toordinal() for chosen in independent(days)] == [0, 7, 14, 21, 28]
    assert independent([]) == ()


def test_an_alarm_is_raised_once_and_taken_back_when_the_bands_hold_again() -> None:
    bad = [week(n, outside=True) for n in range(10)]
    chart = charts(bad)["coverage"]
    assert chart.alarms == 1
    assert chart.since == chart.first == week(5).ends
    assert (chart.failures, chart.trials) == (10, 10)

    good = [week(n) for n in range(10, 40)]
    chart = charts([*bad, *good])["coverage"]
    assert (chart.since, chart.alarms, chart.sum, chart.trials) == (None, 1, 0.0, 0)
    assert chart.first == week(5).ends


def test_a_backtest_that_promised_less_is_held_to_that() -> None:
    weeks = [week(n, outside=n % 3 == 0, promised=0.33) for n in range(120)]
    assert charts(weeks)["coverage"].alarms == 0
    assert charts([week(n, outside=n % 3 == 0) for n in range(120)])["coverage"].alarms > 0


@pytest.mark.parametrize("promised", [None, 0.05, NOMINAL])
def test_bands_that_hold_what_their_name_says_are_judged_alike(promised: float | None) -> None:
    weeks = [week(n, outside=n % 5 == 0, promised=promised) for n in range(100)]
    assert charts(weeks) == charts([week(n, outside=n % 5 == 0) for n in range(100)])


@pytest.mark.parametrize("what", ["coverage", "skill"])
def test_the_sum_stays_between_0_and_the_limit(what: Aspect) -> None:
    chart = step(Cusum(), False, 0.2, what, DAY)
    assert chart.sum == 0.0
    for number in range(50):
        chart = step(chart, True, 0.2, what, DAY + timedelta(weeks=number))
    assert chart.sum == LIMIT[what]
