"""``etf-bot playground`` as an operator runs it: the real bot, real jobs, simulated prices."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import uuid
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from bot.playground.runner import PlaygroundSettings
from forecasting import Symbol, last_completed_session, next_sessions
from forecasting.prices.sources.simulated import SimulatedPrices
from tests.support.browser import INPUT, opened_tab

pytestmark = pytest.mark.slow

LINES = ("/forecast SPY", "/forecast symbol:ARKK", "/scores", "/forecast nothing", "/bogus", "/report here", "/help")
DOTENV = "PRICES=yahoo\nDATABASE_URL=sqlite:///not_this.db\nMODEL_DIR=not_this\nDISCORD_TOKEN=nor-this\n"
PATIENCE = 300_000  # ms: some steps train
PNG_MAGIC = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class Folder:
    """A working folder with a ``.env`` that the playground must not read."""

    path: Path

    @classmethod
    def make(cls, path: Path) -> Folder:
        path.mkdir()
        (path / ".env").write_text(DOTENV)
        return cls(path)

    def start(self, *arguments: str, **more: str) -> subprocess.Popen[str]:
        ours = ("DATABASE_URL", "MODEL_DIR", "PRICES", "UNIVERSE", "DISCORD_TOKEN", "LOG_LEVEL")
        environment = {name: value for name, value in os.environ.items() if name not in ours}
        return subprocess.Popen(
            [sys.executable, "-m", "bot", "playground", *arguments],
            cwd=self.path,
            env=environment | {"PYTHONUNBUFFERED": "1", "WORKERS": "1"} | more,  # each further one loads torch
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )


@dataclass(frozen=True)
class Sent:
    """What ``--send`` of LINES in an empty folder came to."""

    folder: Folder
    code: int
    output: str

    @property
    def saved(self) -> Path:
        return self.folder.path / "out"

    @property
    def answers(self) -> list[str]:
        """The transcript's part for each line."""
        return (self.saved / "transcript.md").read_text().split("\n## ")[1:]


