"""``/status``"""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.status": "Wie alt die Daten sind, was läuft und was als Nächstes kommt",
    "status.title": "Status",
    "status.forecasts": "Prognosen",
    "status.now": "Jetzt",
    "status.retrain": "Training",
    "status.refresh": "Aktualisierung",
    "status.changes": "Kürzel bedeutet jetzt ein anderes Wertpapier",
    "status.problem": "Was schiefging",
    "status.small_print": "Aus {source} · keine Anlageberatung",
    "status.shard": " · Shard {number} von {count}",
    "status.newest": "{count} ETFs, Stand {session}",
    "status.newest.one": "1 ETF, Stand {session}",
    "status.behind": "Älter, bis zurück zum {session}: {symbols}",
    "status.unreadable": "Die Datenbank des Bots lässt sich gerade nicht lesen.",
    "status.missing": "Noch keine Prognose für {symbols}",
    "status.idle": "Es läuft kein Auftrag.",
    "status.running": "Es läuft: {job}",
    "status.waiting": "Es wartet: {job}",
    "status.next": "Nächstes Mal: {at} ({in_time})",
    "status.never": "Lief noch nie",
    "status.last": "Zuletzt: {at}; {ok} gelungen, {failed} gescheitert",
}
