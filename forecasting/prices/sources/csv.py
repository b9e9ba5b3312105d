"""CsvPrices: prices from a folder of ``SYMBOL.csv`` files."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import cached_property
from io import StringIO
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from forecasting.errors import BadPrices, BadSettings, UnknownSymbol
from forecasting.prices.findings import Finding
from forecasting.prices.history import YAHOO_COLUMNS, Array, PriceHistory
from forecasting.prices.quality.gate import sound_history, unfinished, unsifted_history
from forecasting.prices.sources.registry import Opening
from forecasting.sessions import NEW_YORK, last_completed_session, utc_now
from forecasting.storage.files import replace_file
from forecasting.universe import VIX, Symbol, is_ticker

log = logging.getLogger(__name__)

_TIME_OF_DAY: Final = r"[ T]\d\d:\d\d.*$"
"""What pandas writes after the date if the index has a time zone. Only the date counts."""

_FIRST_DATE, _LAST_DATE = pd.Timestamp(1900, 1, 1), pd.Timestamp(2199, 12, 31)
"""Dates outside are typing errors."""

_WRITTEN: Final = ["open", "high", "low", "close", "adjusted", "volume"]

_DIVIDENDS: Final = "dividends"
"""Name of the file that lists the cash dividends of the folder's ETFs; it is not a symbol."""


class CsvPrices:
    """Reads ``folder/SYMBOL.csv`` with the columns Date and Adj Close, and Yahoo's other columns if present.

    ``^VIX.csv`` may hold the VIX, which is no ETF, with the columns Date and Close. Each file is read once: a replay
    asks for the same files week after week.
    """

    name = "csv"

    def __init__(self, folder: Path, *, as_written: bool = False, now: Callable[[], datetime] = utc_now) -> None:
        """
        Args:
            as_written: give every row with an adjusted close, faulty or not, to compare scores with other programs
                that read the same file. Never for a forecast that people see.
            now: clock, aware. The row of a session that is still open is left out; rows of future days are used
                (``prices check`` reports them).

        Raises:
            BadSettings: ``folder`` does not exist or cannot be read.
        """
        if not folder.is_dir():
            raise BadSettings(f"The price folder {folder} does not exist. Name a folder of SYMBOL.csv files.")
        self.folder = folder
        self.as_written = as_written
        self.now = now
        self._frames: dict[Symbol, pd.DataFrame] = {}
        try:
            files = sorted(folder.iterdir())
        except OSError as error:
            raise BadSettings(
                f"The price folder {folder} cannot be read: {error.strerror}. Check its permissions."
            ) from None
        self._files: dict[Symbol, list[Path]] = {}
        self._misnamed: list[Path] = []
        for path in files:
            name = path.stem.upper()
            if path.suffix.lower() != ".csv" or path.stem.lower() == _DIVIDENDS:
                continue
            if is_ticker(name) or name == VIX:
                self._files.setdefault(Symbol(name), []).append(path)
            else:
                self._misnamed.append(path)
                log.warning("%s is left out: its name is not a ticker. Rename or remove it.", path)

    @property
    def symbols(self) -> tuple[Symbol, ...]:
        """The ETFs with a file in the folder, in alphabetical order."""
        return tuple(sorted(self._files.keys() - {VIX}))

    @property
    def notes(self) -> tuple[Finding, ...]:
        """A finding for each file that is left out because its name is not a ticker."""
        return tuple(
            Finding(Symbol(path.stem), None, "no ticker", "noted", {"file": path.name}) for path in self._misnamed
        )

    def history(self, symbol: Symbol, until: date) -> PriceHistory:
        """As ``PriceSource.history``; a file that cannot be read raises BadPrices."""
        frame = self._frame(symbol).copy()
        if self.as_written and symbol != VIX:
            return unsifted_history(symbol, self.name, frame).until(until)
        dividends = self._dividends.get(symbol)
        if dividends is not None and "close" in frame:  # without closes there is nothing that dividends could explain
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
        """The file's closes by day, faulty ones included. Raises the same errors as ``history``."""
        return _closes(self._frame(symbol))

    def _frame(self, symbol: Symbol) -> pd.DataFrame:
        if symbol not in self._files:
            raise UnknownSymbol(symbol, self.symbols)
        if symbol not in self._frames:
            path, *others = self._files[symbol]
            if others:
                names = " and ".join(file.name for file in self._files[symbol])
                raise BadPrices(
                    f"{symbol}: {self.folder} has more than one file for it: {names}. Keep only the right one."
                )
            self._frames[symbol] = _read_prices(symbol, path)
        return self._frames[symbol]

    @cached_property
    def _dividends(self) -> dict[Symbol, pd.Series]:
        """Dividends by ex-date, in USD a share, of the symbols that ``dividends.csv`` lists; others are unknown."""
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
                "per share."
            )
        symbols = table["Symbol"].astype(str).str.strip().str.upper()
        return {
            Symbol(str(symbol)): rows["Dividends"]
            for symbol, rows in table.set_index("Date").groupby(symbols.to_numpy())
        }


