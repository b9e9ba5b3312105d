"""Jobs as child processes: what they get, what they tell, and that nothing of them is left."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.jobs import worker as module
from bot.jobs.job import Job, JobFailed, Progress, WorkerState
from bot.jobs.worker import NICENESS, Worker
from forecasting import Failure, Symbol

NOW = datetime(2026, 11, 21, 13, 0, tzinfo=UTC)
SPY, ARKK = Symbol("SPY"), Symbol("ARKK")
JOB = Job("retrain", (SPY, ARKK), date(2026, 11, 20))


class Desk:
    """A worker whose jobs are ``tests.support.fake_job``, and the log in which that notes its calls."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.url = f"sqlite:///{folder}/bot.db"
        self.log = folder / "calls.jsonl"
        self._monkeypatch = monkeypatch
        self.plan("talk")

    def plan(self, behaviour: str, **plan: object) -> None:
        self._monkeypatch.setenv("FAKE_JOB", json.dumps({"log": str(self.log), "behaviour": behaviour} | plan))

    def worker(self, time_limit: timedelta = timedelta(minutes=1)) -> Worker:
        settings = {"DATABASE_URL": self.url, "MODEL_DIR": "models", "PRICES": "simulated", "UNIVERSE": ""}
        return Worker(
            settings, time_limit=time_limit, now=lambda: NOW, command=(sys.executable, "-m", "tests.support.fake_job")
        )

    def calls(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text().splitlines()] if self.log.exists() else []


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(tmp_path, monkeypatch)


class Awaited:
    """Collects a job's progress, and lets a test wait for a piece of it."""

    def __init__(self) -> None:
        self.seen: list[Progress] = []
        self._changed = asyncio.Event()

    def __call__(self, state: WorkerState) -> None:
        if state.running is not None and (progress := state.running.progress) is not None:
            self.seen.append(progress)
            self._changed.set()

    async def until(self, holds: Callable[[Progress], bool]) -> None:
        async with asyncio.timeout(30):
            while not any(holds(progress) for progress in self.seen):
                await self._changed.wait()
                self._changed.clear()


async def ended(pid: int) -> bool:
    """Wait until the process has ended, reaped or not."""
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    has_ended, loop = asyncio.Event(), asyncio.get_running_loop()
    loop.add_reader(process, has_ended.set)
    try:
        async with asyncio.timeout(10):
            return await has_ended.wait()
    finally:
        loop.remove_reader(process)
        os.close(process)


