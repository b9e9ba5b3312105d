"""CsvPrices: prices from a folder of price files, ``SYMBOL.csv`` or as sites export them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from forecasting.errors import BadPrices, BadSettings, UnknownSymbol
from forecasting.prices.files.adjusting import back_adjusted, by_row
from forecasting.prices.files.cells import days, decimal_sign, numbers
from forecasting.prices.files.contents import text_of
from forecasting.prices.files.names import PLAIN_SUFFIX, stem_of, suffix_of, ticker_in
from forecasting.prices.files.reader import Note, read_prices
from forecasting.prices.files.table import has_prices, read_table
from forecasting.prices.findings import Finding
from forecasting.prices.history import YAHOO_COLUMNS, PriceHistory
from forecasting.prices.quality.gate import sound_history, unfinished, unsifted_history
from forecasting.prices.sources.registry import Opening
from forecasting.sessions import (
    NYSE,
    currency_of,
    exchange_of,
    last_completed_session,
    shown_currency,
    utc_now,
    zone_of,
)
from forecasting.storage.files import replace_file
from forecasting.universe import VIX, Symbol

log = logging.getLogger(__name__)

_WRITTEN: Final = ["open", "high", "low", "close", "adjusted", "volume"]

_FILES_KEPT: Final = 200
"""Files whose content stays in memory."""

DIVIDENDS: Final = "dividends"
"""Name of the file that lists the cash dividends of the folder's ETFs; it is not a symbol."""

_DIVIDENDS_NEEDED: Final = (("ticker",), ("date",), ("dividend",))


