"""The file ``.env`` as people write it: what cannot be read in it, and which names in it are slips."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from io import StringIO
from pathlib import Path
from typing import Final

from dotenv.parser import Binding, parse_stream

from forecasting.errors import BadSettings

ENCODING: Final = "utf-8-sig"
"""UTF-8, with or without the mark that Windows writes before it."""

_SIMILAR: Final = 0.85
"""How alike, as difflib counts, two names are of which one is a slip for the other: so is PRICE, and not MODEL_ID."""

_KEY: Final = re.compile(r"\s*(?:export\s+)?'?([A-Za-z_]\w*)")
_CUT_OFF: Final = re.compile(_KEY.pattern + r"'?\s*=\s*[^'\"\s#][^\n]*?\s(#\S[^\n]*)")


def read_env_file(path: Path) -> tuple[Binding, ...]:
    """The lines of ``path`` that set something or cannot be read; none if there is no such file.

    Raises:
        BadSettings: the file as a whole cannot be read.
    """
    try:
        text = path.read_text(ENCODING)
    except FileNotFoundError:
        return ()
    except IsADirectoryError:
        raise BadSettings(
            f"{path}: this is a folder, not a file. Remove it, and write the settings into a file of this name."
        ) from None
    except UnicodeDecodeError:
        raise BadSettings(f"{path}: the file is not UTF-8 text. Save it again in the encoding UTF-8.") from None
    except OSError as error:
        raise BadSettings(
            f"{path}: the file cannot be read ({error.strerror}). Give it to the user that runs this program: "
            f"chown USER {path}"
        ) from None
    if "\0" in text:
        raise BadSettings(f"{path}: the file is not UTF-8 text. Save it again in the encoding UTF-8.")
    return tuple(parse_stream(StringIO(text)))


def exposed_env_file(path: Path = Path(".env")) -> str | None:
    """A sentence if other users of this machine can read ``path``, which holds secrets; None if they can't."""
    if (
        os.name != "posix"
        or not os.access(path, os.F_OK)
        or not path.is_file()
        or not path.stat().st_mode & stat.S_IROTH
    ):
        return None
    return f"other users of this machine can read the token and passwords in it. Change that: chmod 600 {path}"


def line_problems(bindings: Iterable[Binding], path: Path, known: Iterable[str]) -> Iterator[tuple[str, str]]:
    """What is wrong with the lines themselves: pairs of the setting's name, in capitals, and a sentence about it.

    Args:
        bindings: what ``read_env_file`` gave for ``path``.
        known: the names of all settings, in capitals. Lines that set others are not looked at.
    """
    names = set(known)
    first: dict[str, int] = {}
    for binding in bindings:
        start = binding.original.string
        line = binding.original.line + start[: len(start) - len(start.lstrip())].count("\n")
        found = _KEY.match(start)
        name = found[1].upper() if found else ""
        where = f"line {line} of {path}"
        if binding.error and name not in names:
            yield str(path), _unreadable("NAME", binding, where)
        elif name in names and binding.value is None:
            yield name, _unreadable(name, binding, where)
        elif name in names:
            if name in first:
                yield name, f"it is set twice, in lines {first[name]} and {line} of {path}. Remove one of them."
            first.setdefault(name, line)
            if cut := _CUT_OFF.match(start):
                yield (
                    name,
                    f"in {where} everything from {_shown(name, cut[2])} on counts as a comment. Put single quotes "
                    "around the value, or a space after the #.",
                )


def slips(names: Iterable[str], known: Iterable[str]) -> Mapping[str, str]:
    """The ``names`` that are no setting but nearly spelt like one, each with a sentence."""
    settings = tuple(known)
    found = {}
    for name in names:
        close = [] if name.upper() in settings else get_close_matches(name.upper(), settings, 1, _SIMILAR)
        if close:
            found[name] = (
                f"there is no setting of this name. Did you mean {close[0]}? Rename it; if another program needs it, "
                f"unset it for this one."
            )
    return found


def unused_names(known: Iterable[str], path: Path = Path(".env")) -> tuple[str, ...]:
    """The names that ``path`` sets although nothing reads them. Docker Compose reads the file too: its are left out."""
    try:
        names = {binding.key for binding in read_env_file(path) if binding.key}
    except BadSettings:
        return ()
    settings = {name.upper() for name in known}
    return tuple(
        sorted(n for n in names if n.upper() not in settings and not n.startswith(("COMPOSE_", "DOCKER_", "POSTGRES_")))
    )


def _unreadable(name: str, binding: Binding, where: str) -> str:
    if not binding.error:
        return f"{where} has no = after the name. Write {name}=VALUE."
    if re.search(r"=\s*['\"]", binding.original.string):
        return f"{where} has text behind a closing quote, or no closing quote. Put one pair of quotes around the value."
    return f"{where} cannot be read. Write {name}=VALUE."


def _shown(name: str, text: str) -> str:
    return "the #" if name in ("DISCORD_TOKEN", "DATABASE_URL", "PUSH_URL") else repr(text[:20])
