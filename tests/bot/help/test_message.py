"""The answer to ``/help`` inside Discord's limits."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cogs.help.message import help_embed
from bot.texts import Texts
from tests.support.messages import assert_within_limits


def test_help_with_very_many_commands_fits() -> None:
    commands: Sequence[tuple[str, str]] = [
        ("command.report.here", f"command{number} [option]") for number in range(100)
    ]
    assert_within_limits(help_embed(Texts(), commands))
