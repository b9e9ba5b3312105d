"""CsvPrices: prices from a folder of ``SYMBOL.csv`` files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cached_property
from io import StringIO
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from forecasting.errors import BadPrices, BadSettings, UnknownSymbol
from forecasting.prices.history import YAHOO_COLUMNS, Array, PriceHistory
from forecasting.prices.quality.gate import sound_history, unfinished, unsifted_history
from forecasting.sessions import NEW_YORK, last_completed_session
from forecasting.storage.files import replace_file
from forecasting.universe import Symbol

_TIME_OF_DAY: Final = r"[ T]\d\d:\d\d.*$"
"""What pandas writes after the date of an index with a time zone: the day is all that counts."""

_FIRST_DATE, _LAST_DATE = pd.Timestamp(1900, 1, 1), pd.Timestamp(2199, 12, 31)
"""Dates outside are slips of the pen."""

_WRITTEN: Final = ["open", "high", "low", "close", "adjusted", "volume"]

_DIVIDENDS: Final = "dividends"
"""Stem of the file that lists the cash dividends of the folder's ETFs; no symbol."""


class CsvPrices:
    """Reads ``folder/SYMBOL.csv`` with the columns Date and Adj Close, and the others of Yahoo where known.

    Each file is read once, when it is asked for first: a replay asks for the same ones week after week.
    """

    name = "csv"

    def __init__(
        self, folder: Path, *, as_written: bool = False, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        """
        Args:
            now: clock, aware: the row of a session that is going on is left out. Rows of days to come are the file's
                own business; ``prices check`` names them.
            as_written: give every row that has an adjusted close, sound or not: for judging a recipe on the same rows
                as others do, never for a forecast that somebody reads.

        Raises:
            BadSettings: ``folder`` is none that can be read.
        """
        if not folder.is_dir():
            raise BadSettings(f"The price folder {folder} does not exist. Give one that holds SYMBOL.csv files.")
        self.folder = folder
        self.as_written = as_written
        self.now = now
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
        """As ``PriceSource.history`` says; a file that cannot be read raises BadPrices."""
        frame = self._frame(symbol).copy()
        if self.as_written:
            return unsifted_history(symbol, self.name, frame).until(until)
        dividends = self._dividends.get(symbol)
        if dividends is not None and "close" in frame:  # else there is nothing that they could explain
            frame["dividend"] = _by_row(dividends, pd.DatetimeIndex(frame.index))
        now = self.now()
        over, today = last_completed_session(now), now.astimezone(NEW_YORK).date()
        going_on = (frame.index > pd.Timestamp(over)) & (frame.index <= pd.Timestamp(min(until, today)))
        if not going_on.any() or going_on.all():
            return sound_history(symbol, self.name, frame, until)
        history = sound_history(symbol, self.name, frame[~going_on], until)
        found = unfinished(symbol, _closes(frame[going_on]), over)
        return replace(history, findings=(*history.findings, *found))

    def closes(self, symbol: Symbol) -> pd.Series:
        """The closes of the file by day, sound or not. Raises as ``history`` does."""
        return _closes(self._frame(symbol))

    def _frame(self, symbol: Symbol) -> pd.DataFrame:
        if symbol not in self._files:
            raise UnknownSymbol(symbol, self.symbols)
        if symbol not in self._frames:
            self._frames[symbol] = _read_prices(symbol, self._files[symbol])
        return self._frames[symbol]

    @cached_property
    def _dividends(self) -> dict[Symbol, pd.Series]:
        """Dividends by ex-date, in USD a share, for each symbol that ``dividends.csv`` lists. Others are unknown."""
        path = self.folder / f"{_DIVIDENDS}.csv"
        if not path.is_file():
            return {}
        table = _read_table(_DIVIDENDS, path, needed=("Symbol", "Date", "Dividends"))
        paid = table["Dividends"] = _numbers(_DIVIDENDS, path, table["Dividends"])
        wrong = ~(np.isfinite(paid) & (paid >= 0))
        if wrong.any():
            row = int(np.argmax(wrong))
            raise BadPrices(
                f"{_DIVIDENDS}: line {paid.index[row]} of {path} has the dividend {paid.iloc[row]}. Write the USD paid "
                "on a share."
            )
        symbols = table["Symbol"].astype(str).str.strip().str.upper()
        return {
            Symbol(str(symbol)): rows["Dividends"]
            for symbol, rows in table.set_index("Date").groupby(symbols.to_numpy())
        }


def _closes(frame: pd.DataFrame) -> pd.Series:
    return frame["close" if "close" in frame else "adjusted"]


def _read_prices(symbol: Symbol, path: Path) -> pd.DataFrame:
    table = _read_table(symbol, path, needed=("Date", "Adj Close"))
    if table.empty:
        raise BadPrices(f"{symbol}: {path} has no rows. Fill or remove the file.")
    days = table.pop("Date")
    numbers = table.filter(list(YAHOO_COLUMNS)).apply(lambda column: _numbers(symbol, path, column))
    return numbers.rename(columns=YAHOO_COLUMNS).set_index(pd.DatetimeIndex(days))


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
            replace_file(folder / f"{symbol}.csv", table.to_csv(index_label="Date", date_format="%Y-%m-%d").encode())
        replace_file(folder / f"{_DIVIDENDS}.csv", _dividend_lines(frames).encode())
    except OSError as error:
        raise BadSettings(f"The folder {folder} cannot be written to: {error.strerror}. Check its rights.") from None


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

    Those from before the first row have no place, for it says nothing about what a holder of the day before has. Of a
    day with two rows, both have them.
    """
    sessions = days.unique().sort_values()
    paid = np.zeros(len(sessions))
    dividends = dividends[dividends.index > sessions[0]] if len(sessions) else dividends
    places = sessions.searchsorted(dividends.index)
    in_time = places < len(sessions)
    np.add.at(paid, places[in_time], dividends.to_numpy()[in_time])
    return np.asarray(paid[sessions.searchsorted(days)])


def _read_table(what: str, path: Path, needed: tuple[str, ...]) -> pd.DataFrame:
    """The file's rows, with Date as naive midnight stamps, indexed by their lines in the file.

    Raises:
        BadPrices: the file cannot be read, lacks one of the columns ``needed``, has one twice, or a date that is none.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        blank = len(text) - len(text.lstrip())
        above = text[:blank].count("\n")
        table = pd.read_csv(StringIO(text[blank:]), dtype={"Date": str, "Symbol": str}, skip_blank_lines=False)
    except (OSError, ValueError) as error:  # pandas' parser and Unicode errors are ValueErrors
        reason = str(error).strip()
        raise BadPrices(f"{what}: {path} cannot be read as a table: {reason}. Correct or remove the file.") from None
    if not isinstance(table.index, pd.RangeIndex):  # what pandas makes of a first column without a name
        raise BadPrices(f"{what}: {path} has more cells in its rows than its first line names. Correct the file.")
    table = table.rename(columns=str.strip)
    if not table.columns.is_unique:
        twice = table.columns[table.columns.duplicated()][0]
        raise BadPrices(f"{what}: {path} has two columns called {twice}. Keep the right one.")
    missing = [column for column in needed if column not in table]
    if missing:
        raise BadPrices(
            f"{what}: {path} has no column {' and no '.join(missing)}. Its first line must name {', '.join(needed)}."
        )
    table.index += above + 2  # the first line names the columns
    table = table.dropna(how="all")  # blank lines
    days = table["Date"].astype(str).str.strip().str.replace(_TIME_OF_DAY, "", regex=True)
    dates = pd.to_datetime(days, errors="coerce", format="%Y-%m-%d")
    wrong = ~dates.between(_FIRST_DATE, _LAST_DATE)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise BadPrices(
            f"{what}: line {table.index[row]} of {path} has the date {table['Date'].iloc[row]!r}. Write dates like "
            "2024-12-31."
        )
    table["Date"] = dates.dt.as_unit("ns")
    return table


def _numbers(what: str, path: Path, column: pd.Series) -> pd.Series:
    """The column as floats; empty cells are NaN.

    Args:
        column: indexed by line.

    Raises:
        BadPrices: a cell holds text.
    """
    numbers = pd.to_numeric(column, errors="coerce")
    text = numbers.isna() & column.notna()
    if text.any():
        row = int(np.argmax(text))
        raise BadPrices(
            f"{what}: line {column.index[row]} of {path} has {column.iloc[row]!r} in the column {column.name} "
            f"({int(text.sum())} such cells). Write plain numbers like 412.35."
        )
    return numbers.astype(float)
