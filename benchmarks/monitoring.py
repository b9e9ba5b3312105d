"""Counts how often monitoring raises a false alarm, and how soon a true one.

    python -m benchmarks.monitoring [--lives 2000]

Simulates five-year lives of an ETF, a Gaussian random walk whose forecasts are monitored as the record's are. Prints a
table: false alarms in five years with true bands, and weeks until the first alarm if the 80% band holds less.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import NormalDist, mean, median

import numpy as np

from forecasting.record.monitoring import WeeklyTrial, charts, independent

YEARS = 5
WEEKS = 52 * YEARS
SESSIONS = 5
EPOCH = date(2020, 1, 6)
Z80 = NormalDist().inv_cdf(0.9)


@dataclass(frozen=True)
class World:
    """What is simulated.

    Attributes:
        holds: true share of closes inside the 80% band.
        promised: share that the backtest promised.
        pull: how much further than the true one the median is from the as-of close, in weekly standard deviations;
            0 for a true median.
        every: sessions from one forecast to the next.
    """

    name: str
    holds: float = 0.8
    promised: float = 0.8
    pull: float = 0.0
    every: int = 1


WORLDS = (
    World("true bands, a forecast each session"),
    World("true bands, a forecast each week", every=5),
    World("true bands, backtest promised 84%", promised=0.84),
    World("true bands, backtest promised 76%", promised=0.76),
    World("bands hold 76% as promised", holds=0.76, promised=0.76),
    World("80% band holds 62%, a forecast each session", holds=0.62),
    World("80% band holds 62%, a forecast each week", holds=0.62, every=5),
    World("80% band holds 70%", holds=0.70),
    World("median off by one weekly sigma", pull=1.0),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lives", type=int, default=2000)
    options = parser.parse_args()
    print(f"{options.lives} lives of {YEARS} years each")
    print("| world | alarms in 5 years, mean | lives with any | weeks to the first, median |")
    print("|---|---:|---:|---:|")
    for world in WORLDS:
        alarms, first = simulate(world, options.lives, seed=1)
        any_share = mean(week is not None for week in first)
        weeks = median(WEEKS if week is None else week for week in first)
        shown = f"{weeks:.0f}" if any_share > 0.5 else "none"
        print(f"| {world.name} | {mean(alarms):.2f} | {any_share:.0%} | {shown} |")


def simulate(world: World, lives: int, seed: int) -> tuple[list[int], list[int | None]]:
    """Per life: the number of alarms of both charts, and the week of the first one, None without any."""
    random = np.random.default_rng(seed)
    alarms, first = [], []
    for _ in range(lives):
        weeks = independent(life(world, random))
        ends = charts(weeks)
        alarms.append(sum(chart.alarms for chart in ends.values()))
        firsts = [chart.first for chart in ends.values() if chart.first is not None]
        first.append(None if not firsts else 1 + [week.ends for week in weeks].index(min(firsts)))
    return alarms, first


def life(world: World, random: np.random.Generator) -> Iterator[WeeklyTrial]:
    """The outcomes of its forecasts at their fifth session. The bands are true ones, scaled to hold ``world.holds``."""
    steps = random.standard_normal(SESSIONS * WEEKS)
    moves = np.cumsum(np.concatenate([[0.0], steps]))
    reach = NormalDist().inv_cdf(0.5 + world.holds / 2) * SESSIONS**0.5
    shift = world.pull * SESSIONS**0.5
    for start in range(0, SESSIONS * (WEEKS - 1) + 1, world.every):
        move = moves[start + SESSIONS] - moves[start]
        # With a true median both errors are equal: a coin decides.
        worse = abs(move - shift) > abs(move) if shift else bool(random.integers(2))
        day = EPOCH + timedelta(days=start)
        ends = EPOCH + timedelta(days=start + SESSIONS)
        yield WeeklyTrial(day, ends, outside=abs(move) > reach, worse=worse, promised=1.0 - world.promised)


if __name__ == "__main__":
    main()
