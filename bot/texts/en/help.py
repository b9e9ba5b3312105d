"""``/help``"""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.help": "What you can ask this bot",
    "help.title": "What you can ask",
    "help.intro": (
        "Forecasts of ETFs, 60 sessions ahead. The middle hardly moves, and that is honest: nobody knows where an "
        "ETF will stand in three months. The bands carry the information: 8 in 10 outcomes should fall into the "
        "80 % band, and `/scores` shows how many did."
    ),
}
