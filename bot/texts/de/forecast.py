"""``/forecast``: die Antwort, ihre Knöpfe und die Beschreibung des Bildes."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.forecast": "Prognose eines ETFs für die nächsten 60 Handelstage, und wie gut frühere waren",
    "option.forecast.horizon": "Handelstage im Bild (ohne Angabe: 60)",
    "option.forecast.private": "Nur mir zeigen",
    "forecast.head": "Letzter Schluss **{close}**, Stand {session}\nModell trainiert {trained}",
    "forecast.in": "In {sessions} Handelstagen",
    "forecast.ahead": (
        "{session}\n"
        "Median **{median}** ({median_change})\n"
        "80-%-Bereich: {low} bis {high}\n"
        "({low_change} bis {high_change})\n"
        "Chance auf ein Plus: **{odds}**"
    ),
    "forecast.record": "Wie gut frühere Prognosen waren",
    "forecast.notes": "Bitte beachten",
    "forecast.button_horizon": "{sessions} Handelstage",
    "forecast.button_dark": "Dunkel",
    "forecast.button_light": "Hell",
    "forecast.button_scores": "Fehlermaße",
    "forecast.button_track": "Frühere Prognosen",
    "forecast.button_csv": "CSV",
    "forecast.alt": (
        "Bild von {symbol}: Schlusskurse von {first} ({first_close}) bis {as_of} ({last_close}), dann die Prognose für "
        "{sessions} Handelstage bis {last} mit Bändern für 50, 80 und 95\u00a0%. {ahead} {record} {small_print}."
    ),
    "forecast.alt_step": (
        "In {sessions} Handelstagen: Median {median} ({change}), 80-%-Bereich {low} bis {high}, Chance auf ein Plus: "
        "{odds}."
    ),
    "forecast.csv": (
        "Quantile der Prognose für {symbol}, Stand {session}, in {currency} zu Kursen dieses Tages. {small_print}."
    ),
}
