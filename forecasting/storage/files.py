"""Files that are complete at every moment, even if a job is killed while it writes one."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

VARIABLE: Final = re.compile(r"\$[A-Za-z_{]")
"""Where a path has a variable, which only a shell replaces."""


def path_of(text: str) -> Path:
    """``text`` as people write a path, with ``~`` for their home.

    Raises:
        ValueError: it begins with the home of somebody who is unknown, or has a variable, which only a shell replaces.
    """
    try:
        path = Path(text.strip()).expanduser()
    except RuntimeError:
        raise ValueError(f"{text[:40]!r} has a ~ that means nothing here. Write the whole path.") from None
    if VARIABLE.search(text):
        raise ValueError(f"{text[:40]!r} has a $ that means nothing here. Write the whole path.")
    return path


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A file next to ``path`` to write to. It takes the place of ``path`` once it is complete and on the disk.

    If the block fails, ``path`` stays as it was.
    """
    half = path.with_name(f".half-{path.name}")
    try:
        yield half
        with half.open("r+b") as file:
            os.fsync(file.fileno())
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)


def replace_file(path: Path, data: bytes) -> None:
    """Replace a file as a whole, see ``replacing``."""
    with replacing(path) as half:
        half.write_bytes(data)
