"""CsvPrices: prices from a folder of ``SYMBOL.csv`` files."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd

from forecasting.errors import BadPrices, BadSettings, UnknownSymbol
from forecasting.prices.history import PriceHistory
from forecasting.universe import Symbol

_COLUMNS = {
    "Adj Close": "adjusted",
    "Close": "close",
    "Open": "open",
    "High": "high",
    "Low": "low",
    "Volume": "volume",
}


class CsvPrices:
    """Reads ``folder/SYMBOL.csv`` with the columns Date and Adj Close, and the others of Yahoo where known."""

    name = "csv"

    def __init__(self, folder: Path) -> None:
        """Raises BadSettings where ``folder`` is none."""
        if not folder.is_dir():
            raise BadSettings(f"The price folder {folder} does not exist. Give one that holds SYMBOL.csv files.")
        self.folder = folder

    @property
    def symbols(self) -> tuple[Symbol, ...]:
        """Every symbol that the folder has a file for, in alphabetical order."""
        return tuple(Symbol(path.stem) for path in sorted(self.folder.glob("*.csv")) if path.stem != "dividends")

    def history(self, symbol: Symbol, until: date) -> PriceHistory:
        path = self.folder / f"{symbol}.csv"
        if not path.is_file():
            raise UnknownSymbol(symbol, self.symbols)
        try:
            table = pd.read_csv(path, parse_dates=["Date"], index_col="Date")
        except ValueError as error:
            raise BadPrices(f"{symbol}: {path} cannot be read as prices: {error}. It needs a column Date.") from None
        if "Adj Close" not in table:
            raise BadPrices(f"{symbol}: {path} has no column 'Adj Close'. Add it; the header names it exactly so.")
        frame = table.rename(columns=_COLUMNS).filter(list(_COLUMNS.values()))
        return PriceHistory.of(symbol, self.name, frame).until(until)
