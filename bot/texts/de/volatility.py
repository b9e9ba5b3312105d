"""``/volatility``"""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.volatility": "Wie stark ein ETF voraussichtlich schwankt, und wie stark er geschwankt hat",
    "volatility.title": "{symbol}: Volatilität",
    "volatility.head": (
        "Stand {session}. Volatilität der Tagesrenditen, auf ein Jahr umgerechnet; die erwartete folgt aus dem "
        "80-%-Band."
    ),
    "volatility.ahead": "Nächste {sessions} Handelstage",
    "volatility.figures": "Erwartet **{expected}**\nLetzte {sessions} Handelstage: {realised}",
    "volatility.unknown": "unbekannt",
    "volatility.vix_is": (
        "{vix}: was Optionspreise über die nächsten 30 Tage sagen. Meist mehr, als dann tatsächlich kommt."
    ),
    "volatility.track": "Wie weit frühere Prognosen danebenlagen",
    "volatility.track_line": (
        "**{sessions} Handelstage:** im Mittel {mae} Prozentpunkte; {past}, hätten sich die letzten {sessions} "
        "wiederholt. Im Mittel über {cutoffs} Stichtage waren {expected} erwartet, und {realised} kamen."
    ),
    "volatility.no_track": "Noch nicht gemessen: kommt mit dem nächsten Training, wenn der ETF alt genug ist.",
}
