"""What all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.postgresql import postgresql, postgresql_server

__all__ = ["SHARED", "postgresql", "postgresql_server", "shared"]

SHARED = Path(os.environ.get("ETF_SHARED", Path(__file__).parents[2] / "shared"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with real prices, the benchmark's judge and Discord's own document; not part of the project."""
    if not SHARED.is_dir():
        pytest.skip(f"needs the development material, and {SHARED} does not exist; ETF_SHARED names another place")
    return SHARED