async def test_a_job_gets_its_arguments_and_settings_and_tells_its_progress(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    progress = Awaited()
    desk.plan("talk", failing={"ARKK": ["PricesNotReady", "Not there yet."]})

    worker = desk.worker()
    worker.listeners.append(progress)
    result = await worker.run(JOB)

    assert result.ok == (SPY,)
    assert result.failed == (Failure(ARKK, "PricesNotReady", "Not there yet."),)
    assert "ARKK failed. Not there yet." in caplog.messages, "the log says why"
    assert progress.seen == [Progress("SPY", "backtest", 0, 2), Progress("ARKK", "backtest", 1, 2)]
    call = desk.calls()[0]
    assert (call["kind"], call["symbols"], call["as_of"]) == ("retrain", ["SPY", "ARKK"], "2026-11-20")


async def test_a_job_runs_behind_the_bot(desk: Desk) -> None:
    await desk.worker().run(JOB)
    assert desk.calls()[0]["priority"] == min(19, os.getpriority(os.PRIO_PROCESS, 0) + NICENESS)


async def test_the_token_stays_with_the_bot(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "secret")
    program = "import json, os; print(json.dumps({'event': 'done', 'ok': sorted(os.environ), 'failed': []}))"
    worker = Worker(
        {"PRICES": "csv:x"}, time_limit=timedelta(minutes=1), now=lambda: NOW, command=(sys.executable, "-c", program)
    )
    names = (await worker.run(JOB)).ok
    assert "DISCORD_TOKEN" not in names
    assert {"PRICES", "PATH"} <= set(names)


async def test_one_job_at_a_time_and_the_others_wait_in_their_order(desk: Desk) -> None:
    worker = desk.worker()
    jobs = [Job("retrain", (Symbol(name),), JOB.as_of) for name in ("SPY", "ARKK", "FNGU")]
    states: list[WorkerState] = []
    worker.listeners.append(states.append)

    await asyncio.gather(*map(worker.run, jobs))

    assert [call["symbols"] for call in desk.calls()] == [["SPY"], ["ARKK"], ["FNGU"]]
    first = next(state for state in states if state.running is not None and state.running.progress is not None)
    assert first.running is not None
    assert (first.running.job, first.running.started_at, first.running.progress) == (
        jobs[0],
        NOW,
        Progress("SPY", "backtest", 0, 1),
    )
    assert first.waiting == (jobs[1], jobs[2])
    assert (worker.state.running, worker.state.waiting) == (None, ())


async def test_a_job_that_breaks_says_what_it_said_last(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    desk.plan("crash")
    with pytest.raises(JobFailed, match=r"training of SPY, ARKK .*exit code 1.* The prices of ARKK cannot be had\."):
        await desk.worker().run(JOB)
    assert "first line of a trace" in caplog.text


async def test_lines_that_are_no_events_do_no_harm(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    desk.plan("chatter")
    assert (await desk.worker().run(JOB)).ok == (SPY, ARKK)
    assert caplog.text.count("no event") == 4


SAYS_DONE = """
import json, subprocess, sys
{before}
print(json.dumps({{"event": "done", "ok": ["SPY"], "failed": []}}), flush=True)
"""


def job_of(program: str) -> Worker:
    command = (sys.executable, "-c", program)
    return Worker({}, time_limit=timedelta(minutes=1), now=lambda: NOW, command=command)


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("import sys; sys.stdout.write('x' * 3_000_000); sys.stdout.flush(); input()", "a line of more than 1048576"),
        (SAYS_DONE.format(before="sys.stdout.write('[' * 2_000_000 + '\\n')"), "a line of more than 1048576"),
        ("print('[' * 500_000)", "exit code 0"),
        ("print('{\"event\":' * 500_000 + '\\n' + '[' * 900_000)", "a line of more than 1048576"),
        ('print(\'{"event": "done", "ok": [1\')', "exit code 0"),
    ],
)
async def test_a_line_that_is_too_long_or_too_deep_is_a_failed_job(program: str, reason: str) -> None:
    with pytest.raises(JobFailed, match=reason):
        await job_of(program).run(JOB)


async def test_a_log_line_without_end_does_no_harm() -> None:
    program = SAYS_DONE.format(before="sys.stderr.write('x' * 5_000_000); sys.stderr.flush()")
    assert (await job_of(program).run(JOB)).ok == (SPY,)


@pytest.mark.parametrize("how", ["", ", start_new_session=True"])
async def test_what_a_job_leaves_running_does_not_hold_up_the_bot(
    how: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It has the job's stdout open, so that never ends by itself. What has left the job's group lives on."""
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(module, "GRACE_SECONDS", 0.2)
    started = f"subprocess.Popen(['sleep', '1000']{how}).pid"
    assert (await job_of(SAYS_DONE.format(before=f"print({started}, file=sys.stderr, flush=True)")).run(JOB)).ok == (
        SPY,
    )
    left = int(caplog.text.rpartition("job: ")[2].split()[0])
    if how:
        os.kill(left, signal.SIGKILL)
    assert await ended(left)


async def test_a_job_that_takes_too_long_is_ended_with_its_helpers(desk: Desk) -> None:
    desk.plan("hang")
    worker = desk.worker(time_limit=timedelta(seconds=1.2))
    with pytest.raises(JobFailed, match=r"stopped after JOB_TIME_LIMIT, 0\.02 min"):
        await worker.run(JOB)
    job, helper = desk.calls()
    assert await ended(job["pid"])
    assert await ended(helper["helper"])
    assert worker.state.running is None


async def test_closing_ends_the_running_job_however_stubborn_and_forgets_the_rest(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "GRACE_SECONDS", 0.2)
    desk.plan("stubborn")
    worker, progress = desk.worker(), Awaited()
    worker.listeners.append(progress)
    running = asyncio.create_task(worker.run(JOB))
    waiting = asyncio.create_task(worker.run(JOB))
    await progress.until(lambda p: p.stage == "fit")

    await worker.close()

    assert running.cancelled()
    assert waiting.cancelled()
    job, helper = desk.calls()
    assert await ended(job["pid"])
    assert await ended(helper["helper"])
