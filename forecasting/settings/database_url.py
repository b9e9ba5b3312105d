"""DATABASE_URL: whether it names a database that this program can use. What it says never shows a password."""

from __future__ import annotations

import re
import sys
from importlib.util import find_spec
from typing import Final

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from forecasting.storage.files import VARIABLE

EXAMPLES: Final = "sqlite:///var/forecasts.db or postgresql://USER:PASSWORD@HOST/NAME"
POSTGRESQL: Final = ("postgres", "postgresql", "postgresql+psycopg")
MISSING_DRIVER: Final = (
    "PostgreSQL needs the package psycopg, which is not installed here. Install it: "
    f"{sys.executable} -m pip install 'psycopg[binary]'"
)

_OPTIONS: Final = re.compile(r"timeout=\d{1,5}")
_PASSWORD: Final = re.compile(r"[^/@]*://[^:@/]*:(?P<password>.*)@", re.DOTALL)


def checked_database_url(text: str) -> str:
    """``text``, its kind in small letters, if it names a database that the program can use, existing or not.

    Raises:
        ValueError: it does not; the sentence says why, and shows no password.
    """
    scheme, separator, rest = text.partition("://")
    scheme = scheme.lower()
    text = f"{scheme}{separator}{rest}"
    if not separator:
        raise ValueError(f"this is not the address of a database. Write {EXAMPLES}.")
    if scheme in ("sqlite", "sqlite+pysqlite"):
        return _checked_file(text, rest)
    if scheme not in POSTGRESQL:
        raise ValueError(f"{scheme}:// is a database that this program cannot use. Write {EXAMPLES}.")
    if find_spec("psycopg") is None:
        raise ValueError(MISSING_DRIVER)
    if "@" in password(text):
        raise ValueError("the password has an @, which ends it too early. Write %40 for each @ in it.")
    try:
        make_url(text)
    except (ArgumentError, ValueError):
        raise ValueError(f"this is not the address of a database. Write {EXAMPLES}.") from None
    return text


def password(url: str) -> str:
    """The password in an address as it is written there; empty if there is none."""
    before_query = url.partition("?")[0]
    found = _PASSWORD.match(before_query if "@" in before_query else url)
    return found["password"] if found else ""


def _checked_file(text: str, rest: str) -> str:
    if not rest.strip("/") or rest.lstrip("/").startswith(":memory:"):
        raise ValueError(
            "a database in memory is empty for every other program, and the bot's jobs are other programs. Name a "
            "file: sqlite:///var/forecasts.db"
        )
    if not rest.startswith("/"):
        raise ValueError(f"sqlite needs three slashes before the path. Write sqlite:///{rest}")
    if rest.startswith("/~") or VARIABLE.search(rest):
        sign = "~" if rest.startswith("/~") else "$"
        raise ValueError(f"{sign} has no meaning here. Write the whole path, with four slashes: sqlite:////home/…")
    path, _, options = rest.partition("?")
    if path.startswith("/file:") or (options and not _OPTIONS.fullmatch(options)):
        raise ValueError(
            f"only a path can be written here, and no options. Write sqlite:///{path[1:].removeprefix('file:')}"
        )
    return text
