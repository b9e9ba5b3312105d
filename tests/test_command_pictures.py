"""docs/commands.md shows every command with the picture of its answer."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image

from docs.pictures import FOLDER, PAGE, SHOTS
from tests.town import Town, small_town


async def test_every_command_is_on_the_page_with_its_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with small_town(tmp_path, monkeypatch) as town:
        names = await offered(town)
    page = PAGE.read_text(encoding="utf-8")
    shown = {match[1] for match in re.finditer(r"^### `/(\S+).*`.*\n\n!\[", page, re.MULTILINE)}
    assert names <= shown, f"add to SHOTS of docs/pictures.py, then make pictures: {sorted(names - shown)}"


async def offered(town: Town) -> set[str]:
    async with town.discord.running(town.bot()):
        return {command["name"] for command in town.discord.commands.in_channel(town.club.general)}


def test_each_picture_on_the_page_is_there_and_fit_for_it() -> None:
    pictures = re.findall(r"!\[.+?\]\((images/commands/.+?)\)", PAGE.read_text(encoding="utf-8"))
    assert len(pictures) > len(SHOTS) / 2
    for name in pictures:
        path = PAGE.parent / name
        assert path.parent == FOLDER
        with Image.open(path) as picture:
            assert 300 < picture.width < 1400
        assert path.stat().st_size < 200_000
