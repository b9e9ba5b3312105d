"""A folder of CSV files like the ones people have, with simulated prices: tests need no real ones to run a job."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Final

from forecasting.prices.sources.simulated import SimulatedPrices
from forecasting.universe import Symbol

FIRST: Final = "2018-01-02"
"""Late enough for quick trainings, and early enough for 750 sessions before 2021."""
LAST: Final = date(2024, 12, 31)

COLUMNS: Final = {
    "open": "Open",
    "high": "High",
    "low": "Low",
    "close": "Close",
    "adjusted": "Adj Close",
    "volume": "Volume",
}


def write_made_prices(folder: Path, symbols: Iterable[str], first: str = FIRST, last: date = LAST) -> None:
    """Write ``SYMBOL.csv`` for each symbol and ``dividends.csv`` into ``folder``, which is made if missing."""
    folder.mkdir(parents=True, exist_ok=True)
    dividends = ["Symbol,Date,Dividends\n"]
    for symbol in symbols:
        frame = SimulatedPrices().history(Symbol(symbol), last).frame.loc[first:]
        frame.rename(columns=COLUMNS)[list(COLUMNS.values())].to_csv(folder / f"{symbol}.csv", index_label="Date")
        paid = frame["dividend"][frame["dividend"] > 0]
        dividends += [f"{symbol},{day:%Y-%m-%d},{amount}\n" for day, amount in paid.items()]
    (folder / "dividends.csv").write_text("".join(dividends))
