"""Was in und unter jeder Antwort zu einer Prognose steht, auf Deutsch."""

from __future__ import annotations

from typing import Final

GERMAN: Final[dict[str, str]] = {
    "source.simulated": "simulierten Kursen",
    "source.csv": "Kursen aus CSV-Dateien",
    "source.yahoo": "Kursen von Yahoo",
    "source.other": "Kursen von {source}",
    "and_more": "… und {count} weitere",
    "odds.under": "unter {bound}",
    "odds.over": "über {bound}",
    "small_print": "Aus {source} · Ausschüttungen gelten als wiederangelegt · keine Anlageberatung",
    "skill.same": "so gut wie „keine Änderung“",
    "skill.better": "{size} % besser als „keine Änderung“",
    "skill.worse": "{size} % schlechter als „keine Änderung“",
    "record.young": "{symbol} ist zu jung für einen eigenen Rückblick",
    "record.line": "MAE {mae}, {skill} an {cutoffs} Stichtagen; das 80-%-Band hielt zu {held}",
    "stale.one": "**Alte Kurse:** seit diesem Schluss sind mehr als zwei Handelstage zu Ende gegangen.",
    "stale.many": "**Alte Kurse** von {which}: mehr als zwei Handelstage sind seither zu Ende gegangen",
    "stale.all": "allen ETFs",
    "forecast.head": "Letzter Schluss **{close}**, Stand {session}\nModell trainiert {trained}",
    "forecast.in": "In {sessions} Handelstagen",
    "forecast.outlook": (
        "{session}\nMedian **{median}** ({median_change})\n80 %: {low} bis {high}\n({low_change} bis {high_change})\n"
        "Endet höher: **{odds}**"
    ),
    "forecast.record": "Wie gut solche Prognosen waren",
    "forecast.notes": "Bitte beachten",
    "forecast.button_horizon": "{sessions} Handelstage",
    "forecast.button_dark": "Dunkel",
    "forecast.button_light": "Hell",
    "forecast.button_scores": "Fehlermaße",
    "forecast.button_track": "Frühere Prognosen",
    "forecast.button_csv": "CSV",
    "forecast.alt": (
        "Bild von {symbol}: Schlusskurse von {first} ({first_close}) bis {as_of} ({last_close}), dann die Prognose für "
        "{sessions} Handelstage bis {last} mit Bändern für 50, 80 und 95 %. {outlook} {record}. {small_print}."
    ),
    "forecast.alt_step": (
        "In {sessions} Handelstagen: Median {median} ({change}), Bereich für 80 %: {low} bis {high}, endet höher: "
        "{odds}."
    ),
    "forecast.csv": "Die Quantile von {symbol}, Stand {session}, in Kursen dieses Tages ({currency}). {small_print}.",
}
