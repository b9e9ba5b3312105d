"""``/watch``"""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.watch": "Les ETF que suit ce serveur",
    "command.watch.add": "Suivre un autre ETF sur ce serveur",
    "option.watch.new": "Symbole\u202f; un nouveau est d’abord entraîné (quelques minutes)",
    "command.watch.remove": "Ne plus suivre un ETF",
    "option.watch.followed": "L’un des ETF que suit ce serveur",
    "command.watch.list": "Afficher les ETF que suit ce serveur",
    "watch.added": (
        "Ce serveur suit désormais {symbol} ({count} sur {limit}). Dernière clôture {close} le {session}\u202f; "
        "médiane dans {horizon} séances {change}. Voir `/forecast {symbol}`. Il est réentraîné chaque semaine."
    ),
    "watch.already": "Ce serveur suit déjà {symbol}.",
    "watch.for_everybody": "{symbol} est disponible sur tous les serveurs\u202f; inutile de le suivre.",
    "watch.full": (
        "Ce serveur suit déjà {count} ETF, le maximum\u202f; ceux qui attendent leur entraînement comptent aussi. "
        "Retirez-en d’abord un avec `/watch remove`."
    ),
    "watch.full_for_all": (
        "J’entraîne déjà autant d’ETF que je peux pour tous les serveurs ensemble. Réessayez quand un serveur aura "
        "cessé d’en suivre un."
    ),
    "watch.full.one": "Ce serveur suit déjà un ETF, le maximum. Retirez-le d’abord avec `/watch remove`.",
    "watch.refused": "{symbol} ne peut pas être suivi. {reason}",
    "watch.not_now": "{symbol} ne peut pas être suivi en ce moment. {reason} Veuillez réessayer plus tard.",
    "watch.another_job": (
        "Impossible de suivre {symbol} pour l’instant\u00a0: un autre processus de ce bot entraîne des ETF. "
        "Réessayez dans une heure."
    ),
    "watch.removed": (
        "Ce serveur ne suit plus {symbol}. Si aucun autre ne le suit, il ne sera plus réentraîné au bout de 30 jours."
    ),
    "watch.not_followed": "Ce serveur ne suit pas {symbol}. `/watch list` montre ce qu’il suit.",
    "watch.list": (
        "Suivis par ce serveur ({count} sur {limit})\u00a0: {own}\nDisponibles sur tous les serveurs\u00a0: {universe}"
    ),
    "watch.none": "aucun pour l’instant",
}
