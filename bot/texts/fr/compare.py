"""``/compare``"""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.compare": "Comparer les prévisions de deux à six ETF, et la corrélation de leurs cours",
    "option.compare.symbols": "Symboles ou noms, séparés par des virgules\u00a0: ARKK, SPY, FNGU",
    "compare.title": "Comparaison\u00a0: {symbols}",
    "compare.basis": (
        "Variation depuis la dernière clôture dans {horizon} séances\u00a0: médiane [fourchette à 80\u202f%]."
    ),
    "compare.line": "**{symbol}** {range} · probabilité de hausse\u00a0: {odds}",
    "compare.range": "{median} [{low} à {high}]",
    "compare.returns": "Corrélation des rendements quotidiens, sur un an",
    "compare.pair": "{one} et {other} ({correlation})",
    "compare.extremes": "Les plus corrélés\u00a0: {most}. Les moins corrélés\u00a0: {least}.",
    "compare.strangers": "Trop peu d’historique commun pour mesurer une corrélation.",
    "compare.unknown": "inconnue",
    "compare.wrong_number": (
        "Indiquez de {fewest} à {most} ETF différents, séparés par des virgules, par exemple `ARKK, SPY`."
    ),
    "compare.alt": (
        "Graphique pour {symbols}\u00a0: fourchettes à 80\u202f% sur {horizon} séances, en variation depuis la "
        "dernière clôture, et tableau des médianes et des corrélations. {ends} Corrélation des rendements "
        "quotidiens\u00a0: {returns}."
    ),
}
