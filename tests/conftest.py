"""What all tests share."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.databases import database_url, empty_postgresql, engine
from tests.support.fetched import store, vendor
from tests.support.gated import histories, real
from tests.support.leaks import look_at_requests, plant, pytest_configure, pytest_runtest_makereport
from tests.support.postgresql import postgresql, postgresql_server
from tests.support.replayed import replayed, replaying
from tests.support.small_disk import small_disk
from tests.support.trained import empty_home, trained, training

if TYPE_CHECKING:
    from standin import StandIn

__all__ = [
    "SHARED",
    "database_url",
    "empty_home",
    "empty_postgresql",
    "engine",
    "histories",
    "postgresql",
    "postgresql_server",
    "pytest_configure",
    "pytest_runtest_makereport",
    "real",
    "replayed",
    "replaying",
    "shared",
    "small_disk",
    "standin",
    "store",
    "trained",
    "training",
    "vendor",
]

# What tests start would otherwise compile the whole project each time.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

SHARED = Path(os.environ.get("ETF_SHARED", Path(__file__).parents[2] / "shared"))
HAS_DOCUMENT = (SHARED / "discord").is_dir()
SHARED_BY_MANY = {"training", "replaying", "chromium", "postgresql", "postgresql_server"}


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with real prices, the benchmark's judge and Discord's own document; not part of the project."""
    if not SHARED.is_dir():
        pytest.skip(f"needs the development material, and {SHARED} does not exist; ETF_SHARED names another place")
    return SHARED


@pytest.fixture
async def standin() -> AsyncIterator[StandIn]:
    """A stand-in for Discord on 127.0.0.1 with no server in it yet.

    Where the development material is there, every request that the test's bot made is judged by Discord's own
    document when the test ends.
    """
    from standin import StandIn  # here, so that tests of forecasting alone need not load discord.py
    from tests.support.discord_document import assert_no_violations

    async with StandIn() as discord:
        plant(discord.token)
        yield discord
    look_at_requests(discord.requests)
    if HAS_DOCUMENT:
        assert_no_violations(discord.requests, SHARED)


@pytest.hookimpl(tryfirst=True)  # before -m chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as slow what uses a training, a replay, a browser or a database server: the first such test pays for it."""
    for item in items:
        parameters = getattr(getattr(item, "callspec", None), "params", {})
        if SHARED_BY_MANY & {*getattr(item, "fixturenames", ()), parameters.get("database_url")}:
            item.add_marker(pytest.mark.slow)
