"""``/retrain`` und wie weit ein Training ist."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.retrain": "Jetzt trainieren, außer der Reihe: einen ETF oder alle; für Betreiber",
    "training.waiting": "Training von {symbols}: in der Warteschlange, Platz {place}.",
    "training.running": "Training von {symbols}, begonnen {since}: {steps}",
    "training.prices": "Kurse",
    "training.backtest": "Rückblick",
    "training.fit": "Anpassung",
    "training.done": "fertig",
    "training.count": " ({done} von {of})",
    "training.continued": "{member}: {text}",
    "training.stopped": (
        "Das Training von {symbols} wurde abgebrochen, weil der Bot endet. Bitte frag noch einmal, wenn er wieder da "
        "ist."
    ),
    "training.failed": "Das Training von {symbols} kam zu keinem Ende. {message}",
    "retrain.done": "Trainiert: {symbols}.",
    "retrain.failed": "{symbol} ist gescheitert. {message}",
    "retrain.lacks_role": (
        "`/retrain` ist für den Besitzer des Bots und für Mitglieder mit der Rolle {role} auf dem Server **{server}**; "
        "dir fehlt sie."
    ),
    "retrain.no_role": (
        "`/retrain` ist für den Besitzer des Bots und für Mitglieder mit der Rolle, die seine Einstellungen nennen "
        "(OPERATOR_ROLE). Auf dem Server **{server}** gibt es sie nicht."
    ),
}
