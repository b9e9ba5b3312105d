"""A database made by version 0.1.0, before the rooms, goes on working, and its models are replaced without hands.

``tests/data/home-of-0.1.0.tar.xz`` holds three ETFs on simulated prices, trained as of 2021-06-11 and refreshed twice;
the settings of three servers, a member's alerts, a followed ETF and an operators' channel.
"""

from __future__ import annotations

import sqlite3
import tarfile
import zipfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.jobs.worker import COMMAND
from forecasting.backup import restore
from tests.support.bot_env import bot_env, posts
from tests.support.trained import Home

pytestmark = pytest.mark.slow

ARCHIVE = Path(__file__).parent / "data" / "home-of-0.1.0.tar.xz"
SYMBOLS = ("SPY", "ARKK", "FNGU")
FRIDAY = datetime(2021, 7, 2, 15, 0, tzinfo=UTC)
AFTER_THE_CLOSE = datetime(2021, 7, 2, 22, 5, tzinfo=UTC)  # 18:05 in New York: the refresh is due
SATURDAY = datetime(2021, 7, 3, 7, 5, tzinfo=UTC)  # 09:05 in Berlin: the club's report is due


@pytest.fixture
def home(tmp_path: Path) -> Home:
    with tarfile.open(ARCHIVE) as archive:
        # Our own archive; Python knows filters from 3.11.4 on and wants one from 3.12 on.
        archive.extractall(tmp_path, **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))  # noqa: S202
    return Home(tmp_path)


def test_the_old_record_verifies_and_says_what_cannot_be_made_again(home: Home) -> None:
    verified = home.run("track", "--verify")
    assert verified.returncode == 0, verified.stderr
    remade = home.run("reproduce", "1")
    assert remade.returncode == 1
    assert "has format 3, and this version of the program reads only format 4" in remade.stderr


def test_what_the_old_version_made_is_backed_up_before_it_is_changed(home: Home, tmp_path: Path) -> None:
    def revision_and_record(database: Path) -> tuple[object, object]:
        with closing(sqlite3.connect(database)) as connection:
            (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            return revision, connection.execute(
                "SELECT number, symbol, as_of FROM issued_forecasts ORDER BY number"
            ).fetchall()

    before = revision_and_record(home.folder / "forecasts.db")
    for _ in range(2):
        assert home.run("track", "--verify").returncode == 0
    assert revision_and_record(home.folder / "forecasts.db")[0] != before[0], "upgraded"
    (backup,) = home.folder.glob("before-upgrade-*.zip")
    with zipfile.ZipFile(backup) as archive:
        archive.extract("database.sqlite", tmp_path / "was")
        assert {name for name in archive.namelist() if name.endswith("/champion")} == {
            f"models/simulated/{symbol}/champion" for symbol in SYMBOLS
        }
    assert revision_and_record(tmp_path / "was" / "database.sqlite") == before
    (tmp_path / "elsewhere").mkdir()
    elsewhere = Home(tmp_path / "elsewhere")
    restore(backup, elsewhere.database_url, elsewhere.model_dir, FRIDAY)
    assert elsewhere.json("track") == home.json("track")
    assert not list(elsewhere.folder.glob("*.zip")), "a new database needs no backup"


def test_a_refresh_replaces_old_models_and_the_record_goes_on(home: Home) -> None:
    old = (home.model_dir / "simulated" / "SPY" / "champion").read_text()
    refreshed = home.run("refresh", *SYMBOLS, "--as-of", "2021-07-02", "--json")
    assert refreshed.returncode == 0, refreshed.stderr
    for symbol in SYMBOLS:
        report = home.json("show", symbol)
        assert report["as_of"] == "2021-07-02"
        assert report["model_version"] != old
        assert report["scores"]["lstm"]["cutoffs"] > 0
    verified = home.run("track", "--verify")
    assert verified.returncode == 0, verified.stderr
    newest = home.run("reproduce", "10")
    assert (newest.returncode, newest.stderr) == (0, "")
    assert "last bit" in newest.stdout


async def test_the_bot_goes_on_where_the_old_one_stopped(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    async with bot_env(home.folder, monkeypatch) as env:
        paused, forbidden = env.discord.add_guild("Paused"), env.discord.add_guild("Forbidden")
        servers = {1001: env.club, 1002: paused, 1003: forbidden}
        channels = {2001: env.club.general, 2002: paused.general, 2003: forbidden.general, 2009: env.club.general}
        with closing(sqlite3.connect(home.folder / "forecasts.db")) as database, database:
            for table in ("subscriptions", "deliveries", "ops_channels", "watches", "alerts"):
                for old, guild in servers.items():
                    database.execute(f"UPDATE {table} SET server_id = ? WHERE server_id = ?", (guild.id, old))  # noqa: S608
            for table in ("subscriptions", "ops_channels", "alerts"):
                for old, channel in channels.items():
                    database.execute(f"UPDATE {table} SET channel_id = ? WHERE channel_id = ?", (channel.id, old))  # noqa: S608
            database.execute("UPDATE alerts SET user_id = ? WHERE user_id = 501", (env.bob.id,))
        env.clock.at = FRIDAY
        bot = env.bot(job_command=COMMAND, database_url=home.database_url, model_dir=home.model_dir)
        async with env.discord.running(bot):
            await bot.schedule.run_due()
            assert (await env.ask("/forecast SPY")).message.embeds
            before = (await env.ask("/report status", env.ann)).text
            env.clock.at = AFTER_THE_CLOSE
            await bot.schedule.run_due()
            direct = [message.text for message in env.discord.direct(env.bob).messages.values()]
            env.clock.at = SATURDAY
            await bot.schedule.run_due()
            await bot.schedule.run_due()
            listed = (await env.ask("/watch list", env.ann)).text
            track = (await env.ask("/track SPY")).message
        reports = [post for post in posts(env.club) if post.files]
        assert [len(posts(paused)), len(posts(forbidden))] == [0, 0]

    assert [path.name for path in home.folder.glob("*.zip")] == ["before-upgrade-2021-07-02.zip"]
    assert "Europe/Berlin" in before
    assert len(reports) == 1
    assert "SPY" in reports[0].text
    assert "FNGU" not in reports[0].text
    assert any("SPY" in text for text in direct), direct
    assert "TLT" in listed
    assert track.embeds
