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
