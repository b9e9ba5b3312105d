"""One job and one schedule at a time per database, and none shut out by a dead process."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, event, insert, select, update

from forecasting import open_database
from forecasting.errors import JobRunning
from forecasting.storage.lease import DEAD_AFTER, Lease, StoredLease, job_lock

NOW = datetime(2025, 1, 4, 13, 0, tzinfo=UTC)

HOLD = """
import sys
from datetime import UTC, datetime
from forecasting import open_database
from forecasting.storage.lease import job_lock
with job_lock(open_database(sys.argv[1]), "retrain", lambda: datetime.now(UTC)):
    print("held", flush=True)
    sys.stdin.read()
"""


def clock(engine: Engine) -> datetime:
    """What the time is for leases: a server has a clock of its own."""
    if engine.dialect.name == "sqlite":
        return NOW
    with engine.connect() as connection:
        moment: datetime = connection.exec_driver_sql("SELECT clock_timestamp()").scalar_one()
        return moment


def be_silent(engine: Engine, duration: timedelta) -> None:
    """As if every holder had given its last sign of life so much earlier."""
    with engine.begin() as connection:
        for name, beat in connection.execute(select(StoredLease.name, StoredLease.heartbeat_at)).all():
            silent = update(StoredLease).where(StoredLease.name == name).values(heartbeat_at=beat - duration)
            connection.execute(silent)


def holders(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.scalars(select(StoredLease.purpose).where(StoredLease.token.is_not(None))))


def leave_a_lock(engine: Engine, *, host: str, pid: int, silent_for: timedelta) -> None:
    """The row of a job that did not finish."""
    with engine.begin() as connection:
        connection.execute(
            insert(StoredLease).values(
                name="job",
                token="theirs",  # noqa: S106 - no secret
                purpose="refresh",
                host=host,
                pid=pid,
                taken_at=NOW - timedelta(hours=1),
                heartbeat_at=clock(engine) - silent_for,
                first_taken_at=NOW - timedelta(hours=1),
            )
        )


def now() -> datetime:
    return NOW


def a_pid_that_is_gone() -> int:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


def test_it_is_held_during_the_block_and_given_back_after(engine: Engine) -> None:
    with job_lock(engine, "retrain", now) as lock:
        assert holders(engine) == ["retrain"]
        lock.confirm()
    assert holders(engine) == []


def test_it_is_given_back_when_the_job_fails(engine: Engine) -> None:
    with pytest.raises(RuntimeError), job_lock(engine, "retrain", now):
        raise RuntimeError("the job broke")
    assert holders(engine) == []


@pytest.mark.slow
def test_a_second_job_hears_who_holds_it_until_that_one_is_killed(engine: Engine) -> None:
    url = engine.url.render_as_string(hide_password=False)
    first = subprocess.Popen(
        [sys.executable, "-c", HOLD, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with first:
        assert first.stdout is not None
        assert first.stdout.readline() == "held\n"
        with (
            pytest.raises(JobRunning, match=rf"retrain, process {first.pid} on"),
            job_lock(engine, "refresh", lambda: datetime.now(UTC)),
        ):
            pass
        first.kill()

    with job_lock(engine, "refresh", lambda: datetime.now(UTC)):
        assert holders(engine) == ["refresh"]


def test_a_live_job_on_another_machine_is_respected(engine: Engine) -> None:
    leave_a_lock(engine, host="elsewhere", pid=1, silent_for=DEAD_AFTER - timedelta(seconds=60))

    with pytest.raises(JobRunning, match="on elsewhere"), job_lock(engine, "retrain", now):
        pass


@pytest.mark.parametrize("silent_for", [DEAD_AFTER + timedelta(seconds=1), -DEAD_AFTER - timedelta(seconds=60)])
def test_a_job_silent_for_too_long_is_taken_over(engine: Engine, silent_for: timedelta) -> None:
    """Also one whose last sign of life lies in the future: some clock was wrong."""
    leave_a_lock(engine, host="elsewhere", pid=1, silent_for=silent_for)

    with job_lock(engine, "retrain", now):
        assert holders(engine) == ["retrain"]


def test_a_job_whose_process_is_gone_is_taken_over_at_once(engine: Engine) -> None:
    leave_a_lock(engine, host=socket.gethostname(), pid=a_pid_that_is_gone(), silent_for=timedelta(0))

    with job_lock(engine, "retrain", now):
        assert holders(engine) == ["retrain"]


def test_a_lock_with_our_own_number_is_of_an_earlier_life(engine: Engine) -> None:
    """A restarted container often gives the job the number that the killed one had."""
    leave_a_lock(engine, host=socket.gethostname(), pid=os.getpid(), silent_for=timedelta(0))

    with job_lock(engine, "retrain", now):
        assert holders(engine) == ["retrain"]


def test_a_job_that_lost_its_lock_stores_nothing_and_leaves_the_other_alone(engine: Engine) -> None:
    with job_lock(engine, "retrain", now) as mine:
        be_silent(engine, 2 * DEAD_AFTER)
        with job_lock(engine, "refresh", now):
            with pytest.raises(JobRunning, match="stores nothing more"):
                mine.confirm()
            assert holders(engine) == ["refresh"]


class TestTheLeaseOfTheSchedule:
    """Kept for as long as a bot runs, by asking again."""

    def claimed_elsewhere(self, engine: Engine, pid: int | None = None) -> Lease:
        """By another living process: of this machine, or the one given."""
        lease = Lease(engine, "schedule")
        assert lease.claim(NOW)
        with engine.begin() as connection:
            connection.execute(update(StoredLease).values(pid=pid or os.getppid()))
        return lease

    def test_the_first_keeps_it_and_the_second_waits(self, engine: Engine) -> None:
        theirs, mine = self.claimed_elsewhere(engine), Lease(engine, "schedule")
        assert theirs.claim(NOW)
        be_silent(engine, DEAD_AFTER - timedelta(seconds=60))
        assert not mine.claim(NOW)
        assert (theirs.is_held, mine.is_held) == (True, False)

    def test_it_goes_on_when_it_is_released(self, engine: Engine) -> None:
        self.claimed_elsewhere(engine).release()
        assert Lease(engine, "schedule").claim(NOW)

    def test_it_goes_on_when_the_heartbeat_stops_and_the_late_one_hears_it(self, engine: Engine) -> None:
        late = self.claimed_elsewhere(engine)
        be_silent(engine, DEAD_AFTER + timedelta(seconds=1))
        self.claimed_elsewhere(engine)
        assert not late.claim(NOW)
        assert not late.renew(NOW)
        assert not late.is_held

    def test_two_machines_whose_clocks_differ_do_not_take_it_from_each_other(self, postgresql: str) -> None:
        engine = open_database(postgresql)
        theirs, mine = self.claimed_elsewhere(engine), Lease(engine, "schedule")
        for moment in (NOW + timedelta(minutes=5), NOW - timedelta(days=900)):
            assert not mine.claim(moment)
            assert theirs.claim(NOW)
        engine.dispose()

    def test_a_killed_process_of_this_machine_is_not_waited_for(self, engine: Engine) -> None:
        self.claimed_elsewhere(engine, pid=a_pid_that_is_gone())
        assert Lease(engine, "schedule").claim(NOW)

    def test_the_first_time_stays_the_first(self, engine: Engine) -> None:
        self.claimed_elsewhere(engine).release()
        second = Lease(engine, "schedule")
        second.claim(NOW + timedelta(days=1))
        assert second.first_taken() == NOW

    def test_a_job_and_the_schedule_do_not_wait_for_each_other(self, engine: Engine) -> None:
        self.claimed_elsewhere(engine)
        with job_lock(engine, "retrain", now):
            assert sorted(holders(engine)) == ["retrain", "schedule"]


def test_of_two_processes_that_see_it_free_one_gets_it(engine: Engine) -> None:
    """The second one takes the lease between the first one's look and its claim."""
    leave_a_lock(engine, host=socket.gethostname(), pid=a_pid_that_is_gone(), silent_for=timedelta(0))
    first, second = Lease(engine, "job", "first"), Lease(engine, "job", "second")
    won = []

    def be_quicker(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("UPDATE leases SET token") and not won:
            won.append(True)  # before its own claim, which comes through here too
            won.append(second.claim(NOW))

    event.listen(engine, "before_cursor_execute", be_quicker)
    assert not first.claim(NOW)
    assert won == [True, True]
    assert holders(engine) == ["second"]


def test_a_lease_passes_on_after_the_silence_that_it_allows(engine: Engine) -> None:
    """Measured by the database's clock: of two machines neither's own counts."""
    silence = timedelta(seconds=40)
    theirs, ours = (Lease(engine, "posts 0/2", dead_after=silence) for _ in range(2))
    assert theirs.claim(NOW)
    with engine.begin() as connection:
        connection.execute(update(StoredLease).values(host="elsewhere"))
    be_silent(engine, timedelta(seconds=30))
    assert not ours.claim(NOW)
    be_silent(engine, timedelta(seconds=11))
    assert ours.claim(NOW)
    assert not theirs.renew(NOW)
