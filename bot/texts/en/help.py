"""``/help``"""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.help": "What you can ask this bot",
    "help.title": "What you can ask",
    "help.intro": (
        "ETF forecasts for the next 60 trading days. The median barely moves, because nobody can know where an ETF "
        "will be in three months. Look at the bands instead: 8 in 10 outcomes should fall inside the 80% band, and "
        "`/scores` shows how many actually did."
    ),
}