class CsvPrices:
    """Reads ``folder/SYMBOL.csv`` with Yahoo's columns, and files in the other layouts of ``prices.files``.

    ``^VIX.csv`` may hold the VIX, which is no ETF. Of a folder of usual size each file is read once: a replay asks for
    the same files week after week.
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
        self._currencies: dict[Symbol, str] = {}
        self._notes: dict[Symbol, tuple[Finding, ...]] = {}
        self._files, self._misnamed = price_files(folder)
        for path in self._misnamed:
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
        history = self._finished(symbol, frame, until)
        return replace(history, findings=(*self._notes[symbol], *history.findings))

    def _finished(self, symbol: Symbol, frame: pd.DataFrame, until: date) -> PriceHistory:
        """The usable rows of sessions that are over, now and when the file was written."""
        now, exchange, currency = self.now(), exchange_of(symbol), self._currencies[symbol]
        written = datetime.fromtimestamp(self._files[symbol][0].stat().st_mtime, UTC)
        if written.astimezone(zone_of(exchange)).date() == frame.index.max().date():
            now = min(now, written)
        over, today = last_completed_session(now, exchange), now.astimezone(zone_of(exchange)).date()
        going_on = (frame.index > pd.Timestamp(over)) & (frame.index <= pd.Timestamp(min(until, today)))
        if not going_on.any() or going_on.all():
            return sound_history(symbol, self.name, frame, until, currency)
        history = sound_history(symbol, self.name, frame[~going_on], until, currency)
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
            file = read_prices(symbol, path)
            frame, self._currencies[symbol] = in_shown_currency(symbol, path, file.of(symbol, path), file.currency)
            needs_dividends = not self.as_written or "adjusted" not in frame
            frame, note = completed(symbol, path, frame, self._dividends if needs_dividends else {})
            kinds = () if symbol == VIX else (*file.notes, *([note] if note else []))
            self._notes[symbol] = tuple(Finding(symbol, None, kind, "noted", {"layout": file.layout}) for kind in kinds)
            if len(self._frames) >= _FILES_KEPT:
                self._frames.pop(next(iter(self._frames)))
            self._frames[symbol] = frame
        return self._frames[symbol]

    @cached_property
    def _dividends(self) -> dict[Symbol, pd.Series]:
        """See ``read_dividends``."""
        return read_dividends(self.folder)


def price_files(folder: Path) -> tuple[dict[Symbol, list[Path]], list[Path]]:
    """The files of each symbol in ``folder``, and those whose names are no ticker.

    Raises:
        BadSettings: the folder cannot be read.
    """
    try:
        paths = sorted(folder.iterdir())
    except OSError as error:
        raise BadSettings(
            f"The price folder {folder} cannot be read: {error.strerror}. Check its permissions."
        ) from None
    files: dict[Symbol, list[Path]] = {}
    misnamed = []
    for path in paths:
        stem, suffix = stem_of(path.name), suffix_of(path.name)
        if suffix is None or stem.lower() == DIVIDENDS or (suffix != PLAIN_SUFFIX and not _has_prices(path, suffix)):
            continue
        if ticker := ticker_in(stem):
            files.setdefault(Symbol(ticker), []).append(path)
        else:
            misnamed.append(path)
    return files, misnamed


def _has_prices(path: Path, suffix: str) -> bool:
    """Whether a text file is one of prices, which its ending does not say."""
    if suffix == ".parquet":
        return True
    try:
        return has_prices(text_of(path.name, path))
    except BadPrices:
        return False


def read_dividends(folder: Path) -> dict[Symbol, pd.Series]:
    """Dividends by ex-date, in USD a share, of the symbols that ``dividends.csv`` lists; others are unknown.

    Raises:
        BadPrices: the file cannot be read, or has a dividend that is none.
    """
    path = folder / f"{DIVIDENDS}.csv"
    if not path.is_file():
        return {}
    table = read_table(DIVIDENDS, path, text_of(DIVIDENDS, path), _DIVIDENDS_NEEDED)
    places = table.places[""]
    amounts = table.column(places["dividend"])
    decimal = "." if table.has_plain_numbers else decimal_sign(DIVIDENDS, path, [amounts], [])
    paid = numbers(DIVIDENDS, path, amounts, decimal)
    stamps = days(DIVIDENDS, path, table.column(places["date"]), None).stamps
    wrong = ~(np.isfinite(paid) & (paid >= 0))
    if wrong.any():
        row = int(np.argmax(wrong))
        raise BadPrices(
            f"{DIVIDENDS}: line {paid.index[row]} of {path} has the dividend {paid.iloc[row]}. Write the USD paid per "
            "share."
        )
    symbols = table.column(places["ticker"]).astype(str).str.strip().str.upper().to_numpy()
    by_day = paid.set_axis(pd.DatetimeIndex(stamps))
    return {Symbol(str(symbol)): amounts for symbol, amounts in by_day.groupby(symbols)}


def in_shown_currency(symbol: Symbol, path: Path, frame: pd.DataFrame, said: str) -> tuple[pd.DataFrame, str]:
    """The rows of a file in the currency in which the ETF's prices are shown, and that currency.

    Args:
        said: see ``PriceFile.currency``.

    Raises:
        BadPrices: the file has prices in another currency than dollars of a ticker that trades in New York.
    """
    if symbol == VIX or not said:
        return frame, currency_of(symbol)
    currency, factor = shown_currency(symbol, said)
    if exchange_of(symbol) == NYSE and currency != "USD":
        if len(said) > 1:
            raise BadPrices(
                f"{symbol}: {path} has prices in {said}, but {symbol} trades in USD. Name the file like the ticker of "
                "the exchange that they are from, such as SPY5.DE.csv."
            )
        currency = "USD"  # a spreadsheet shows numbers with the sign of its own country
    prices = frame.columns.intersection(["open", "high", "low", "close", "adjusted", "dividend"])
    return (frame.assign(**{name: frame[name] * factor for name in prices}) if factor != 1 else frame), currency


def completed(
    symbol: Symbol, path: Path, frame: pd.DataFrame, dividends: Mapping[Symbol, pd.Series]
) -> tuple[pd.DataFrame, Note | None]:
    """The rows of a file with the dividends that a list has of them, and with adjusted closes in any case.

    Args:
        frame: see ``PriceFile.frames``.
        dividends: see ``read_dividends``.

    Returns:
        The frame, and how its adjusted closes came about, if the file has none.
    """
    if symbol == VIX:
        return frame.assign(adjusted=_closes(frame)), None
    paid = dividends.get(symbol)
    if paid is not None and "close" in frame and "dividend" not in frame:  # adjusted closes alone explain no dividend
        frame = frame.assign(dividend=by_row(paid, pd.DatetimeIndex(frame.index)))
    if "adjusted" in frame:
        return frame, None
    if "dividend" not in frame:
        return frame.assign(adjusted=frame["close"]), "closes alone"
    try:
        return frame.assign(adjusted=back_adjusted(frame["close"], frame["dividend"])), "adjusted here"
    except ValueError as error:
        raise BadPrices(f"{symbol}: in {path} {error}. Correct the file, or the list {DIVIDENDS}.csv.") from None


def open_prices(opening: Opening) -> CsvPrices:
    assert opening.folder is not None  # noqa: S101 - registered with takes_folder
    return CsvPrices(opening.folder, as_written=opening.as_written)


def _closes(frame: pd.DataFrame) -> pd.Series:
    return frame["close" if "close" in frame else "adjusted"]


def write_folder(
    folder: Path, frames: Mapping[Symbol, pd.DataFrame], currencies: Mapping[Symbol, str] | None = None
) -> None:
    """Write a folder that ``CsvPrices`` reads: a file for each frame (columns of ``PriceHistory.frame``) and dividends.

    Numbers survive the round trip to the last bit. A file is replaced as a whole or not at all.

    Args:
        currencies: of the frames' prices, where it is known.

    Raises:
        BadSettings: the folder cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for symbol, frame in frames.items():
            text = _price_lines(symbol, frame, (currencies or {}).get(symbol))
            replace_file(folder / f"{symbol}.csv", text.encode())
        paid = {symbol: frame["dividend"][frame["dividend"] > 0] for symbol, frame in sorted(frames.items())}
        lines = [line for symbol, amounts in paid.items() for line in _dividend_lines(symbol, amounts)]
        replace_file(folder / f"{DIVIDENDS}.csv", "\n".join([_DIVIDENDS_HEADER, *lines, ""]).encode())
    except OSError as error:
        raise _cannot_write(folder, error) from None


