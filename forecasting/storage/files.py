"""Files that are whole at every moment, whatever moment a job is killed at."""

from __future__ import annotations

import os
from pathlib import Path


def replace_file(path: Path, data: bytes) -> None:
    """Replace a file as a whole, and only once its new content has reached the disk."""
    half = path.with_name(f".half-{path.name}")
    with half.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)
