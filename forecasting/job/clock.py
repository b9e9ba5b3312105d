"""The clock of a job: the machine's or, for simulated prices only, one that the playground has moved forward."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from forecasting.errors import BadSettings
from forecasting.prices.sources.registry import source_named
from forecasting.sessions import utc_now

CLOCK_AHEAD: Final = "ETF_PLAYGROUND_CLOCK_AHEAD"
"""The environment variable by which the playground says how many whole seconds its clock is ahead of the machine's."""


def job_clock(source: str) -> Callable[[], datetime]:
    """What tells a job on ``source`` the time.

    Raises:
        BadSettings: the variable is no number of seconds, or is set for prices that are not invented: forecasts from
            days to come would pass for live ones on the record.
    """
    text = os.environ.get(CLOCK_AHEAD)
    if text is None:
        return utc_now
    if not source_named(source).is_invented:
        raise BadSettings(f"{CLOCK_AHEAD} is for the playground's simulated prices only, not for {source}. Unset it.")
    if not (text.isascii() and text.isdigit()):
        raise BadSettings(f"{CLOCK_AHEAD}={text} is no number of seconds. Unset it.")
    ahead = timedelta(seconds=int(text))
    return lambda: utc_now() + ahead
