"""The process that draws on demand: pictures, the same one twice, and what happens when it breaks."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

import pytest

from bot.forecasts import chart_process as module
from bot.forecasts.chart_process import COMMAND, CannotDraw, ChartProcess
from bot.texts import Texts
from forecasting import forecast_mix
from forecasting.chart import draw_past_forecasts, draw_scores
from tests.bot.jobs.test_worker import ended
from tests.support.approved_pictures import ARKK, PAST
from tests.support.reports import made_report, made_returns

PNG_HEAD = b"\x89PNG"
FAKE = """
import json, sys
from pathlib import Path
asked = Path(sys.argv[1])
asked.write_text((asked.read_text() if asked.exists() else "") + "start\\n")
for line in sys.stdin:
    with asked.open("a") as log:
        log.write(json.loads(line)["kind"] + "\\n")
    if len(sys.argv) > 2 and asked.read_text().count("start") <= int(sys.argv[2]):
        sys.exit(1)
    answer = {"error": "no"} if json.loads(line)["theme"] == "light" else {"png": "UE5H"}
    print(json.dumps(answer), flush=True)
"""


def fake(log: Path, failing_starts: int = 0) -> tuple[str, ...]:
    """Answers ``PNG`` at once, cannot draw the light theme, and breaks at its first starts."""
    return (sys.executable, "-c", FAKE, str(log), str(failing_starts))


@pytest.mark.slow
async def test_the_real_process_draws_horizons_prices_comparisons_and_portfolios() -> None:
    reports = [made_report(), made_report("SPY")]
    mix = forecast_mix(reports, [1.0, 1.0], [made_returns("ARKK"), made_returns("SPY")])
    chart_process = ChartProcess(COMMAND)
    try:
        near = await chart_process.forecast(made_report(), "dark", 5)
        far = await chart_process.forecast(made_report(), "dark", 20)
        marked = await chart_process.forecast(made_report(), "dark", 20, 55.0)
        both = await chart_process.comparison(reports, "light")
        held = await chart_process.portfolio(mix, "light")
    finally:
        await chart_process.close()
    pictures = (near, far, marked, both, held)
    assert {picture[:4] for picture in pictures} == {PNG_HEAD}
    assert len(set(pictures)) == 5
    assert not chart_process.is_at_work


async def test_a_picture_is_kept_and_a_newer_report_gets_its_own(tmp_path: Path) -> None:
    chart_process = ChartProcess(fake(tmp_path / "log"))
    for close in (51.2, 51.2, 52.0):
        assert await chart_process.forecast(made_report(last_close=close), "dark", 20) == b"PNG"
    await chart_process.close()
    assert (tmp_path / "log").read_text().split() == ["start", "forecast", "forecast"]


async def test_a_process_that_breaks_is_started_once_more(tmp_path: Path) -> None:
    chart_process = ChartProcess(fake(tmp_path / "log", failing_starts=1))
    assert await chart_process.forecast(made_report(), "dark", 20) == b"PNG"
    await chart_process.close()

    chart_process = ChartProcess(fake(tmp_path / "other", failing_starts=2))
    with pytest.raises(CannotDraw, match="failed twice"):
        await chart_process.forecast(made_report(), "dark", 20)
    assert not chart_process.is_at_work
    assert await chart_process.forecast(made_report(), "dark", 20) == b"PNG", "the next one may work"
    await chart_process.close()


async def test_a_language_has_its_own_picture_which_is_kept_too(tmp_path: Path) -> None:
    chart_process = ChartProcess(fake(tmp_path / "log"))
    for language in ("en", "de", "fr", "de"):
        assert await chart_process.overview([made_report()], "dark", Texts(language)) == b"PNG"
    await chart_process.close()
    assert (tmp_path / "log").read_text().split() == ["start", *["overview"] * 3]


@pytest.mark.slow
async def test_the_real_process_draws_scores_and_tracks_in_a_language() -> None:
    chart_process, german = ChartProcess(COMMAND), Texts("de")
    try:
        scores = await chart_process.scores([ARKK], "dark", german)
        track = await chart_process.track(PAST.to_json(), "dark", german)
    finally:
        await chart_process.close()
    assert scores == draw_scores([ARKK], "dark", german.of_pictures) != draw_scores([ARKK], "dark")
    assert track == draw_past_forecasts(PAST, "dark", german.of_pictures)


HANGS = """
import subprocess, sys
from pathlib import Path
helper = subprocess.Popen(["sleep", "1000"])
with Path(sys.argv[1]).open("a") as log:
    log.write(f"{helper.pid}\\n")
