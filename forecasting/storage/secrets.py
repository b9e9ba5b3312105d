"""Secrets in the environment and in addresses of databases, and child processes that need none of them."""

from __future__ import annotations

import os
from typing import Final

from sqlalchemy import URL

SECRETS: Final = frozenset({"DISCORD_TOKEN", "PUSH_URL", "DATABASE_URL", "PGPASSWORD"})
"""Names of variables."""


def environment_without_secrets() -> dict[str, str]:
    """The environment for a child process that logs in nowhere."""
    return {name: value for name, value in os.environ.items() if name not in SECRETS}


def without_password(url: URL) -> tuple[URL, str]:
    """An address that may be shown or be an argument of a program, and its password; empty if there is none.

    PostgreSQL takes passwords before the host and behind the ``?``.
    """
    named = [name for name in url.query if "password" in name]
    given = url.query.get("password", "")
    password = url.password or (given if isinstance(given, str) else given[-1])
    return url.difference_update_query(named).set(password=None), password
