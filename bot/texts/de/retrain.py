"""``/retrain`` und wie weit ein Training ist."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.retrain": "Einen ETF oder alle jetzt neu trainieren (nur für Betreiber)",
    "retrain.done": "Trainiert: {symbols}.",
    "retrain.failed": "{symbol} ist gescheitert. {message}",
    "retrain.lacks_role": (
        "`/retrain` ist nur für den Besitzer des Bots und für Mitglieder mit der Rolle {role} auf dem Server "
        "**{server}**."
    ),
    "retrain.no_role": (
        "`/retrain` ist nur für den Besitzer des Bots und für Mitglieder mit der Rolle der Betreiber (Einstellung "
        "OPERATOR_ROLE des Bots). Auf dem Server **{server}** gibt es diese Rolle nicht."
    ),
    "training.starting": "Training von {symbols} beginnt …",
    "training.waiting": "{symbols}: wartet auf das Training, Platz {place} in der Warteschlange.",
    "training.running": "Training von {symbols}, begonnen {since}: {steps}",
    "training.prices": "Kurse",
    "training.backtest": "Backtest",
    "training.fit": "Anpassung",
    "training.done": "fertig",
    "training.count": " ({done} von {of})",
    "training.continued": "{member}: {text}",
    "training.stopped": (
        "Das Training von {symbols} wurde abgebrochen, weil der Bot beendet wird. Bitte versuch es noch einmal, wenn "
        "er wieder da ist."
    ),
    "training.failed": "Das Training von {symbols} ist gescheitert. {message}",
}
