"""``/status``"""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.status": "L’âge des données, ce qui est en cours et ce qui vient ensuite",
    "status.title": "État",
    "status.forecasts": "Prévisions",
    "status.now": "En ce moment",
    "status.retrain": "Entraînement",
    "status.refresh": "Actualisation",
    "status.changes": "Le symbole désigne désormais un autre titre",
    "status.problem": "Ce qui n’a pas marché",
    "status.small_print": "D’après {source} · pas un conseil en investissement",
    "status.shard": " · shard {number} sur {count}",
    "status.newest": "{count} ETF, au {session}",
    "status.newest.one": "1 ETF, au {session}",
    "status.behind": "Plus anciennes, jusqu’au {session}\u00a0: {symbols}",
    "status.unreadable": "La base de données du bot ne peut pas être lue en ce moment.",
    "status.missing": "Pas encore de prévision pour {symbols}",
    "status.idle": "Aucune tâche en cours.",
    "status.running": "En cours\u00a0: {job}",
    "status.waiting": "En attente\u00a0: {job}",
    "status.next": "Prochaine fois\u00a0: {at} ({in_time})",
    "status.never": "Pas encore eu lieu",
    "status.last": "Dernière fois\u00a0: {at}\u202f; réussites\u00a0: {ok}, échecs\u00a0: {failed}",
}
