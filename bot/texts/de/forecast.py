"""``/forecast``, seine Knöpfe und die Beschreibung des Bildes."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.forecast": "Die nächsten 60 Handelstage eines ETFs, und wie weit solche Prognosen danebenlagen",
    "option.forecast.horizon": "Handelstage im Bild; ohne Angabe 60",
    "option.forecast.private": "Nur dir zeigen",
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
