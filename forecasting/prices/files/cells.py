"""Days and numbers out of cells, as people and sites write them. What may be two things is an error, never a guess."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Literal, NamedTuple

import numpy as np
import pandas as pd

from forecasting.errors import BadPrices
from forecasting.sessions import CURRENCIES

Order = Literal["dmy", "mdy", "ymd"]
"""The order of day, month and year in dates of numbers."""

ORDERS: Final[dict[Order, str]] = {"dmy": "the day first", "mdy": "the month first", "ymd": "the year first"}

_FIRST_DATE, _LAST_DATE = pd.Timestamp(1900, 1, 1), pd.Timestamp(2199, 12, 31)
"""Dates outside are typing errors."""

_LONGEST_CELL: Final = 40  # characters

_TIME_OF_DAY: Final = re.compile(r"[ T,]+\d{1,2}:\d\d.*$")
"""What follows the date if the index has a time zone. Only the date counts."""

_ISO: Final = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})")
_COMPACT: Final = re.compile(r"(\d{4})(\d\d)(\d\d)(?:\.0)?")
_NUMBERS: Final = re.compile(r"(?:[^\W\d_]+\.?,?\s+)?(\d{1,2})([-/. ])\s?(\d{1,2})\2\s?(\d{4}|\d\d)")
_EPOCH: Final = re.compile(r"(\d{9,10})(?:\d{3}){0,3}(?:\.\d*)?")  # seconds since 1970, or down to billionths of them
_SERIAL: Final = re.compile(r"([3-6]\d{4})(?:\.\d*)?")  # spreadsheets count days
_SERIAL_START: Final = datetime(1899, 12, 30, tzinfo=UTC)
_EXCEL_TEXT: Final = "='\""
"""What stands around a cell that Excel takes for text."""
_IN_JAPANESE: Final = str.maketrans("年月", "--", "日")
_WORDED: Final = re.compile(r"(?:[^\W\d_]+\.?,?\s+)??([^\W\d_]{3,})\.?[ -]*(\d{1,2}),?[ -]+(\d{4}|\d\d)")
_DAY_WORDED: Final = re.compile(r"(?:[^\W\d_]+\.?,?\s+)?(\d{1,2})\.?[ -]+([^\W\d_]{3,})\.?,?[ -]+(\d{4}|\d\d)")

_MONTHS: Final = {
    word: month
    for month, words in enumerate(
        (
            "jan ene gen", "feb fev fév", "mar mär mrz mrt", "apr avr abr", "may mai mei maj mag", "jun juin giu",
            "jul juil lug", "aug aou aoû ago", "sep set", "oct okt out ott", "nov", "dec dez déc dic",
        ),
        start=1,
    )
    for word in words.split()
}  # fmt: skip
"""Months by the first letters of their names in English and eight other languages."""


class Days(NamedTuple):
    """Days of rows.

    Attributes:
        stamps: naive midnight stamps by line.
        how: how they were written, for people: ``12/31/2024, the month first``.
    """

    stamps: pd.Series
    how: str


class _Date(NamedTuple):
    numbers: tuple[int, int, int]  # year, month, day; if ``mark``, year and the two others as they stand
    mark: str = ""  # what separates numbers of unknown order


def days(what: str, path: Path, cells: pd.Series, order: Order | None) -> Days:
    """The days in ``cells``, which are indexed by line.

    Args:
        order: the order of dates like 01/02/2024; None if the rows have to decide it.

    Raises:
        BadPrices: a cell holds no date, or no row decides the order.
    """
    dates = pd.to_datetime(cells, errors="coerce", format="%Y-%m-%d")
    how = "2024-12-31"
    if dates.isna().any():
        written = {cell: _date(cell, order) for cell in cells.dropna().unique()}
        marks = {date.mark for date in written.values() if date} - {""}
        if marks:
            order = _order(what, path, cells, written, order, marks)
        by_cell = {cell: _iso(date, order) for cell, date in written.items() if date}
        dates = pd.to_datetime(cells.map(by_cell), errors="coerce", format="%Y-%m-%d")
        example = max(written, key=lambda cell: (written[cell] is not None, written[cell]), default="")
        how = f"{example}, {ORDERS[order]}" if marks and order else f"{example}"
    wrong = ~dates.between(_FIRST_DATE, _LAST_DATE)
    if wrong.any():
        row = int(np.argmax(wrong))
        read = f", read with {ORDERS[order]}" if order else ""
        raise BadPrices(
            f"{what}: line {cells.index[row]} of {path} has the date {_shown(cells.iloc[row])}{read}. Write dates like "
            "2024-12-31."
        )
    return Days(dates.dt.as_unit("ns"), how)


def is_date(cell: str) -> bool:
    """Whether ``cell`` is a date, perhaps of unknown order."""
    return _date(cell, None) is not None


def _shown(cell: object) -> str:
    """A cell as it is quoted in a sentence."""
    text = repr(cell)
    return text if len(text) <= _LONGEST_CELL else f"{text[:_LONGEST_CELL]}…"


def _date(cell: str, order: Order | None) -> _Date | None:
    text = _TIME_OF_DAY.sub("", cell.strip().strip(_EXCEL_TEXT)).translate(_IN_JAPANESE)
    if match := _ISO.fullmatch(text):
        return _Date((int(match[1]), int(match[3]), int(match[4])))
    if match := _NUMBERS.fullmatch(text):
        first, second, last = int(match[1]), int(match[3]), match[4]
        if len(last) == 2 and order == "ymd":
            return _Date((_year(match[1]), second, int(last)))
        return _Date((_year(last), first, second), match[2])
    if match := _COMPACT.fullmatch(text):
        return _Date((int(match[1]), int(match[2]), int(match[3])))
    if match := _EPOCH.fullmatch(text):
        day = datetime.fromtimestamp(int(match[1]), UTC)
        return _Date((day.year, day.month, day.day))
    if match := _SERIAL.fullmatch(text):
        counted = _SERIAL_START + timedelta(days=int(match[1]))
        return _Date((counted.year, counted.month, counted.day))
    if match := _WORDED.fullmatch(text):
        month, day_of_month, year = match[1], match[2], match[3]
    elif match := _DAY_WORDED.fullmatch(text):
        day_of_month, month, year = match[1], match[2], match[3]
    else:
        return None
    number = _month(month)
    return _Date((_year(year), number, int(day_of_month))) if number else None


def _year(digits: str) -> int:
    """The year of four digits, or of two: from 1970 to 2069."""
    number = int(digits)
    return number if len(digits) > 2 else number + (1900 if number >= 70 else 2000)


def _month(word: str) -> int | None:
    word = unicodedata.normalize("NFC", word).lower()
    return _MONTHS.get(word[:4]) or _MONTHS.get(word[:3])


def _iso(date: _Date, order: Order | None) -> str:
    year, month, day = date.numbers
    if date.mark and order == "dmy":
        month, day = day, month
    return f"{year:04}-{month:02}-{day:02}"


def _order(
    what: str, path: Path, cells: pd.Series, written: dict[str, _Date | None], order: Order | None, marks: set[str]
) -> Order:
    """Whether the day or the month comes first in dates of three numbers.

    Raises:
        BadPrices: no row decides it.
    """
    pairs = {date.numbers[1:] for date in written.values() if date and date.mark}
    impossible: dict[Order, int] = {
        "dmy": sum(first > 31 or second > 12 for first, second in pairs),
        "mdy": sum(first > 12 or second > 31 for first, second in pairs),
    }
    if order in impossible:
        return order
    if order == "ymd":
        example = next(cell for cell, date in written.items() if date and date.mark)
        raise BadPrices(f"{what}: {path} has dates like {example}, in which the year is last. Use --dates dmy or mdy.")
    if impossible["dmy"] != impossible["mdy"]:
        return min(impossible, key=lambda each: impossible[each])
    if marks == {"."} or all(first == second for first, second in pairs):  # with full stops the day is first everywhere
        return "dmy"
    example = next(cell for cell in cells if (date := written.get(cell)) and date.mark)
    raise BadPrices(
        f"{what}: {path} has dates like {example}, and no row shows whether the day or the month is first. Write "
        "2024-12-31, or say it: etf-forecast prices import FILE --dates dmy (or mdy)."
    )


_SPACES_AND_SIGNS: Final = str.maketrans("", "", "$€£¥'’ \u00a0\u2009\u202f\t=\"")
_CODE: Final = "|".join(sorted(CURRENCIES))
_CODES: Final = rf"^(?:{_CODE})|(?:{_CODE}|(?<=\d)p)$"
_SAID: Final = rf"(?:^({_CODE}|[$€£¥])|({_CODE}|[$€£¥]|(?<=\d)p)$)"
_SAID_BY_NAME: Final = re.compile(rf"(?:[(\[]| in )({_CODE})[)\]]?$")
_SIZES: Final = {
    "k": 1e3, "tsd": 1e3, "m": 1e6, "mn": 1e6, "mio": 1e6, "b": 1e9, "bn": 1e9, "md": 1e9, "mrd": 1e9, "t": 1e12,
}  # fmt: skip
_SIZED: Final = rf"(.*[\d.,])({'|'.join(_SIZES)})\.?"

_COMMA_DECIMAL: Final = r"[+-]?(?:\d{1,3}(?:\.\d{3})+,\d*|\d*,(?:\d{1,2}|\d{4,})|0,\d{3}|\d{1,3}(?:\.\d{3}){2,})"
_POINT_DECIMAL: Final = (
    r"[+-]?(?:\d{1,3}(?:,\d{2,3})*,\d{3}\.\d*|\d*\.(?:\d{1,2}|\d{4,})|0\.\d{3}|\d{1,3}(?:,\d{2,3})+,\d{3})"
)
_EITHER: Final = r"[+-]?\d{1,3}[.,]\d{3}"
_WITH_COMMA: Final = r"[+-]?(?:(?:\d{1,3}(?:\.\d{3})+|\d+)?(?:,\d*)?(?:e[+-]?\d+)?|inf)"
_WITH_POINT: Final = r"[+-]?(?:(?:\d{1,3}(?:,\d{2,3})*,\d{3}|\d+)?(?:\.\d*)?(?:e[+-]?\d+)?|inf)"


def decimal_sign(what: str, path: Path, prices: Iterable[pd.Series], others: Iterable[pd.Series]) -> str:
    """The sign before the decimals of a file's numbers, ``.`` or ``,``.

    Args:
        prices: columns of prices, as text.
        others: further columns that hold numbers, asked only if the prices show nothing.

    Raises:
        BadPrices: the prices use both, or 1,234 may be 1234 as well as 1.234.
    """
    prices = [_bare(column) for column in prices]
    for columns in (prices, [_bare(column).str.rstrip("%") for column in others]):
        comma, point = (
            any(bool(column.str.fullmatch(pattern).any()) for column in columns)
            for pattern in (_COMMA_DECIMAL, _POINT_DECIMAL)
        )
        if comma and point and columns is prices:
            raise BadPrices(f"{what}: {path} has prices with decimal commas and with decimal points. Correct the file.")
        if comma != point:
            return "," if comma else "."
    for column in prices:
        either = column[column.str.fullmatch(_EITHER)]
        # Trailing zeros are often left out, so 412.350 in every row may be 412350.
        if len(either) and (len(either) == len(column) or either.str.contains(",").any()):
            raise BadPrices(
                f"{what}: line {either.index[0]} of {path} has {either.iloc[0]} in the column {column.name}, which may "
                "be thousands or decimals. Write all prices with two decimals."
            )
    return "."


def currencies(column: pd.Series) -> set[str]:
    """The currencies, as codes or signs, that a column of prices or its name says."""
    if match := _SAID_BY_NAME.search(str(column.name).strip()):
        return {match[1]}
    if pd.api.types.is_numeric_dtype(column):
        return set()
    found = column.dropna().astype(str).str.replace(r"\s", "", regex=True).str.extract(_SAID)
    return set(found.stack().dropna())


def _bare(column: pd.Series) -> pd.Series:
    """Text without spaces, currencies and sizes (K, M, B)."""
    text = _without_currencies(column.dropna().astype(str))
    return text.str.replace(_SIZED, r"\1", regex=True, case=False)


def _without_currencies(text: pd.Series) -> pd.Series:
    return text.str.translate(_SPACES_AND_SIGNS).str.replace(_CODES, "", regex=True)


def numbers(what: str, path: Path, column: pd.Series, decimal: str) -> pd.Series:
    """The column as floats; empty cells are NaN. K, M and B after a number are thousands, millions and billions.

    Args:
        column: numbers or text, indexed by line.
        decimal: see ``decimal_sign``.

    Raises:
        BadPrices: a cell holds text.
    """
    if pd.api.types.is_numeric_dtype(column):
        return column.astype(float)
    text = _without_currencies(column.astype("str"))
    sizes = text.str.lower().str.extract(f"^{_SIZED}$")
    size = sizes[1].map(_SIZES)
    text = text.where(size.isna(), sizes[0])
    fits = text.str.fullmatch(_WITH_COMMA if decimal == "," else _WITH_POINT, case=False).fillna(False).astype(bool)
    if decimal == ",":
        text = text.str.replace(".", "", regex=False).str.replace(",", ".", regex=False)
    else:
        text = text.str.replace(",", "", regex=False)
    found = pd.to_numeric(
        text.where(fits | text.str.fullmatch(r"[+-]?inf(inity)?", case=False).fillna(False)), "coerce"
    )
    wrong = found.isna() & column.notna()
    if wrong.any():
        row = int(np.argmax(wrong))
        raise BadPrices(
            f"{what}: line {column.index[row]} of {path} has {_shown(column.iloc[row])} in the column {column.name} "
            f"({int(wrong.sum())} such cells). Write plain numbers like 412.35."
        )
    return (found * size).round().where(size.notna(), found).astype(float)