for line in sys.stdin:
    pass
sys.stdin = None
helper.wait()
"""


async def test_a_picture_that_hangs_costs_one_timeout_and_leaves_no_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 1.0)
    chart_process = ChartProcess((sys.executable, "-c", HANGS, str(tmp_path / "log")))
    with pytest.raises(CannotDraw, match="longer than 1 seconds"):
        await chart_process.forecast(made_report(), "dark", 20)
    for symbol in ("SPY", "ARKK", "FNGU"):
        with pytest.raises(CannotDraw, match="just now"):
            await chart_process.overview([made_report(symbol)], "dark")
    (helper,) = (tmp_path / "log").read_text().split()
    assert await ended(int(helper))
    assert not chart_process.is_at_work

    monkeypatch.setattr(chart_process, "_command", fake(tmp_path / "other"))
    monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: time.monotonic() + module.REST_SECONDS)
    assert await chart_process.forecast(made_report(), "dark", 20) == b"PNG", "later it is asked again"
    monkeypatch.undo()
    await chart_process.close()


@pytest.mark.parametrize("answer", ["[" * 200_000, "[]", "3", '{"png": 3}', '{"png": "no base64!"}', "no JSON"])
async def test_an_answer_that_is_none_is_a_picture_that_cannot_be_drawn(answer: str) -> None:
    program = f"import sys; sys.stdin.readline(); print({answer!r}, flush=True)"
    chart_process = ChartProcess((sys.executable, "-c", program))
    with pytest.raises(CannotDraw):
        await chart_process.forecast(made_report(), "dark", 20)
    assert not chart_process.is_at_work


async def test_what_cannot_be_drawn_says_so_and_ends_nothing(tmp_path: Path) -> None:
    chart_process = ChartProcess(fake(tmp_path / "log"))
    with pytest.raises(CannotDraw, match="no"):
        await chart_process.forecast(made_report(), "light", 20)
    assert await chart_process.forecast(made_report(), "dark", 20) == b"PNG"
    await chart_process.close()
    assert (tmp_path / "log").read_text().split().count("start") == 1


async def test_the_process_ends_when_nobody_asks_and_comes_back(tmp_path: Path) -> None:
    chart_process = ChartProcess(fake(tmp_path / "log"), idle_seconds=0.0)
    await chart_process.forecast(made_report(), "dark", 20)
    async with asyncio.timeout(10):
        while chart_process.is_at_work:  # noqa: ASYNC110 - nothing tells of the end of a process that nobody reads
            await asyncio.sleep(0)
    assert await chart_process.forecast(made_report(), "dark", 60) == b"PNG"
    await chart_process.close()


async def test_the_process_learns_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISCORD_TOKEN", "DATABASE_URL", "PGPASSWORD"):
        monkeypatch.setenv(name, "postgresql://bot:hunter2@host/bot")
    tells = (
        "import base64, json, os, sys\n"
        "for line in sys.stdin:\n"
        "    seen = base64.b64encode(' '.join(os.environ.values()).encode()).decode()\n"
        "    print(json.dumps({'png': seen}), flush=True)\n"
    )
    chart_process = ChartProcess((sys.executable, "-c", tells))
    seen = await chart_process.forecast(made_report(), "dark", 20)
    await chart_process.close()
    assert b"hunter2" not in seen
