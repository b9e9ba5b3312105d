"""``/volatility``"""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.volatility": "Volatilité attendue d’un ETF, et volatilité constatée",
    "volatility.title": "{symbol}\u00a0: volatilité",
    "volatility.head": (
        "Au {session}. Volatilité des rendements quotidiens, annualisée\u202f; celle attendue vient de la bande à "
        "80\u202f%."
    ),
    "volatility.ahead": "{sessions} prochaines séances",
    "volatility.figures": "Attendue **{expected}**\n{sessions} dernières séances\u00a0: {realised}",
    "volatility.unknown": "inconnue",
    "volatility.vix_is": (
        "{vix}\u00a0: ce que le prix des options dit des 30 prochains jours. C’est en général plus que ce qui se "
        "réalise."
    ),
    "volatility.track": "De combien les prévisions passées se sont trompées",
    "volatility.track_line": (
        "**{sessions} séances\u00a0:** {mae} points de pourcentage en moyenne\u202f; {past} si les {sessions} "
        "dernières s’étaient répétées. En moyenne sur {cutoffs} dates de test\u00a0: attendue {expected}, constatée "
        "{realised}."
    ),
    "volatility.no_track": (
        "Pas encore mesurée\u00a0: elle le sera au prochain entraînement, pour les ETF assez anciens."
    ),
}
