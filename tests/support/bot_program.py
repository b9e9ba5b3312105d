"""``etf-bot`` against the stand-in at STAND_IN, with the jobs of ``tests.support.fake_job`` where FAKE_JOB is set.

At its end it writes the names of the modules that it has loaded into the file MODULES, where that is set. It waits
BUSY_SECONDS for a database that another program holds, where that is set.
"""

from __future__ import annotations

import atexit
import json
import os
import sys
from functools import partial
from pathlib import Path

import bot.__main__ as program
from bot.client import build_bot
from forecasting.storage import database
from standin import redirected


def main() -> None:
    if "MODULES" in os.environ:
        atexit.register(lambda: Path(os.environ["MODULES"]).write_text(json.dumps(sorted(sys.modules))))
    if "BUSY_SECONDS" in os.environ:
        database.BUSY_SECONDS = int(os.environ["BUSY_SECONDS"])
    if "FAKE_JOB" in os.environ:
        program.build_bot = partial(build_bot, job_command=(sys.executable, "-m", "tests.support.fake_job"))
    with redirected(os.environ["STAND_IN"]):
        program.main(prog_name="etf-bot")


if __name__ == "__main__":
    main()
