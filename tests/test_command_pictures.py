"""docs/commands.md shows every command with the picture of its answer."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image

from docs.pictures import FOLDER, PAGE, SHOTS
from tests.support.bot_env import BotEnv, bot_env

README = PAGE.parents[1] / "README.md"


async def test_every_command_is_on_the_page_with_its_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with bot_env(tmp_path, monkeypatch) as env:
        names = await offered(env)
    page = PAGE.read_text(encoding="utf-8")
    lines = re.findall(r"^### `/(.+)`.*\n\n!\[", page, re.MULTILINE)
    unshown = {name for name in names if not any(f"{line} ".startswith(f"{name} ") for line in lines)}
    assert not unshown, f"add to SHOTS of docs/pictures.py, then make pictures: {sorted(unshown)}"

    told, _, _ = page.partition("## What the answers look like")
    for place, text in (("the page", told), ("README.md", README.read_text(encoding="utf-8"))):
        for name in names:
            command, _, subcommand = name.partition(" ")
            rows = [row for row in text.splitlines() if f"`/{command}" in row]
            assert any(subcommand in row for row in rows), f"{place} has nothing of /{name}"


async def offered(env: BotEnv) -> set[str]:
    """Every command, and every subcommand, as people type it."""
    async with env.discord.running(env.bot()):
        bodies = env.discord.commands.in_channel(env.club.general)
    return {
        " ".join(filter(None, (body["name"], subcommand)))
        for body in bodies
        for subcommand in [option["name"] for option in body.get("options") or () if option["type"] == 1] or [""]
    }


def test_each_picture_on_the_page_is_there_and_fit_for_it() -> None:
    pictures = re.findall(r"!\[.+?\]\((images/commands/.+?)\)", PAGE.read_text(encoding="utf-8"))
    assert len(pictures) > len(SHOTS) / 2
    for name in pictures:
        path = PAGE.parent / name
        assert path.parent == FOLDER
        with Image.open(path) as picture:
            assert 300 < picture.width < 1400
        assert path.stat().st_size < 200_000
