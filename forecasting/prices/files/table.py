"""The table in a file's text: where its names stand, what separates its cells, and its rows by line."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import Final

import pandas as pd

from forecasting.errors import BadPrices
from forecasting.prices.files.layouts import COLUMNS_IN_WORDS, folded, roles
from forecasting.prices.history import Mask

_SEPARATORS: Final = (",", ";", "\t", "|")
_LINES_ABOVE: Final = 40  # lines in which the names may stand; some sites write a description above them
_LONGEST: Final = 50_000  # characters of a line of names: those of hundreds of tickers fit
_PREFIXED: Final = re.compile(r"([A-Z0-9^-]+)\.(\w+)")  # SPY.Close, as quantmod for R writes it
_MISSING: Final = ["-", "--", "–", "—", ".", "N/D"]  # besides those that pandas knows


@dataclass(frozen=True)
class Table:
    """Rows of a file.

    Attributes:
        cells: a column for each name, indexed by line of the file. Text, or numbers where ``has_plain_numbers``.
        names: the columns' names as they are written.
        places: the place of each kind of column, by ticker if the file has columns of several.
        separator: what stands between two cells.
        has_plain_numbers: whether numbers can only be written like 1234.56, because the separator is a comma.
        has_three_lines: whether three lines hold the names, as yfinance writes them.
    """

    cells: pd.DataFrame
    names: tuple[str, ...]
    places: dict[str, dict[str, int]]
    separator: str
    has_plain_numbers: bool
    has_three_lines: bool

    def column(self, place: int) -> pd.Series:
        return self.cells.iloc[:, place].rename(self.names[place])

    def only(self, rows: pd.Series | Mask) -> Table:
        """The table of these rows."""
        return self if rows.all() else replace(self, cells=self.cells[rows])


@dataclass(frozen=True)
class _Names:
    line: int  # the first line of data, from 0
    separator: str
    names: tuple[str, ...]
    places: dict[str, dict[str, int]]
    has_three_lines: bool = False


def read_table(what: str, path: Path, text: str, needed: Sequence[Sequence[str]]) -> Table:
    """The rows below the line of names that has one column of each of ``needed``, alternatives of kinds of columns.

    Raises:
        BadPrices: there is no such line, a column comes twice, or the rows do not fit the names.
    """
    found = _find_names(text, needed)
    if found is None:
        raise BadPrices(_missing(what, path, text, needed))
    _require_single(what, path, found)
    plain = found.separator == "," and '"' not in text
    labels = [str(place) for place in range(len(found.names) + 1)]  # one more: some lines end with a separator
    texts = {labels[place]: str for places in found.places.values() for role, place in places.items() if _is_text(role)}
    try:
        cells = pd.read_csv(
            StringIO(text),
            sep=found.separator,
            header=None,
            names=labels,
            dtype=texts if plain else str,
            skiprows=found.line,
            skip_blank_lines=False,
            skipinitialspace=True,
            na_values=_MISSING,
            low_memory=False,
        )
    except pd.errors.EmptyDataError:
        cells = pd.DataFrame({label: pd.Series(dtype=str) for label in labels})
    except ValueError as error:  # pandas' parser errors
        reason = str(error).strip().removeprefix("Error tokenizing data. C error: ")
        raise BadPrices(f"{what}: {path} cannot be read as a table: {reason}. Correct or remove the file.") from None
    spare = cells.pop(labels[-1])
    if not isinstance(cells.index, pd.RangeIndex) or spare.notna().any():  # pandas takes a surplus cell for an index
        raise BadPrices(
            f"{what}: {path} has rows with more cells than the first line has names. Correct the file, or "
            "separate its cells with semicolons if its numbers have decimal commas."
        )
    cells.index += found.line + 1
    cells = cells.dropna(how="all")  # blank lines
    return Table(cells, found.names, found.places, found.separator, plain, found.has_three_lines)


def has_prices(text: str) -> bool:
    """Whether one of the first lines names a date and a close."""
    return _find_names(text, PRICES_NEEDED) is not None


PRICES_NEEDED: Final = (("date",), ("close", "adjusted"))


def _is_text(role: str) -> bool:
    return role in ("date", "ticker", "currency")


def _first_lines(text: str) -> Iterator[tuple[int, str]]:
    return ((number, line.rstrip("\n")[:_LONGEST]) for number, line in enumerate(islice(StringIO(text), _LINES_ABOVE)))


def _cells_of(line: str, separator: str) -> tuple[str, ...]:
    return tuple(cell.strip() for row in csv.reader([line], delimiter=separator, skipinitialspace=True) for cell in row)


def _find_names(text: str, needed: Sequence[Sequence[str]]) -> _Names | None:
    lines = list(_first_lines(text))
    for number, line in lines:
        for separator in _SEPARATORS:
            if separator not in line and len(lines) > 1:
                continue
            names = _cells_of(line, separator)
            three = _three_lines(lines[number : number + 3], separator)
            if three is not None:
                return three
            ticker, bare = _without_prefix(names)
            places = roles(bare)
            if all(any(role in places for role in alternatives) for alternatives in needed):
                return _Names(number + 1, separator, names, {ticker: places})
    return None


def _without_prefix(names: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """The ticker that stands before all names but the first, and the names without it; ``""`` if there is none."""
    matches = [_PREFIXED.fullmatch(name) for name in names[1:]]
    found = [match for match in matches if match]
    if not found or len(found) < len(matches) or len({match[1] for match in found}) > 1:
        return "", names
    return found[0][1], (names[0], *(match[2] for match in found))


def _three_lines(lines: Sequence[tuple[int, str]], separator: str) -> _Names | None:
    """What yfinance's ``download`` writes: kinds of prices and tickers in two lines, then Date without other names."""
    if len(lines) < 3:
        return None
    first, second, third = (_cells_of(line, separator) for _, line in lines)
    if len(first) != len(second) or not third or folded(third[0]) != "date" or any(third[1:]):
        return None
    kinds, tickers = (first, second) if "close" in roles(first[1:]) else (second, first)
    places: dict[str, dict[str, int]] = {}
    for ticker in dict.fromkeys(tickers[1:]):
        own = [place for place, of in enumerate(tickers) if place and of == ticker]
        found = roles([kinds[place] for place in own])
        places[ticker] = {"date": 0} | {role: own[place] for role, place in found.items()}
    if not all("close" in own for own in places.values()):
        return None
    return _Names(lines[2][0] + 1, separator, ("Date", *kinds[1:]), places, has_three_lines=True)


def _require_single(what: str, path: Path, found: _Names) -> None:
    """Raises BadPrices if two columns have one name."""
    if found.has_three_lines:
        return
    words = [folded(name) for name in found.names]
    for place in next(iter(found.places.values())).values():
        if words.count(words[place]) > 1:
            raise BadPrices(f"{what}: {path} has two columns called {found.names[place]}. Remove one.")


def _missing(what: str, path: Path, text: str, needed: Sequence[Sequence[str]]) -> str:
    """The sentence about a file without a line of names."""
    best: set[str] = set()
    for _, line in _first_lines(text):
        for separator in _SEPARATORS:
            here = set(roles(_cells_of(line, separator)))
            best = max(best, here, key=lambda kinds: sum(any(role in kinds for role in each) for each in needed))
    lacking = [COLUMNS_IN_WORDS[each[0]] for each in needed if not any(role in best for role in each)]
    words = [COLUMNS_IN_WORDS[each[0]] for each in needed]
    return (
        f"{what}: {path} lacks the column {' and '.join(lacking)}. The line above its rows must name at least "
        f"{', '.join(words)}, with commas, semicolons or tabs between them."
    )