@pytest.fixture(scope="session")
def sent(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Sent:
    """The one training of these tests: with pytest-xdist it serves every worker."""
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    record = shared / "playground.json"
    with (shared / "playground.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not record.exists():
            sends = [part for line in LINES for part in ("--send", line)]
            program = Folder.make(shared / "playground").start(*sends, "--save", "out")
            output, _ = program.communicate()
            record.write_text(json.dumps([program.returncode, output]))
        return Sent(Folder(shared / "playground"), *json.loads(record.read_text()))


def test_settings_come_from_the_environment_and_not_from_dotenv(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DATABASE_URL", "MODEL_DIR", "PRICES", "DISCORD_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / ".env").write_text(DOTENV)
    monkeypatch.chdir(tmp_path)
    settings = PlaygroundSettings.load()
    assert settings.prices == "simulated"
    assert settings.database_url == "sqlite:///var/playground/forecasts.db"
    assert settings.model_dir == Path("var/playground/models")
    assert settings.discord_token is None
    monkeypatch.setenv("PRICES", "csv:prices")
    monkeypatch.setenv("DATABASE_URL", "sqlite:///mine.db")
    assert PlaygroundSettings.load().prices == "csv:prices"
    assert PlaygroundSettings.load().database_url == "sqlite:///mine.db"


def test_send_trains_what_is_missing_and_answers_each_line(sent: Sent) -> None:
    assert sent.code == 0, sent.output
    assert "Training SPY: backtest" in sent.output
    assert "discord.com" not in sent.output, "nobody can invite this bot"
    forecast, other, scores, unknown, bogus, report, offered = sent.answers
    assert "SPDR S&P 500 ETF Trust" in forecast
    assert "ARK Innovation" in other
    assert "MAE" in scores
    assert "I don't know an ETF called “nothing”" in unknown
    assert "(only the asker sees this)" in unknown
    assert "**Not sent by Discord:** There is no command /bogus here" in bogus
    assert "#general" in report  # the sender is an admin: the command was not hidden
    assert "/retrain" in offered, "and the bot's owner"
    assert (sent.folder.path / "var/playground/forecasts.db").exists()
    assert not list(sent.folder.path.glob("not_this*"))


def test_the_transcript_links_every_picture_and_tells_its_alt_text(sent: Sent) -> None:
    for answer in sent.answers[:3]:
        (name,) = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", answer)
        assert (sent.saved / name).read_bytes().startswith(PNG_MAGIC)
        assert "Alt text: " in answer
        assert "simulated prices" in answer
    assert len(list(sent.saved.glob("*.png"))) == 3


def read_until(program: subprocess.Popen[str], pattern: str) -> re.Match[str]:
    """The first line of the program's output that matches."""
    assert program.stdout is not None
    seen = ""
    for line in program.stdout:
        seen += line
        if found := re.search(pattern, line):
            return found
    raise AssertionError(f"the program ended without {pattern!r}:\n{seen}")


def interrupt(program: subprocess.Popen[str]) -> None:
    """Press Ctrl-C, and wait until the program has ended."""
    program.send_signal(signal.SIGINT)
    program.communicate(timeout=30)


def marked_processes(mark: str) -> list[str]:
    """Every process of this machine that was started with ``mark`` in its environment."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # ended meanwhile, or somebody else's
            if mark.encode() in (place / "environ").read_bytes():
                found.append((place / "cmdline").read_text())
    return found


@pytest.fixture
def copied(sent: Sent, tmp_path: Path) -> Folder:
    return Folder(shutil.copytree(sent.folder.path, tmp_path / "playground"))


def condition_that_the_next_close_meets() -> str:
    """Of an alert: a price between the last close of SPY and the next one, which is known here beforehand."""
    last = last_completed_session(datetime.now(UTC))
    session = next_sessions(last, 1)[0]
    before, after = SimulatedPrices().history(Symbol("SPY"), session).frame["close"].iloc[-2:]
    assert before != after
    return f"condition:{'above' if after > before else 'below'} price:{(before + after) / 2:.3f}"


@pytest.mark.asyncio(loop_scope="module")
async def test_the_clock_brings_an_alert_and_the_weekly_report_and_goes_on_after_a_restart(
    copied: Folder, chromium: Browser
) -> None:
    program = copied.start("--port", "0", UNIVERSE_ONLY="SPY")  # every other one is trained and drawn as well
    url = read_until(program, r"http://127\.0\.0\.1:\d+(?=/)")[0]
    read_until(program, "Every ETF has its forecast")
    async with opened_tab(chromium, url) as tab:
        await tab.get_by_role("button", name="/forecast SPY").click()
        chart = tab.get_by_role("img", name=re.compile("^Chart of SPY"))
        await expect(chart).to_be_visible(timeout=PATIENCE)
        assert await chart.evaluate("image => image.decode().then(() => image.naturalWidth)") > 400

        for line in ("/report here", f"/alert add SPY {condition_that_the_next_close_meets()}"):
            await tab.get_by_role("combobox", name=INPUT).fill(line)
            await tab.get_by_role("button", name="Send").click()
        await expect(tab.get_by_text("Alert 1 set")).to_be_visible(timeout=PATIENCE)

        close, saturday = (tab.get_by_role("button", name=name) for name in ("Next close", "Next Saturday"))
        alert = tab.get_by_role("button", name="@ETF forecasts 1 new message")
        while not await alert.is_visible():  # twice between a close and its refresh
            await close.click()
            await expect(close).to_be_enabled(timeout=PATIENCE)
        await alert.click()
        await expect(tab.get_by_text("SPY closed at")).to_be_visible()

        await tab.get_by_role("button", name="#general").click()
        await saturday.click()
        await expect(close).to_be_disabled()
        await expect(saturday).to_be_enabled(timeout=PATIENCE)
        await expect(tab.get_by_role("status")).to_contain_text("has done what was due")
        await expect(tab.locator("#now")).to_contain_text("Sat, ")
        await expect(tab.get_by_role("article", name="Weekly forecast, 60 trading days ahead").last).to_be_visible()
        reached = await tab.locator("#now").get_attribute("datetime") or ""
    interrupt(program)
    assert program.returncode == 0

    program = copied.start("--send", "/status", UNIVERSE_ONLY="SPY")
    output, _ = program.communicate()
    (started,) = re.findall(r"# Playground, (.+) UTC", output)
    assert datetime.fromisoformat(started).date() == datetime.fromisoformat(reached).date()
    assert program.returncode == 0


def test_ctrl_c_during_training_leaves_nothing_behind(tmp_path: Path) -> None:
    mark = uuid.uuid4().hex
    program = Folder.make(tmp_path / "playground").start("--port", "0", TEST_MARK=mark)
    read_until(program, "The playground is at")
    read_until(program, "Training SPY: prices|Training ARKK: prices|Training FNGU: prices")
    assert len(marked_processes(mark)) >= 2
    interrupt(program)
    assert marked_processes(mark) == []


@pytest.mark.skipif(not shutil.which("setpriv"), reason="takes a right from the program as Linux does")
def test_a_forbidden_port_is_not_called_taken(tmp_path: Path) -> None:
    first_free = Path("/proc/sys/net/ipv4/ip_unprivileged_port_start")
    if first_free.exists() and int(first_free.read_text()) <= 80:
        pytest.skip("this machine lets everybody use port 80")
    done = subprocess.run(
        ["setpriv", "--bounding-set=-net_bind_service", sys.executable, "-m", "bot", "playground", "--port", "80"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "The port 80 may not be used by this user" in done.stderr


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        program = Folder.make(tmp_path / "playground").start("--port", str(port))
        output, _ = program.communicate()
    assert program.returncode == 2
    assert f"The port {port} is taken" in output
