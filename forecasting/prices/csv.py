"""CsvPrices: prices from a folder of ``SYMBOL.csv`` files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from forecasting.errors import BadPrices, BadSettings, UnknownSymbol
from forecasting.prices.history import YAHOO_COLUMNS, Array, PriceHistory
from forecasting.prices.quality import sound_history, unsifted_history
from forecasting.universe import Symbol

_TIME_OF_DAY: Final = r"[ T]\d\d:\d\d.*$"
"""What pandas writes after the date of an index with a time zone: the day is all that counts."""

_WRITTEN: Final = ["open", "high", "low", "close", "adjusted", "volume"]

_DIVIDENDS: Final = "dividends"
"""Stem of the file that lists the cash dividends of the folder's ETFs; no symbol."""


class CsvPrices:
    """Reads ``folder/SYMBOL.csv`` with the columns Date and Adj Close, and the others of Yahoo where known.

    Each file is read once, when it is asked for first: a replay asks for the same ones week after week.
    """

    name = "csv"

    def __init__(self, folder: Path, *, as_written: bool = False) -> None:
        """
        Args:
            as_written: give every row that has an adjusted close, sound or not: for judging a recipe on the same rows
                as others do, never for a forecast that somebody reads.

        Raises:
            BadSettings: ``folder`` is none that can be read.
        """
        if not folder.is_dir():
            raise BadSettings(f"The price folder {folder} does not exist. Give one that holds SYMBOL.csv files.")
        self.folder = folder
        self.as_written = as_written
        self._frames: dict[Symbol, pd.DataFrame] = {}
        try:
            files = sorted(folder.iterdir())
        except OSError as error:
            raise BadSettings(
                f"The price folder {folder} cannot be read: {error.strerror}. Check its rights."
            ) from None
        self._files = {
            Symbol(path.stem.upper()): path
            for path in files
            if path.suffix.lower() == ".csv" and path.stem.lower() != _DIVIDENDS
        }

    @property
    def symbols(self) -> tuple[Symbol, ...]:
        """Every symbol that the folder has a file for, in alphabetical order."""
        return tuple(sorted(self._files))

    def history(self, symbol: Symbol, until: date) -> PriceHistory:
        """As ``PriceSource.history`` says; rows of the file in any state but readable ones raise BadPrices."""
        if symbol not in self._files:
            raise UnknownSymbol(symbol, self.symbols)
        if symbol not in self._frames:
            self._frames[symbol] = _read_prices(symbol, self._files[symbol])
        frame = self._frames[symbol].copy()
        if self.as_written:
            return unsifted_history(symbol, self.name, frame).until(until)
        dividends = self._dividends.get(symbol)
        if dividends is not None and "close" in frame:  # else there is nothing that they could explain
            frame["dividend"] = _by_row(dividends, pd.DatetimeIndex(frame.index))
        return sound_history(symbol, self.name, frame, until)

    @cached_property
    def _dividends(self) -> dict[Symbol, pd.Series]:
        """Dividends by ex-date, in USD a share, for each symbol that ``dividends.csv`` lists. Others are unknown."""
        path = self.folder / f"{_DIVIDENDS}.csv"
        if not path.is_file():
            return {}
        table = _read_table(_DIVIDENDS, path, needed=("Symbol", "Date", "Dividends"))
        table["Dividends"] = _numbers(_DIVIDENDS, path, table["Dividends"])
        by_date = table.set_index("Date")
        return {Symbol(str(symbol).upper()): rows["Dividends"] for symbol, rows in by_date.groupby("Symbol")}


def _read_prices(symbol: Symbol, path: Path) -> pd.DataFrame:
    table = _read_table(symbol, path, needed=("Date", "Adj Close")).set_index("Date")
    frame = table.rename(columns=YAHOO_COLUMNS).filter(list(YAHOO_COLUMNS.values()))
    return frame.apply(lambda column: _numbers(symbol, path, column))


