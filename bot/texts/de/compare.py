"""``/compare``"""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.compare": "Prognosen von zwei bis sechs ETFs vergleichen, und wie eng ihre Kurse zusammenhängen",
    "option.compare.symbols": "Kürzel oder Namen, durch Kommas getrennt: ARKK, SPY, FNGU",
    "compare.title": "{symbols} im Vergleich",
    "compare.basis": "Änderung zum letzten Schluss in {horizon} Handelstagen: Median [80-%-Bereich].",
    "compare.line": "**{symbol}** {range} · Chance auf ein Plus: {odds}",
    "compare.range": "{median} [{low} bis {high}]",
    "compare.returns": "Korrelation der Tagesrenditen im letzten Jahr",
    "compare.pair": "{one} und {other} ({correlation})",
    "compare.extremes": "Am stärksten korreliert: {most}. Am schwächsten: {least}.",
    "compare.strangers": "Zu wenige gemeinsame Handelstage, um eine Korrelation zu messen.",
    "compare.unknown": "unbekannt",
    "compare.wrong_number": "Nenne {fewest} bis {most} verschiedene ETFs, durch Kommas getrennt, etwa `ARKK, SPY`.",
    "compare.alt": (
        "Bild von {symbols}: 80-%-Bereiche für {horizon} Handelstage als Änderung zum letzten Schluss, mit Tabelle "
        "der Mediane und Korrelationen. "
        "{ends} Korrelation der Tagesrenditen: {returns}."
    ),
}
