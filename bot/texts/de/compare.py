"""``/compare``"""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.compare": "Zwei bis sechs ETFs nebeneinander, und wie sie zusammenhängen",
    "option.compare.symbols": "Kürzel oder Namen, durch Kommas getrennt: ARKK, SPY",
    "compare.title": "{symbols} im Vergleich",
    "compare.basis": "In {horizon} Handelstagen, in % vom letzten Schluss; in Klammern der Bereich für 80 %.",
    "compare.line": "**{symbol}** {range} · über dem letzten Schluss: {odds}",
    "compare.range": "{median} [{low} bis {high}]",
    "compare.returns": "Tagesrenditen des letzten Jahres",
    "compare.medians": "Mediane",
    "compare.about_medians": (
        "Die Mediane sind fast gerade Linien; ihre Korrelation sagt darum wenig mehr als ihre Richtung."
    ),
    "compare.pair": "{one} und {other}",
    "compare.only": "Korrelation von {pair}.",
    "compare.extremes": "Am engsten: {most}. Am losesten: {least}.",
    "compare.strangers": "Sie haben zu wenige Handelstage gemeinsam, um zu sagen, wie sie zusammenhängen.",
    "compare.unknown": "unbekannt",
    "compare.one_etf": "einen ETF",
    "compare.etfs": "{count} ETFs",
    "compare.wrong_number": (
        "Du hast {named} genannt. Nenne {fewest} bis {most} verschiedene, durch Kommas getrennt: `ARKK, SPY`."
    ),
    "compare.alt": (
        "Bild von {symbols}: Mediane und Bereiche für 80 % in {horizon} Handelstagen, in % vom letzten Schluss. {ends} "
        "Korrelation der Tagesrenditen: {returns}. Der Mediane: {medians}."
    ),
}
