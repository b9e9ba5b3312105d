"""A job that another program started ends with that program, even if that was killed and could not say so."""

from __future__ import annotations

import os
import signal
import threading
import time
from typing import Final

ENDS_WITH_STDIN: Final = "ETF_ENDS_WITH_STDIN"
"""The environment variable by which a program says that it holds the job's stdin open for as long as it lives."""

GRACE_SECONDS: Final = 10.0
"""How long the job has to end in order and give its lock back before it is killed."""


def end_with_parent() -> None:
    """Stop this process as SIGTERM would, once stdin ends, if the variable asks for it."""
    if os.environ.pop(ENDS_WITH_STDIN, ""):  # popped: workers and other children have a parent of their own
        threading.Thread(target=_wait_for_end_of_stdin, name="parent", daemon=True).start()


def _wait_for_end_of_stdin() -> None:
    try:
        while os.read(0, 1024):  # not sys.stdin, whose lock would be held when the interpreter ends
            pass
    except OSError:
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os._exit(128 + signal.SIGTERM)
