"""``/status``"""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.status": "Wie alt die Daten sind, was läuft und was als Nächstes kommt",
    "status.title": "Wie es steht",
    "status.forecasts": "Prognosen",
    "status.now": "Jetzt",
    "status.retrain": "Training",
    "status.refresh": "Aktualisierung",
    "status.changes": "Ein anderes Wertpapier",
    "status.problem": "Was schiefging",
    "status.small_print": "Aus {source} · {advice}",
    "status.newest": "{count} ETFs, Stand {session}",
    "status.behind": "Dahinter, der älteste vom {session}: {symbols}",
    "status.missing": "Noch keine für {symbols}",
    "status.idle": "Es läuft kein Auftrag.",
    "status.running": "Es läuft: {job}",
    "status.waiting": "Es wartet: {job}",
    "status.next": "Nächstes Mal: {at} ({in_time})",
    "status.never": "Lief noch nie",
    "status.last": "Zuletzt: {at}, {ok} fertig, {failed} gescheitert",
}
