"""The bot's process stays small: it never loads torch or yfinance, whatever it is asked."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.test_bot_main import program
from tests.town import small_town

FORBIDDEN = {"torch", "yfinance"}


@pytest.mark.parametrize("module", ["bot.client", "bot.__main__"])
def test_importing_it_loads_neither(module: str) -> None:
    code = f"import sys, {module}; print(*sorted({FORBIDDEN | {'pandas', 'matplotlib'}} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"


async def test_after_every_command_it_has_loaded_neither(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    modules = tmp_path / "modules.json"
    async with small_town(tmp_path, monkeypatch) as town:
        town.publish()
        async with program(town, "run", MODULES=str(modules)) as process:
            await town.discord.world.changes.until(lambda: town.discord.gateway.connected, 30)
            lines = ["/forecast ARKK", "/forecast NOPE", "/scores", "/scores SPY", "/status", "/help"]
            for line in (*lines, "/report here", "/report status", "/report off"):
                assert (await town.ask(line, town.ann)).message, line
            offered = {command["name"] for command in town.discord.commands.in_channel(town.club.general)}
            assert offered == {line.split()[0][1:] for line in (*lines, "/report here")}
            await town.discord.autocomplete(town.club.general, town.bob, "/forecast symbol:a", "symbol")
            process.send_signal(signal.SIGTERM)
            await process.communicate()
    loaded = set(json.loads(modules.read_text()))
    assert "bot.client" in loaded
    assert not FORBIDDEN & loaded
