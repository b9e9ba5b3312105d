"""Dates and numbers as people write them; what could be two things is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecasting.errors import BadPrices
from forecasting.prices.files.cells import Order, days, decimal_sign, numbers

PATH = Path("SPY.csv")


def lines(*cells: str | None) -> pd.Series:
    """A column whose first cell is on line 2."""
    return pd.Series(cells, range(2, len(cells) + 2), dtype=str, name="Close")


def read_days(*cells: str | None, order: Order | None = None) -> list[str]:
    return [str(stamp.date()) for stamp in days("SPY", PATH, lines(*cells), order).stamps]


@pytest.mark.parametrize(
    ("cells", "dates"),
    [
        (["2024-12-31"], ["2024-12-31"]),
        (["2024/12/31", "2024-1-2"], ["2024-12-31", "2024-01-02"]),
        (["20241231"], ["2024-12-31"]),
        (["2024-12-31 00:00:00-05:00", "2024-07-01 00:00:00-04:00"], ["2024-12-31", "2024-07-01"]),
        (["2024-12-31T00:00:00.000Z"], ["2024-12-31"]),
        (["12/31/2024", "01/02/2024"], ["2024-12-31", "2024-01-02"]),
        (["31/12/2024", "01/02/2024"], ["2024-12-31", "2024-02-01"]),
        (["31-12-2024", "01-02-2024"], ["2024-12-31", "2024-02-01"]),
        (["12/31/24", "01/02/99"], ["2024-12-31", "1999-01-02"]),
        (["1/2/2024 16:00:00", "1/31/2024 16:00:00"], ["2024-01-02", "2024-01-31"]),
        (["02.01.2024", "03.01.2024"], ["2024-01-02", "2024-01-03"]),
        (["05/05/2024"], ["2024-05-05"]),
        (["Dec 31, 2024", "Jan 2, 2024"], ["2024-12-31", "2024-01-02"]),
        (["Tue, Dec 31, 2024", "December 31 2024"], ["2024-12-31"] * 2),
        (["31-Dec-24", "2 January 2024"], ["2024-12-31", "2024-01-02"]),
        (["31. Dez. 2024", "1. März 2024", "2. Mai 2024"], ["2024-12-31", "2024-03-01", "2024-05-02"]),
        (["31 déc. 2024", "3 juin 2024", "1 juil. 2024", "1 août 2024", "1 févr. 2024"],
         ["2024-12-31", "2024-06-03", "2024-07-01", "2024-08-01", "2024-02-01"]),
        (["1735655400", "1704205800"], ["2024-12-31", "2024-01-02"]),
        (["1735655400000", "728317800000"], ["2024-12-31", "1993-01-29"]),
        (["728317800"], ["1993-01-29"]),
        (["1735655400.0", "1735655400000000", "1735655400000000000"], ["2024-12-31"] * 3),
        (["20241231.0"], ["2024-12-31"]),
        (["45657", "45658.0", "45659.6666667"], ["2024-12-31", "2025-01-01", "2025-01-02"]),
        (["12/31/2024 4:00:00 PM", "Dec 30, 2024, 4:00 PM"], ["2024-12-31", "2024-12-30"]),
        (["Mo 02.01.2024", "Di. 03.01.2024"], ["2024-01-02", "2024-01-03"]),
        (["Tue 12/31/2024"], ["2024-12-31"]),
        (["'2024-12-31", '="2024-12-30"'], ["2024-12-31", "2024-12-30"]),
        (["2024年12月31日", "2024年1月2日 15:00"], ["2024-12-31", "2024-01-02"]),
        (["1 mrt. 2024", "2 mei 2024", "3 gen 2024", "4 out 2024"],
         ["2024-03-01", "2024-05-02", "2024-01-03", "2024-10-04"]),
    ],
)  # fmt: skip
def test_dates(cells: list[str], dates: list[str]) -> None:
    assert read_days(*cells) == dates


@pytest.mark.parametrize(("order", "day"), [("dmy", "2024-02-01"), ("mdy", "2024-01-02")])
def test_a_date_that_no_row_decides_has_to_be_said(order: Order, day: str) -> None:
    with pytest.raises(
        BadPrices, match=r"SPY.csv has dates like 01/02/2024, and no row shows .*--dates dmy \(or mdy\)"
    ):
        read_days("01/02/2024", "03/03/2024")
    assert read_days("01/02/2024", order=order) == [day]


def test_years_of_two_digits_are_first_only_if_that_is_said() -> None:
    assert read_days("24-12-31", order="ymd") == ["2024-12-31"]
    with pytest.raises(BadPrices, match="no row shows"):
        read_days("10/11/12")
    with pytest.raises(BadPrices, match="in which the year is last"):
        read_days("01/02/2024", order="ymd")


def test_dates_that_are_sure_need_no_order() -> None:
    assert read_days("2024-12-31 16:00", order="mdy") == ["2024-12-31"]


@pytest.mark.parametrize(
    ("cells", "line", "date"),
    [
        (["2024-12-31", "yesterday"], 3, "'yesterday'"),
        (["12/30/2024", "12/31/2024", "31/12/2024"], 4, "'31/12/2024', read with the month first"),
        (["30/12/2024", "31/12/2024", "12/31/2024"], 4, "'12/31/2024', read with the day first"),
        (["31 foo 2024"], 2, "'31 foo 2024'"),
        (["2024-12-31 16:00", None], 3, "nan"),
        (["99999"], 2, "'99999'"),
    ],
)
def test_a_wrong_date_is_named_with_its_line(cells: list[str | None], line: int, date: str) -> None:
    with pytest.raises(BadPrices, match=f"line {line} of SPY.csv has the date {date}. Write dates like 2024-12-31"):
        read_days(*cells)


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["412.35", None], [412.35, np.nan]),
        (["$1,412.35", " 12 "], [1412.35, 12]),
        (["1.412,35 €", "12"], [1412.35, 12]),
        (["1\u202f412,35", "1 412,5"], [1412.35, 1412.5]),
        (["1'412.35"], [1412.35]),
        (["46.074.000"], [46074000]),
        (["46,074,000"], [46074000]),
        (["1,23,46,074.5", "1,23,456"], [12346074.5, 123456]),
        (["0,125"], [0.125]),
        (["98.58M", "5.5K", "1.25B", "7"], [98_580_000, 5_500, 1_250_000_000, 7]),
        (["98,58M", "600K"], [98_580_000, 600_000]),
        (["98,58 Mio.", "1,2 Mrd", "7,5 Tsd."], [98_580_000, 1_200_000_000, 7_500]),
        (["-5.25", "inf", "1e3"], [-5.25, np.inf, 1000]),
    ],
)
def test_numbers(cells: list[str | None], values: list[float]) -> None:
    column = lines(*cells)
    decimal = decimal_sign("SPY", PATH, [column], [])
    np.testing.assert_array_equal(numbers("SPY", PATH, column, decimal), values)


def test_numbers_keep_every_bit() -> None:
    values = np.random.default_rng(5).uniform(0.1, 5000, 5000)
    written = [repr(value) for value in values.tolist()]
    assert numbers("SPY", PATH, lines(*written), ".").tolist() == values.tolist()
    german = [text.replace(".", ",") for text in written]
    assert numbers("SPY", PATH, lines(*german), ",").tolist() == values.tolist()


@pytest.mark.parametrize(
    ("decimal", "cell"),
    [(".", "299,85"), (",", "299.85"), (".", "1,2,456"), (".", "n/k"), (".", "5%"), (".", "1.2.3")],
)
def test_a_number_of_the_other_kind_is_named_with_its_line(decimal: str, cell: str) -> None:
    with pytest.raises(BadPrices, match=rf"line 3 of SPY.csv has '{cell}' in the column Close \(1 such cells\)"):
        numbers("SPY", PATH, lines("5", cell), decimal)


def test_a_decimal_sign_that_is_unclear_is_refused() -> None:
    with pytest.raises(BadPrices, match=r"line 2 of SPY\.csv has 10,512 in the column Close, which may be thousands"):
        decimal_sign("SPY", PATH, [lines("10,512", "10,553")], [])
    with pytest.raises(BadPrices, match="decimal commas and with decimal points"):
        decimal_sign("SPY", PATH, [lines("10,5", "10.55")], [])
    with pytest.raises(BadPrices, match=r"line 2 of SPY\.csv has 3\.012 in the column Close, which may be thousands"):
        decimal_sign("SPY", PATH, [lines("3.012", "2.998")], [])
    assert decimal_sign("SPY", PATH, [lines("3.012", "2.998")], [lines("1.234.567")]) == ","
    assert decimal_sign("SPY", PATH, [lines("3.012", "2.9985", "3")], []) == "."
    assert decimal_sign("SPY", PATH, [lines("10,512")], [lines("-0,29%")]) == ","
    assert decimal_sign("SPY", PATH, [lines("10,512")], [lines("98.58M")]) == "."
