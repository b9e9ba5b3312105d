"""By when: a date as members type it, or a number of trading days."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Final

from bot.interactions.answers import Refusal
from bot.interactions.formats import as_text
from bot.texts import Texts
from forecasting import HORIZON, Step

_ISO: Final = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})")
_GERMAN: Final = re.compile(r"(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{4})")
_COUNT: Final = re.compile(r"\d{1,4}")


def sessions_until(texts: Texts, text: str | None, forecast: Sequence[Step]) -> int:
    """How many coming sessions close by then; all of the forecast if nothing was typed.

    Raises:
        Refusal: it is neither a date nor a number of sessions, or the forecast does not reach it.
    """
    typed = (text or str(HORIZON)).strip()
    first, last = forecast[0].session, forecast[-1].session
    if _COUNT.fullmatch(typed):
        sessions = int(typed)
    elif day := _day(typed):
        sessions = sum(step.session <= day for step in forecast) if day <= last else HORIZON + 1
    else:
        raise Refusal(texts("odds.no_date", text=as_text(typed)))
    if not 1 <= sessions <= len(forecast):
        raise Refusal(texts("odds.out_of_reach", first=first, last=last, sessions=len(forecast)))
    return sessions


def _day(text: str) -> date | None:
    """01/02/2027 is another day to each side of the Atlantic, so it is none."""
    for form in (_ISO, _GERMAN):
        if found := form.fullmatch(text):
            try:
                return date(int(found["year"]), int(found["month"]), int(found["day"]))
            except ValueError:
                return None
    return None
