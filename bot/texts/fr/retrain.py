"""``/retrain`` et la progression d’un entraînement."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.retrain": "Réentraîner maintenant un ETF ou tous (opérateurs seulement)",
    "retrain.done": "Entraînés\u00a0: {symbols}.",
    "retrain.failed": "Échec pour {symbol}. {message}",
    "retrain.lacks_role": (
        "`/retrain` est réservée au propriétaire du bot et aux membres ayant le rôle {role} sur le serveur "
        "**{server}**."
    ),
    "retrain.no_role": (
        "`/retrain` est réservée au propriétaire du bot et aux membres ayant le rôle des opérateurs (le réglage "
        "OPERATOR_ROLE du bot). Le serveur **{server}** n’a pas ce rôle."
    ),
    "training.starting": "Début de l’entraînement ({symbols})…",
    "training.waiting": "{symbols}\u00a0: en attente d’entraînement, numéro {place} dans la file.",
    "training.running": "Entraînement ({symbols}), début {since}\u00a0: {steps}",
    "training.prices": "cours",
    "training.backtest": "test historique",
    "training.fit": "ajustement",
    "training.done": "terminé",
    "training.count": " ({done} sur {of})",
    "training.continued": "{member}\u00a0: {text}",
    "training.stopped": (
        "L’entraînement ({symbols}) a été interrompu parce que le bot s’arrête. Réessayez quand il sera de retour."
    ),
    "training.failed": "L’entraînement ({symbols}) a échoué. {message}",
}
