"""Young ETFs: under 60 sessions no forecast and why, under three years one that says on what it leans."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from forecasting.prices.sources.simulated import SimulatedPrices
from forecasting.reports.runs import Failure, Run
from forecasting.reports.store import ReportStore
from forecasting.storage.database import open_database
from forecasting.universe import Symbol
from tests.support.bot_env import WEDNESDAY, BotEnv, bot_env
from tests.support.trained import Home

pytestmark = pytest.mark.slow

TOO_YOUNG = (
    "BABY has prices for only 59 trading days, and a forecast needs at least 60. Wait until it has traded longer."
)


@pytest.fixture
async def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[BotEnv]:
    async with bot_env(tmp_path, monkeypatch) as env:
        env.publish()
        yield env


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """SPY, an ETF of 59 sessions and one of 300, as files."""
    folder = tmp_path / "prices"
    folder.mkdir()
    rows = SimulatedPrices().history(Symbol("SPY"), date(2024, 12, 31)).frame.loc["2019":]
    for symbol, sessions in (("SPY", len(rows)), ("BABY", 59), ("TEEN", 300)):
        table = pd.DataFrame({"Adj Close": rows["adjusted"].tail(sessions)})
        table.to_csv(folder / f"{symbol}.csv", index_label="Date")
    return folder


def test_a_job_forecasts_a_young_etf_with_a_note_and_refuses_a_baby(empty_home: Home, folder: Path) -> None:
    source = f"csv:{folder}"
    done = empty_home.run("retrain", "BABY", "TEEN", "--prices", source, "--json")
    last = json.loads(done.stdout.splitlines()[-1])
    shown = empty_home.run("show", "TEEN", "--prices", source)
    assert done.returncode == 1
    assert last["ok"] == ["TEEN"]
    assert last["failed"] == [{"symbol": "BABY", "error": "NotEnoughHistory", "message": TOO_YOUNG}]
    words = " ".join(shown.stdout.split())
    assert "TEEN has traded for only 300 days, less than three years: its forecast relies on what the model" in words


async def test_a_member_who_asks_for_a_baby_reads_why_there_is_nothing(env: BotEnv) -> None:
    engine = open_database(env.database_url)
    failed = (Failure(Symbol("BABY"), "NotEnoughHistory", TOO_YOUNG),)
    ReportStore(engine).runs.record(Run("retrain", "simulated", WEDNESDAY.date(), WEDNESDAY, WEDNESDAY, (), failed))
    engine.dispose()
    async with env.discord.running(env.bot(universe="BABY")):
        exchange = await env.ask("/forecast BABY")
    assert exchange.ephemeral
    assert TOO_YOUNG in exchange.message.content
