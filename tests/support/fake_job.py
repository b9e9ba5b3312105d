"""Stands for ``python -m forecasting`` in tests of the bot: the same arguments, environment, events and table rows.

FAKE_JOB is a JSON object:

- ``log`` names a file to which each call's arguments are appended;
- ``template`` names one with the report that is stored for each symbol, with that symbol and as-of session;
- ``port`` is where the test itself stores it, since this process would first load pandas and SQLAlchemy;
- ``failing`` maps symbols to ``[error, message]``;
- ``behaviour`` is ``work``, ``talk`` (says that it works, stores nothing), ``crash`` (words on stderr, exit code 1),
  ``hang`` (until ended), ``stubborn`` (hangs and ignores SIGTERM) or ``chatter`` (talks, and writes what is no event).
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

from tests.support.pictures import PNG


def main() -> int:
    if sys.argv[1:] == ["draw"]:
        return draw()
    plan = json.loads(os.environ["FAKE_JOB"])
    kind, *named = sys.argv[1 : sys.argv.index("--json")]
    symbols = [word for word in named if word != "--only-funds"]
    as_of = date.fromisoformat(sys.argv[sys.argv.index("--as-of") + 1])
    failing = plan.get("failing", {})
    ok = [symbol for symbol in symbols if symbol not in failing]
    for done, symbol in enumerate(symbols):
        tell(event="progress", symbol=symbol, stage="backtest", done=done, of=len(symbols))
    note(plan, kind=kind, symbols=symbols, as_of=as_of.isoformat(), pid=os.getpid(), priority=os.getpriority(0, 0))
    behave(plan, plan["behaviour"], symbols[0])
    if plan["behaviour"] == "work":
        order = (plan["template"], ok, as_of.isoformat(), os.environ["DATABASE_URL"], os.environ["PRICES"])
        if "port" in plan:
            have_stored(plan["port"], *order)
        else:
            store(*order)
    failed = [{"symbol": s, "error": e, "message": m} for s, (e, m) in failing.items() if s in symbols]
    tell(event="done", ok=ok, failed=failed)
    return 1 if failed else 0


def draw() -> int:
    """A tiny picture for every request, another one for another, without loading matplotlib.

    GATE, if it is set, names a pipe: a drawing waits until somebody has opened and closed it.
    """
    for line in sys.stdin:
        if gate := os.environ.get("GATE"):
            Path(gate).read_text()
        picture = PNG + hashlib.sha256(line.encode()).digest()
        tell(png=base64.b64encode(picture).decode())
    return 0


def behave(plan: dict[str, str], behaviour: str, symbol: str) -> None:
    if behaviour == "crash":
        sys.stderr.write("first line of a trace\nThe prices of ARKK cannot be had.\n")
        raise SystemExit(1)
    if behaviour == "chatter":
        sys.stdout.write('no JSON\n[1, 2]\n{"event": "new"}\n{"event": "progress"}\n')
    if behaviour in ("hang", "stubborn"):
        if behaviour == "stubborn":
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        helper = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
        note(plan, helper=helper.pid)
        tell(event="progress", symbol=symbol, stage="fit", done=1, of=8)
        while True:
            signal.pause()


def have_stored(port: int, *order: object) -> None:
    with socket.create_connection(("127.0.0.1", port)) as test, test.makefile("rw") as lines:
        lines.write(json.dumps(order) + "\n")
        lines.flush()
        if lines.readline() != "stored\n":
            raise SystemExit("The test could not store the reports.")


def store(template: str, symbols: list[str], as_of: str, database_url: str, source: str) -> None:
    from forecasting import ForecastReport, Symbol, connect_lazily  # the other behaviours are quicker without these
    from tests.support.reports import publish_into

    report = ForecastReport.from_json(Path(template).read_text())
    engine = connect_lazily(database_url)
    version = f"{report.model_version} {as_of}"
    day = date.fromisoformat(as_of)
    publish_into(
        engine,
        [replace(report, symbol=Symbol(s), as_of=day, source=source, model_version=version) for s in symbols],
    )
    engine.dispose()


def note(plan: dict[str, str], **facts: object) -> None:
    with Path(plan["log"]).open("a") as log:
        log.write(json.dumps(facts) + "\n")


def tell(**event: object) -> None:
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
