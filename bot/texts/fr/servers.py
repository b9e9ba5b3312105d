"""``/servers``, et ce que dit le bot avant de quitter un serveur."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.servers": "Les serveurs où se trouve ce bot (propriétaire seulement)",
    "option.servers.leave": "Quitter ce serveur\u202f; ses réglages sont supprimés au bout de 30 jours",
    "servers.title": "{count} serveurs",
    "servers.title.one": "1 serveur",
    "servers.line": (
        "**{name}** ({id}) · membres {members} · ETF propres {etfs} · rapports {reports} · alertes {alerts}"
    ),
    "servers.shards": (
        "Voici les serveurs d’un seul processus (shards {ids} sur {count}). "
        "Pour voir les autres, utilisez `/servers` sur un serveur d’un autre shard."
    ),
    "servers.none": "Ce bot n’est sur aucun serveur.",
    "servers.left": (
        "J’ai quitté le serveur **{name}**. Ses réglages seront supprimés au bout de 30 jours, sauf si l’on m’invite "
        "de nouveau."
    ),
    "servers.unknown": "Je ne suis sur aucun serveur «\u00a0{text}\u00a0». Choisissez-en un dans la liste.",
    "servers.owner_only": "`/servers` est réservée au propriétaire du bot.",
    "servers.not_allowed": (
        "Merci pour l’invitation\u202f! La personne qui exploite ce bot ne le laisse travailler que sur certains "
        "serveurs, et celui-ci n’en fait pas partie\u202f; je m’en vais donc."
    ),
}
