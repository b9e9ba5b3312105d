"""``/ops`` et les messages aux opérateurs."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.ops": "Où sont signalés les problèmes du bot",
    "command.ops.channel": "Signaler les problèmes dans un salon",
    "option.ops.channel": "Quel salon (par défaut\u00a0: celui-ci)",
    "command.ops.off": "Ne plus signaler de problèmes sur ce serveur",
    "command.ops.status": "Afficher les problèmes actuels et où ils sont signalés",
    "ops.title": "Problèmes du bot",
    "ops.footer": "Chaque problème est signalé une fois, puis de nouveau s’il revient. /ops off pour arrêter.",
    "ops.job": "Tâches échouées",
    "ops.stale": "Cours périmés",
    "ops.security": "Symbole réattribué ou radié de la cote",
    "ops.prices": "Cours rejetés",
    "ops.model": "Nouveaux modèles rejetés",
    "ops.report": "Messages non remis",
    "ops.record": "Prévisions moins bonnes que promis",
    "ops.advice_prices": "`etf-forecast prices check` les énumère tous.",
    "ops.what": (
        "tâches échouées, cours périmés, symboles réattribués ou radiés, cours et modèles rejetés, prévisions moins "
        "bonnes que leur test historique, rapports et alertes qui n’ont pas pu être remis"
    ),
    "ops.set": (
        "Désormais, je signalerai les problèmes dans {channel}, chacun une fois et dans les cinq minutes\u00a0: {what}."
    ),
    "ops.off": "Je ne signalerai plus de problèmes ici.",
    "ops.off_anyway": "Aucun problème n’était signalé sur ce serveur.",
    "ops.no_channel": "Les problèmes ne sont pas signalés. Activez cela avec `/ops channel`, pour\u00a0: {what}.",
    "ops.channel": "Les problèmes sont signalés dans {channel}.",
    "ops.channel_lost": "Les problèmes devraient être signalés dans {channel}, mais cela a échoué. {problem}",
    "ops.forbidden": (
        "Discord ne me laisse pas y publier\u202f; j’ai donc cessé d’essayer. Autorisez-moi à voir le salon, à envoyer "
        "des messages et à intégrer des liens, puis relancez `/ops channel`."
    ),
    "ops.gone": "Le salon n’existe plus\u202f; j’ai donc cessé d’essayer. Choisissez-en un autre avec `/ops channel`.",
    "ops.wrong": "Problèmes actuels",
    "ops.nothing_wrong": "Aucun problème en ce moment",
}
