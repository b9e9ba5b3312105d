"""``/compare``"""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.compare": "Two to six ETFs side by side, and how they go together",
    "option.compare.symbols": "Tickers or names, separated by commas: ARKK, SPY, FNGU",
    "compare.title": "{symbols} compared",
    "compare.basis": "In {horizon} sessions, in % from the last close; in brackets the 80 % range.",
    "compare.line": "**{symbol}** {range} · above the last close: {odds}",
    "compare.range": "{median} [{low} to {high}]",
    "compare.returns": "Daily returns of the past year",
    "compare.medians": "Medians",
    "compare.about_medians": (
        "The medians are nearly straight lines, so their correlation says little but their direction."
    ),
    "compare.pair": "{one} and {other}",
    "compare.only": "Correlation of {pair}.",
    "compare.extremes": "Most together: {most}. Least: {least}.",
    "compare.strangers": "They have too few sessions in common to say how they go together.",
    "compare.unknown": "unknown",
    "compare.one_etf": "one ETF",
    "compare.etfs": "{count} ETFs",
    "compare.wrong_number": (
        "You named {named}. Name {fewest} to {most} different ones, separated by commas: `ARKK, SPY`."
    ),
    "compare.alt": (
        "Chart of {symbols}: medians and 80 % ranges of {horizon} sessions, in % from the last close. {ends} "
        "Correlation of daily returns: {returns}. Of the medians: {medians}."
    ),
}
