"""Whom a message may ping. The bot's default is nobody; these allow exactly one role or one member."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import discord
from discord.abc import Snowflake


@dataclass(frozen=True)
class _Written:
    """An id as Discord's document wants it in JSON. discord.py writes an id as it is, and Python's is a number."""

    id: str


def only_role(role_id: int | None) -> discord.AllowedMentions:
    """Ping this role, or nobody."""
    roles = [] if role_id is None else [_written(role_id)]
    return discord.AllowedMentions(everyone=False, users=False, roles=roles, replied_user=False)


def only_member(member_id: int) -> discord.AllowedMentions:
    """Ping this member."""
    return discord.AllowedMentions(everyone=False, users=[_written(member_id)], roles=False, replied_user=False)


def _written(number: int) -> Snowflake:
    return cast(Snowflake, _Written(str(number)))