def write_folder(folder: Path, frames: Mapping[Symbol, pd.DataFrame]) -> None:
    """Write what ``CsvPrices`` reads: a file for each frame (columns of ``PriceHistory.frame``), and the dividends.

    Numbers are written so that they come back as they are. A file is replaced as a whole or not at all.

    Raises:
        BadSettings: the folder cannot be written to.
    """
    columns = {ours: theirs for theirs, ours in YAHOO_COLUMNS.items()}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for symbol, frame in frames.items():
            table = frame[_WRITTEN].rename(columns=columns)
            _replace(folder / f"{symbol}.csv", table.to_csv(index_label="Date", date_format="%Y-%m-%d"))
        _replace(folder / f"{_DIVIDENDS}.csv", _dividend_lines(frames))
    except OSError as error:
        raise BadSettings(f"The folder {folder} cannot be written to: {error.strerror}. Check its rights.") from None


def _replace(path: Path, text: str) -> None:
    part = path.with_name(f".{path.name}.part")
    part.write_text(text)
    part.replace(path)


def _dividend_lines(frames: Mapping[Symbol, pd.DataFrame]) -> str:
    paid = {symbol: frame["dividend"][frame["dividend"] > 0] for symbol, frame in sorted(frames.items())}
    lines = [
        f"{symbol},{stamp.date()},{amount!r}"
        for symbol, amounts in paid.items()
        for stamp, amount in zip(pd.DatetimeIndex(amounts.index), amounts.tolist(), strict=True)
    ]
    return "\n".join(["Symbol,Date,Dividends", *lines, ""])


def _by_row(dividends: pd.Series, days: pd.DatetimeIndex) -> Array:
    """The dividends beside the rows from which on they hold: where an ex-date has no row, the next one.

    Those from before the first row have no place, for it says nothing about what a holder of the day before has.
    """
    paid = np.zeros(len(days))
    dividends = dividends[dividends.index > days.min()] if len(days) else dividends
    order = np.argsort(days, kind="stable")
    places = np.searchsorted(days[order], dividends.index)
    in_time = places < len(days)
    np.add.at(paid, order[places[in_time]], dividends.to_numpy()[in_time])
    return paid


def _read_table(what: str, path: Path, needed: tuple[str, ...]) -> pd.DataFrame:
    """The file's rows, with Date as naive midnight stamps.

    Raises:
        BadPrices: the file cannot be read, lacks one of the columns ``needed``, or has a date that is none.
    """
    try:
        table = pd.read_csv(path, dtype={"Date": str, "Symbol": str}, keep_default_na=True)
    except (OSError, ValueError) as error:  # pandas' parser and Unicode errors are ValueErrors
        raise BadPrices(f"{what}: {path} cannot be read as a table: {error}. Correct or remove the file.") from None
    missing = [column for column in needed if column not in table]
    if missing:
        raise BadPrices(
            f"{what}: {path} has no column {' and no '.join(missing)}. Its first line must name {', '.join(needed)}."
        )
    days = table["Date"].str.strip().str.replace(_TIME_OF_DAY, "", regex=True)
    dates = pd.to_datetime(days, errors="coerce", format="%Y-%m-%d")
    if dates.isna().any():
        row = int(np.argmax(dates.isna()))
        raise BadPrices(
            f"{what}: line {row + 2} of {path} has the date {table['Date'].iloc[row]!r}. Write dates like 2024-12-31."
        )
    table["Date"] = dates
    return table


def _numbers(what: str, path: Path, column: pd.Series) -> pd.Series:
    """The column as floats; empty cells are NaN.

    Raises:
        BadPrices: a cell holds text.
    """
    numbers = pd.to_numeric(column, errors="coerce")
    text = (numbers.isna() & column.notna()).to_numpy()
    if text.any():
        raise BadPrices(
            f"{what}: {path} holds {column[text].iloc[0]!r} in a column of numbers ({int(text.sum())} such cells). "
            "Write plain numbers like 412.35."
        )
    return numbers.astype(float)
