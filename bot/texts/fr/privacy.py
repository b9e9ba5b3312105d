"""``/privacy`` et ``/delete-data``"""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.privacy": "Ce que ce bot enregistre sur vous et sur ce serveur",
    "command.delete-data": "Supprimer ce que ce bot enregistre sur vous ou sur ce serveur",
    "option.delete-data.whose": (
        "Vos données ou celles du serveur (exige Gérer le serveur)\u202f; par défaut\u00a0: les vôtres"
    ),
    "choice.delete-data.mine": "les miennes",
    "choice.delete-data.server": "celles de ce serveur",
    "privacy.title": "Ce que ce bot enregistre",
    "privacy.what": (
        "Les identifiants de serveurs, de salons, de rôles et de membres, mais seulement là où quelqu’un a configuré "
        "quelque chose\u00a0: un rapport, des ETF suivis, un salon d’opérateurs, des alertes, des portefeuilles. Un "
        "rapport réglé avec un portefeuille garde une copie de son nom et de ses poids, mais pas de l’identité de son "
        "propriétaire\u202f; cette copie appartient au serveur. Un journal des rapports publiés. Ni messages, ni noms, "
        "ni listes de membres. Les prévisions portent sur des ETF, pas sur des personnes. La personne qui exploite le "
        "bot peut lire sa base de données et son journal, qui contient des identifiants de serveurs et de salons."
    ),
    "privacy.mine": "Sur vous, en ce moment",
    "privacy.server": "Sur ce serveur, en ce moment",
    "privacy.how": "Comment le supprimer",
    "privacy.delete": (
        "`/delete-data` supprime définitivement vos données\u202f; avec la permission «\u00a0Gérer le serveur\u00a0», "
        "vous pouvez aussi supprimer celles de ce serveur. Quand le bot quitte un serveur, les réglages de ce serveur "
        "sont supprimés au bout de 30 jours."
    ),
    "privacy.nothing": "Rien n’est enregistré.",
    "privacy.nothing_mine": "Rien n’est enregistré sur vous.",
    "privacy.nothing_server": "Rien n’est enregistré sur ce serveur.",
    "privacy.table.subscriptions": "Réglages de rapports\u00a0: {count}",
    "privacy.table.deliveries": "Rapports publiés ou tentés\u00a0: {count}",
    "privacy.table.departures": "Mention du départ du bot de ce serveur\u00a0: {count}",
    "privacy.table.watches": "ETF suivis, actuellement ou auparavant\u00a0: {count}",
    "privacy.table.ops_channels": "Salon pour les opérateurs\u00a0: {count}",
    "privacy.table.ops_notes": "Problèmes qui y ont été signalés\u00a0: {count}",
    "privacy.table.alerts": "Alertes\u00a0: {count}",
    "privacy.table.mixes": "Portefeuilles enregistrés\u00a0: {count}",
    "privacy.confirm_mine": "Ceci sera définitivement supprimé, sur tous les serveurs\u00a0:\n{what}",
    "privacy.confirm_server": (
        "Ceci sera définitivement supprimé, y compris les rapports et les ETF suivis de ce serveur\u00a0:\n{what}"
    ),
    "privacy.button": "Supprimer définitivement",
    "privacy.deleted_mine": "Supprimé. Plus rien n’est enregistré sur vous.",
    "privacy.deleted_server": (
        "Supprimé. Plus rien n’est enregistré sur ce serveur, sauf les alertes personnelles de ses membres."
    ),
}
