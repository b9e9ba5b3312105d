"""``/help``"""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.help": "Ce que vous pouvez demander à ce bot",
    "help.title": "Ce que vous pouvez demander",
    "help.intro": (
        "Des prévisions d’ETF pour les 60 prochaines séances. La médiane bouge à peine, car personne ne peut savoir où "
        "sera un ETF dans trois mois. Regardez plutôt les bandes\u00a0: 8 scénarios sur 10 devraient tomber dans la "
        "bande à 80\u202f%, et `/scores` montre combien l’ont vraiment fait."
    ),
}
