"""Faults as vendors make them, each planted into one row or from one row on of a real file's table.

A table has the columns of a CSV file, Date included, as numbers and stamps. Every planter gives the faulty table and
the sessions of which one has to be named by a finding.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd

from forecasting.sessions import sessions_between

Planted = tuple[pd.DataFrame, set[date]]
Planter = Callable[[pd.DataFrame, int, np.random.Generator], Planted]

QUOTED = ["Open", "High", "Low", "Close"]
PRICES = [*QUOTED, "Adj Close"]
REPEATED = 10


def _days(table: pd.DataFrame, *rows: int) -> set[date]:
    return {table["Date"].iloc[row].date() for row in rows}


def row_missing(table: pd.DataFrame, row: int, random: np.random.Generator) -> Planted:
    return table.drop(index=row), _days(table, row)


def row_doubled(table: pd.DataFrame, row: int, random: np.random.Generator) -> Planted:
    return table.loc[np.sort([*range(len(table)), row])], _days(table, row)


def row_doubled_with_other_prices(table: pd.DataFrame, row: int, random: np.random.Generator) -> Planted:
    doubled = table.loc[np.sort([*range(len(table)), row])].reset_index(drop=True)
    doubled.loc[row + 1, PRICES] *= 1.01
    return doubled, _days(table, row)


def row_out_of_order(table: pd.DataFrame, row: int, random: np.random.Generator) -> Planted:
    rows = [other for other in range(len(table)) if other != row]
    rows.insert((row + int(random.integers(2, len(table) - 2))) % len(table), row)
    return table.loc[rows], _days(table, row)


def rows_swapped(table: pd.DataFrame, row: int, random: np.random.Generator) -> Planted:
    rows = list(range(len(table)))
    rows[row], rows[row + 1] = rows[row + 1], rows[row]
    return table.loc[rows], _days(table, row, row + 1)


def row_on_a_holiday(table: pd.DataFrame, row: int, random: np.random.Generator) -> Planted:
    first, last = table["Date"].iloc[0].date(), table["Date"].iloc[-1].date()
    closed = pd.date_range(first, last).difference(pd.DatetimeIndex(sessions_between(first, last)))
    day = closed[int(random.integers(len(closed)))]
    added = table.loc[[row]].assign(Date=day)
    return pd.concat([table, added]).sort_values("Date"), {day.date()}


def value(column: str, wrong: float) -> Planter:
    def plant(table: pd.DataFrame, row: int, random: np.random.Generator) -> Planted:
        planted = table.copy()
        planted.loc[row, column] = -planted.loc[row, column] if wrong < 0 else wrong
        return planted, _days(table, row)

    return plant


def against(column: str, of: str, factor: float) -> Planter:
    """``column`` moves just beyond ``of``."""

    def plant(table: pd.DataFrame, row: int, random: np.random.Generator) -> Planted:
        planted = table.copy()
        planted.loc[row, column] = planted.loc[row, of] * factor
        return planted, _days(table, row)

    return plant


def times(factor: float, columns: list[str]) -> Planter:
    def plant(table: pd.DataFrame, row: int, random: np.random.Generator) -> Planted:
        planted = table.copy()
        planted.loc[row, columns] *= factor
        return planted, _days(table, row)

    return plant


def split(ratio: float, columns: list[str]) -> Planter:
    """The prices before the row are ``ratio`` times what they should be."""

    def plant(table: pd.DataFrame, row: int, random: np.random.Generator) -> Planted:
        planted = table.copy()
        planted.loc[: row - 1, columns] *= ratio
        return planted, _days(table, row)

    return plant


def equal_rows(table: pd.DataFrame, row: int, random: np.random.Generator) -> Planted:
    planted = table.copy()
    row = min(row, len(table) - REPEATED)
    columns = [column for column in table.columns if column != "Date"]
    planted.loc[row : row + REPEATED - 1, columns] = planted.loc[row, columns].to_numpy()
    return planted, _days(table, *range(row, row + REPEATED))


def last_row_unfinished(table: pd.DataFrame, row: int, random: np.random.Generator) -> Planted:
    planted = table.copy()
    last = len(table) - 1
    planted.loc[last, "Volume"] = round(planted.loc[last, "Volume"] * 0.02)
    return planted, _days(table, last)


def adjusted_jump(factor: float, whole_past: bool) -> Planter:
    def plant(table: pd.DataFrame, row: int, random: np.random.Generator) -> Planted:
        planted = table.copy()
        rows = slice(None, row - 1) if whole_past else slice(row, None)
        planted.loc[rows, "Adj Close"] *= factor
        return planted, _days(table, row)

    return plant


KINDS: dict[str, Planter] = {
    "row missing": row_missing,
    "row doubled": row_doubled,
    "row doubled with other prices": row_doubled_with_other_prices,
    "row out of order": row_out_of_order,
    "two rows swapped": rows_swapped,
    "row on a holiday": row_on_a_holiday,
    **{
        f"{name} {column}": value(column, wrong)
        for column in ("Close", "Adj Close", "Open")
        for name, wrong in (("NaN", np.nan), ("zero", 0.0), ("negative", -1.0))
    },
    "High below Low": against("High", "Low", 0.999),
    "Close above High": against("Close", "High", 1.001),
    "Close below Low": against("Close", "Low", 0.999),
    **{f"x{factor:g} for one session": times(factor, PRICES) for factor in (10, 0.1, 100)},
    **{f"x{factor:g} of Close alone": times(factor, ["Close"]) for factor in (10, 0.1)},
    **{f"x{factor:g} of Adj Close alone": times(factor, ["Adj Close"]) for factor in (10, 0.1)},
    **{
        f"split {name} left unadjusted": split(ratio, PRICES)
        for name, ratio in (("2:1", 2.0), ("3:1", 3.0), ("1:4", 1 / 4), ("1:10", 1 / 10))
    },
    "split 2:1 missing in the quoted prices": split(2.0, QUOTED),
    "ten equal rows": equal_rows,
    "last row unfinished": last_row_unfinished,
    **{
        f"adjusted jump of {100 * (factor - 1):+.0f} % {name}": adjusted_jump(factor, past)
        for factor in (1.05, 0.95)
        for name, past in (("before", True), ("from there on", False))
    },
}


def level(factor: float, sessions: int, *, last: bool = False) -> Planter:
    """Prices of some sessions, the newest ones if ``last``, are ``factor`` times what they should be."""

    def plant(table: pd.DataFrame, row: int, random: np.random.Generator) -> Planted:
        planted = table.copy()
        first = len(table) - sessions if last else min(row, len(table) - sessions - 1)
        planted.loc[first : first + sessions - 1, PRICES] *= factor
        return planted, _days(table, *range(first, min(first + sessions + 1, len(table))))

    return plant


def standing_still(sessions: int, volume: float | None, *, flat: bool = False, closes_only: bool = False) -> Planter:
    """The newest rows repeat the one before them; with volumes of ``volume``, or their own."""

    def plant(table: pd.DataFrame, row: int, random: np.random.Generator) -> Planted:
        planted = table.copy()
        first = len(table) - sessions
        planted.loc[first:, PRICES] = planted.loc[first - 1, PRICES].to_numpy(dtype=float)
        if flat:
            planted.loc[first:, ["Open", "High", "Low"]] = planted.loc[first - 1, "Close"]
        if volume is not None:
            planted.loc[first:, "Volume"] = volume
        if closes_only:
            planted = planted.drop(columns=["Open", "High", "Low", "Volume"])
        return planted, _days(table, *range(first, len(table)))

    return plant


def other_units(factor: float) -> Planter:
    """All prices from the row on are ``factor`` times what they should be."""

    def plant(table: pd.DataFrame, row: int, random: np.random.Generator) -> Planted:
        planted = table.copy()
        planted.loc[row:, PRICES] *= factor
        return planted, _days(table, row)

    return plant


def bad_ticks(column: str, factor: float, rows: int = 1) -> Planter:
    """Highs or lows alone, of one row or of several of the newest 500."""

    def plant(table: pd.DataFrame, row: int, random: np.random.Generator) -> Planted:
        planted = table.copy()
        newest = np.arange(max(0, len(table) - 500), len(table))
        chosen = [row] if rows == 1 else sorted(random.choice(newest, rows, replace=False).tolist())
        planted.loc[chosen, column] *= factor
        return planted, _days(table, *chosen)

    return plant


def little_volume(share: float) -> Planter:
    def plant(table: pd.DataFrame, row: int, random: np.random.Generator) -> Planted:
        planted = table.copy()
        last = len(table) - 1
        planted.loc[last, "Volume"] = round(planted.loc[last, "Volume"] * share)
        return planted, _days(table, last)

    return plant


def neighbours_exchanged(table: pd.DataFrame, row: int, random: np.random.Generator) -> Planted:
    planted = table.copy()
    columns = [column for column in table.columns if column != "Date"]
    row = min(row, len(table) - 3)
    planted.loc[[row, row + 1], columns] = table.loc[[row + 1, row], columns].to_numpy()
    return planted, _days(table, row, row + 1, row + 2)


HARD_KINDS: dict[str, Planter] = {
    **{
        f"{sessions} newest rows equal, {name}": standing_still(sessions, volume, flat=flat)
        for sessions in (5, 6, 9)
        for name, volume, flat in (("own volumes", None, False), ("no volume", 0.0, False), ("flat", None, True))
    },
    **{f"{n} newest closes equal, nothing else known": standing_still(n, None, closes_only=True) for n in (5, 6, 9)},
    **{
        f"x{factor:g} for {n} session{'s' * (n > 1)}": level(factor, n)
        for factor in (1.5, 1.3, 0.7, 0.5)
        for n in (1, 3)
    },
    **{f"x{factor:g} on the last row": level(factor, 1, last=True) for factor in (1.6, 1.3, 0.7, 0.5)},
    **{
        f"split {name} left unadjusted": split(ratio, PRICES)
        for name, ratio in (("2:1", 2.0), ("3:2", 3 / 2), ("4:3", 4 / 3), ("5:4", 5 / 4), ("6:5", 6 / 5))
    },
    **{f"units x{factor:g}": other_units(factor) for factor in (1.7, 0.6, 100.0)},
    **{f"High x{factor:g}": bad_ticks("High", factor) for factor in (10.0, 2.0, 1.3)},
    **{f"Low x{factor:g}": bad_ticks("Low", factor) for factor in (1e-4, 0.5, 0.77)},
    "High x10 in 20 of 500 rows": bad_ticks("High", 10.0, rows=20),
    **{f"{100 * share:g}% of the last row's volume": little_volume(share) for share in (0.1, 0.2, 0.35, 0.5)},
    "two neighbours exchanged": neighbours_exchanged,
    **{f"adjusted closes {100 * p:+g}% before": adjusted_jump(1 + p, whole_past=True) for p in (0.01, -0.02, 0.05)},
}
"""Faults of which some cannot be told from a wild day: see ``benchmarks/planted_faults.py``."""
