"""The bot's process stays small: it never loads torch or yfinance, whatever it is asked."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bot.test_main import program
from tests.support.bot_env import bot_env

FORBIDDEN = {"torch", "yfinance"}
LINES = (
    "/forecast ARKK",
    "/forecast NOPE",
    "/forecast ARKK horizon:20",
    "/scores",
    "/scores SPY",
    "/compare ARKK, SPY",
    "/model ARKK",
    "/explain",
    "/alert add ARKK condition:above price:60",
    "/alert list",
    "/status",
    "/help",
    "/report here",
    "/report status",
    "/report off",
    "/ops status",
    "/track",
    "/track ARKK",
    "/watch list",
    "/retrain ARKK",
    "/report set channel:#general day:mon time:9 timezone:UTC",
    "/report preview",
    "/privacy",
    "/delete-data",
    "/servers",
    "/portfolio mix:SPY:60 ARKK:40",
    "/portfolios list",
    "/odds SPY price:60",
    "/volatility SPY",
)
"""At least one of each command."""


@pytest.mark.slow
@pytest.mark.parametrize("module", ["bot.client", "bot.__main__"])
def test_importing_it_loads_neither(module: str) -> None:
    code = f"import sys, {module}; print(*sorted({FORBIDDEN | {'pandas', 'matplotlib'}} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"


@pytest.mark.slow
async def test_after_every_command_it_has_loaded_neither(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    modules = tmp_path / "modules.json"
    async with bot_env(tmp_path, monkeypatch) as env:
        env.publish()
        async with program(env, "run", MODULES=str(modules)) as process:
            await env.discord.world.changes.until(lambda: env.discord.gateway.connected, 30)
            env.let_everybody_use("servers")
            for line in LINES:
                exchange = await env.ask(line, env.ann)
                assert exchange.message, line
                if line == "/forecast ARKK horizon:20":
                    for label in ("5 trading days", "Scores", "Past forecasts", "CSV"):
                        assert (await env.discord.press(exchange.message, label, env.bob)).messages, label
            offered = {command["name"] for command in env.discord.commands.in_channel(env.club.general)}
            assert offered == {line.split()[0][1:] for line in LINES}
            await env.discord.autocomplete(env.club.general, env.bob, "/forecast symbol:a", "symbol")
            process.send_signal(signal.SIGTERM)
            await process.communicate()
    loaded = set(json.loads(modules.read_text()))
    assert "bot.client" in loaded
    assert not FORBIDDEN & loaded
    assert not {"matplotlib"} & loaded, "another process draws"
