"""``/compare``"""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.compare": "Compare the forecasts of two to six ETFs, and how strongly their prices are correlated",
    "option.compare.symbols": "Tickers or names, separated by commas: ARKK, SPY, FNGU",
    "compare.title": "{symbols} compared",
    "compare.basis": "Change from the last close in {horizon} trading days: median [80% range].",
    "compare.line": "**{symbol}** {range} · chance of ending higher: {odds}",
    "compare.range": "{median} [{low} to {high}]",
    "compare.returns": "Correlation of daily returns, past year",
    "compare.pair": "{one} and {other} ({correlation})",
    "compare.extremes": "Most correlated: {most}. Least: {least}.",
    "compare.strangers": "Too little shared history to measure a correlation.",
    "compare.unknown": "unknown",
    "compare.wrong_number": "Name {fewest} to {most} different ETFs, separated by commas, such as `ARKK, SPY`.",
    "compare.alt": (
        "Chart of {symbols}: 80% ranges over {horizon} trading days, as changes from the last close, and a table of "
        "medians and correlations. "
        "{ends} Correlation of daily returns: {returns}."
    ),
}