def write_prices(folder: Path, symbol: Symbol, frame: pd.DataFrame, currency: str) -> bool:
    """Write one file as ``write_folder`` does, and add to the list those of its dividends that are not there.

    Args:
        frame: some of the columns of ``PriceHistory.frame``.

    Returns:
        Whether the list has the frame's dividends now. One that it had before stays as it was.

    Raises:
        BadSettings: the folder cannot be written to.
        BadPrices: the list of dividends cannot be read.
    """
    paid = frame["dividend"] if "dividend" in frame else pd.Series(dtype=float)
    paid = paid[paid > 0]
    path = folder / f"{DIVIDENDS}.csv"
    listed = read_dividends(folder).get(symbol, pd.Series(dtype=float)) if len(paid) else pd.Series(dtype=float)
    new, same = paid[~paid.index.isin(listed.index)], paid[paid.index.isin(listed.index)]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        replace_file(folder / f"{symbol}.csv", _price_lines(symbol, frame, currency).encode())
        if len(new):
            before = path.read_text(encoding="utf-8-sig") if path.is_file() else f"{_DIVIDENDS_HEADER}\n"
            if before.split("\n", 1)[0].strip() != _DIVIDENDS_HEADER:
                return False
            replace_file(path, "\n".join([before.rstrip("\n"), *_dividend_lines(symbol, new), ""]).encode())
    except OSError as error:
        raise _cannot_write(folder, error) from None
    return bool(same.eq(listed.groupby(level=0).sum().reindex(same.index)).all())


_DIVIDENDS_HEADER: Final = "Symbol,Date,Dividends"


def _price_lines(symbol: Symbol, frame: pd.DataFrame, currency: str | None) -> str:
    """The lines of a file, which says its currency if that is not the exchange's usual one."""
    columns = {ours: theirs for theirs, ours in YAHOO_COLUMNS.items()}
    table = frame.filter(_WRITTEN).rename(columns=columns)
    if currency not in (None, currency_of(symbol)):
        table["Currency"] = currency
    return table.to_csv(index_label="Date", date_format="%Y-%m-%d")


def _dividend_lines(symbol: Symbol, paid: pd.Series) -> list[str]:
    return [
        f"{symbol},{stamp.date()},{amount!r}"
        for stamp, amount in zip(pd.DatetimeIndex(paid.index), paid.tolist(), strict=True)
    ]


def _cannot_write(folder: Path, error: OSError) -> BadSettings:
    return BadSettings(f"The folder {folder} cannot be written: {error.strerror}. Check its permissions.")
