"""``etf-bot`` against the stand-in at STAND_IN, with the jobs of ``tests.support.fake_job`` where FAKE_JOB is set.

Its clock is the file CLOCK, where that is set; it then looks every second, and its heart beats twice a second. It is
killed by SIGKILL before, or after, it posts a report once the file KILLED says "before" or "after" and its process id.
At its end it writes the names of the modules that it has loaded into the file MODULES, where that is set. It waits
BUSY_SECONDS for a database that another program holds, where that is set.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import sys
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import bot.__main__ as program
from bot.client import build_bot
from bot.cogs.report.deliveries import Deliveries
from bot.connection import shard_connections
from bot.delivery import Outbox
from bot.schedule import service
from forecasting.storage import database
from standin import redirected


def main() -> None:
    if "MODULES" in os.environ:
        atexit.register(lambda: Path(os.environ["MODULES"]).write_text(json.dumps(sorted(sys.modules))))
    if "BUSY_SECONDS" in os.environ:
        database.BUSY_SECONDS = int(os.environ["BUSY_SECONDS"])
    options: dict[str, Any] = {}
    if "FAKE_JOB" in os.environ:
        options["job_command"] = (sys.executable, "-m", "tests.support.fake_job")
    if "CLOCK" in os.environ:
        options["now"] = lambda: datetime.fromisoformat(Path(os.environ["CLOCK"]).read_text())
        vars(service).update(SHARDS_TICK_MINUTES=1 / 60, HEARTBEAT_SECONDS=0.5)
        vars(shard_connections).update(LOGIN_SECONDS=0.1)
    if "KILLED" in os.environ:
        plant("before", Outbox, "to_channel")
        plant("after", Deliveries, "end")
    program.build_bot = partial(build_bot, **options)
    with redirected(os.environ["STAND_IN"]):
        program.main(prog_name="etf-bot")


def plant(moment: str, owner: type, method: str) -> None:
    """Have the process killed at the start of this method, if it is its turn."""
    original = getattr(owner, method)

    def planted(*arguments: Any, **options: Any) -> Any:
        if Path(os.environ["KILLED"]).read_text() == f"{moment} {os.getpid()}":
            os.kill(os.getpid(), signal.SIGKILL)
        return original(*arguments, **options)

    setattr(owner, method, planted)


if __name__ == "__main__":
    main()
