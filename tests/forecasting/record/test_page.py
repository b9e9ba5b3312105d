"""The record as static files, verified by a real browser."""

from __future__ import annotations

import json
import threading
from collections.abc import AsyncIterator, Iterator
from datetime import date
from functools import partial
from hashlib import sha256
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect
from playwright.async_api import Page as Tab
from sqlalchemy import Engine

from forecasting import NYSE, sessions_between
from forecasting.record import page as record_page
from forecasting.record.chain import BEFORE_FIRST, newest_head
from forecasting.record.page import export_page
from forecasting.record.scoring import score_open
from tests.bot.playground.conftest import chromium as chromium
from tests.support.browser import HEIGHT, PHONE
from tests.support.issued import ARKK, database, evening, issue_daily, made_prices

DAYS = sessions_between(date(2026, 3, 2), date(2026, 3, 13))

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one browser for all


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    monkeypatch.setattr(record_page, "ROWS_PER_FILE", 4)
    engine = database(tmp_path)
    history = made_prices(date(2025, 1, 2), date(2026, 4, 2))
    issue_daily(engine, history, DAYS)
    score_open(engine, "simulated", {ARKK: history}, {NYSE: date(2026, 4, 2)}, evening(date(2026, 4, 2)))
    yield engine
    engine.dispose()


@pytest.fixture
def site(engine: Engine, tmp_path: Path) -> Path:
    assert export_page(engine, "simulated", tmp_path / "site")
    return tmp_path / "site"


@pytest_asyncio.fixture(loop_scope="module")
async def tab(chromium: Browser) -> AsyncIterator[Tab]:
    tab = await chromium.new_page()
    yield tab
    await tab.close()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture
def address(site: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(site)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


async def test_the_files_hold_every_row_and_are_written_only_when_something_changed(engine: Engine, site: Path) -> None:
    index = json.loads((site / "record.json").read_text())
    assert index["files"] == ["rows/00001.json", "rows/00002.json", "rows/00003.json"]
    rows = [row for name in index["files"] for row in json.loads((site / name).read_text())]
    before = BEFORE_FIRST
    for row in rows:
        before = sha256(f"{before}\n{row['canonical']}".encode()).hexdigest()
        assert before == row["hash"]
    assert index["head"] == {"number": len(DAYS), "hash": newest_head(engine).hash} == {"number": 10, "hash": before}
    assert rows[0]["outcome"]["sessions"] == len(sessions_between(DAYS[1], date(2026, 4, 2)))
    assert 0 <= rows[0]["outcome"]["inside80"] <= rows[0]["outcome"]["inside95"] <= rows[0]["outcome"]["sessions"]
    assert [record["symbol"] for record in index["records"]] == ["ARKK"]
    assert not export_page(engine, "simulated", site)
    issue_daily(engine, made_prices(date(2025, 1, 2), date(2026, 4, 2)), [date(2026, 3, 16)])
    assert export_page(engine, "simulated", site)


@pytest.mark.slow
async def test_a_browser_verifies_the_record_and_a_noted_head(site: Path, address: str, tab: Tab) -> None:
    asked, problems = [], []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("pageerror", lambda error: problems.append(str(error)))
    tab.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    await tab.goto(address)
    head = json.loads((site / "record.json").read_text())["head"]
    verdict = tab.get_by_role("status").first
    await expect(verdict).to_contain_text(f"recomputed all 10 hashes: unchanged. Head: 10:{head['hash'][:16]}")
    await expect(tab.locator("#rows tbody tr")).to_have_count(10)
    await expect(tab.locator("#rows tbody tr").first).to_contain_text("2026-03-13")
    await expect(tab.locator("#records tbody tr")).to_contain_text("ARKK")
    noted = json.loads((site / "rows/00001.json").read_text())[3]["hash"]
    for text, words in (
        (f"4:{noted[:16]}", "continues it"),
        (f"4:{noted[:15]}{'0' if noted[15] != '0' else '1'}", "was changed"),
        ("12:abc", "was cut off"),
    ):
        await tab.get_by_role("textbox").fill(text)
        await tab.get_by_role("button", name="Compare").click()
        await expect(tab.locator("#noted output")).to_contain_text(words)
    assert all(url.startswith(address) for url in asked), "nothing comes from elsewhere"
    assert [problem for problem in problems if "favicon" not in problem and "404" not in problem] == []


async def test_on_a_phone_no_row_is_wider_than_the_page(address: str, chromium: Browser) -> None:
    tab = await chromium.new_page(viewport={"width": PHONE, "height": HEIGHT})
    await tab.goto(address)
    await expect(tab.locator("#rows tbody tr")).to_have_count(10)
    await expect(tab.locator('#rows td[data-label="Hash"]')).to_have_count(10)
    too_wide = (
        "[...document.querySelectorAll('html, .wide')].filter((node) => node.scrollWidth > node.clientWidth).length"
    )
    assert await tab.evaluate(too_wide) == 0
    await tab.close()


@pytest.mark.parametrize(
    ("forge", "words"),
    [
        (
            lambda rows: rows[1].update(canonical=rows[1]["canonical"].replace('"raw_close":', '"raw_close":1')),
            "Row 6 (ARKK as of",
        ),
        (lambda rows: rows.pop(1), "Row 6 is missing: row 7 stands in its place"),
        (lambda rows: rows.clear(), "Row 5 is missing: row 9"),
    ],
)
async def test_a_browser_sees_what_was_changed_or_left_out(
    site: Path, address: str, tab: Tab, forge: object, words: str
) -> None:
    path = site / "rows/00002.json"
    rows = json.loads(path.read_text())
    forge(rows)  # type: ignore[operator]
    path.write_text(json.dumps(rows))
    await tab.goto(address)
    await expect(tab.locator("#verdict.broken")).to_contain_text(words)


@pytest.mark.slow
async def test_a_browser_sees_that_the_end_was_cut_off(site: Path, address: str, tab: Tab) -> None:
    (site / "rows/00003.json").write_text("[]")
    await tab.goto(address)
    await expect(tab.locator("#verdict.broken")).to_contain_text("The rows end with 8, and the head is 10")
