"""``/help``"""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.help": "Was du diesen Bot fragen kannst",
    "help.title": "Was du fragen kannst",
    "help.intro": (
        "Prognosen von ETFs für 60 Handelstage. Die Mitte bewegt sich kaum, und das ist ehrlich: Niemand weiß, wo ein "
        "ETF in drei Monaten steht. In den Bändern steckt die Auskunft: 8 von 10 Ausgängen sollen ins 80-%-Band "
        "fallen, und `/scores` zeigt, wie viele es taten."
    ),
}
