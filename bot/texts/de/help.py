"""``/help``"""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.help": "Was du diesen Bot fragen kannst",
    "help.title": "Was du fragen kannst",
    "help.intro": (
        "Prognosen von ETFs für die nächsten 60 Handelstage. Der Median bewegt sich kaum, denn niemand kann wissen, wo "
        "ein ETF in drei Monaten steht. Achte auf die Bänder: 8 von 10 Ausgängen sollen im 80-%-Band liegen, und "
        "`/scores` zeigt, wie viele es waren."
    ),
}
