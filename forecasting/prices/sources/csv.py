"""CsvPrices: prices from a folder of price files, ``SYMBOL.csv`` or as sites export them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import Final

import pandas as pd

from forecasting.errors import BadPrices, BadSettings, UnknownSymbol
from forecasting.prices.files.adjusting import back_adjusted, by_row
from forecasting.prices.files.dividends import DIVIDENDS, read_dividends
from forecasting.prices.files.folder import price_files
from forecasting.prices.files.reader import Note, read_prices
from forecasting.prices.findings import Finding
from forecasting.prices.history import PriceHistory
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
from forecasting.universe import VIX, Symbol

log = logging.getLogger(__name__)

_FILES_KEPT: Final = 200
"""Files whose content stays in memory."""


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