def open_prices(opening: Opening) -> CsvPrices:
    assert opening.folder is not None  # noqa: S101 - registered with takes_folder
    return CsvPrices(opening.folder, as_written=opening.as_written)


def _closes(frame: pd.DataFrame) -> pd.Series:
    return frame["close" if "close" in frame else "adjusted"]


def _read_prices(symbol: Symbol, path: Path) -> pd.DataFrame:
    price = "Close" if symbol == VIX else "Adj Close"
    table = _read_table(symbol, path, needed=("Date", price))
    if table.empty:
        raise BadPrices(f"{symbol}: {path} has no rows. Fill the file or remove it.")
    table = table.assign(**{"Adj Close": table[price]})
    days = table.pop("Date")
    numbers = table.filter(list(YAHOO_COLUMNS)).apply(lambda column: _numbers(symbol, path, column))
    return numbers.rename(columns=YAHOO_COLUMNS).set_index(pd.DatetimeIndex(days))


def write_folder(folder: Path, frames: Mapping[Symbol, pd.DataFrame]) -> None:
    """Write a folder that ``CsvPrices`` reads: a file for each frame (columns of ``PriceHistory.frame``) and dividends.

    Numbers survive the round trip to the last bit. A file is replaced as a whole or not at all.

    Raises:
        BadSettings: the folder cannot be written to.
    """
    columns = {ours: theirs for theirs, ours in YAHOO_COLUMNS.items()}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for symbol, frame in frames.items():
            table = frame[_WRITTEN].rename(columns=columns)
            text = table.to_csv(index_label="Date", date_format="%Y-%m-%d")
            replace_file(folder / f"{symbol}.csv", text.encode())
        replace_file(folder / f"{_DIVIDENDS}.csv", _dividend_lines(frames).encode())
    except OSError as error:
        raise BadSettings(f"The folder {folder} cannot be written: {error.strerror}. Check its permissions.") from None


def _dividend_lines(frames: Mapping[Symbol, pd.DataFrame]) -> str:
    paid = {symbol: frame["dividend"][frame["dividend"] > 0] for symbol, frame in sorted(frames.items())}
    lines = [
        f"{symbol},{stamp.date()},{amount!r}"
        for symbol, amounts in paid.items()
        for stamp, amount in zip(pd.DatetimeIndex(amounts.index), amounts.tolist(), strict=True)
    ]
    return "\n".join(["Symbol,Date,Dividends", *lines, ""])


def _by_row(dividends: pd.Series, days: pd.DatetimeIndex) -> Array:
    """The dividends of each row of ``days``. If an ex-date has no row, the next row has its dividend.

    Those up to the first session are left out: they explain no return. Two rows of one day both have them.
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
        BadPrices: the file cannot be read, lacks one of the columns ``needed``, has a column twice, or an invalid date.
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
        raise BadPrices(f"{what}: {path} has rows with more cells than the first line has names. Correct the file.")
    table = table.rename(columns=str.strip)
    if not table.columns.is_unique:
        twice = table.columns[table.columns.duplicated()][0]
        raise BadPrices(f"{what}: {path} has two columns called {twice}. Remove one.")
    missing = [column for column in needed if column not in table]
    if missing:
        raise BadPrices(
            f"{what}: {path} lacks the column {' and '.join(missing)}. Its first line must name {', '.join(needed)}."
        )
    table.index += above + 2  # the first line names the columns
    table = table.dropna(how="all")  # blank lines
    dates = pd.to_datetime(table["Date"], errors="coerce", format="%Y-%m-%d")
    if dates.isna().any():
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
