"""What tests of the bot share."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.bot_env import BotEnv, bot_env


@pytest.fixture
async def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[BotEnv]:
    """Its store has a forecast of every ETF. Tests that begin otherwise have an ``env`` of their own."""
    async with bot_env(tmp_path, monkeypatch) as env:
        env.publish()
        yield env
