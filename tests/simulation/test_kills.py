"""Real processes killed by SIGKILL. ``make test-kills`` kills a hundred of each kind; these are a selection."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.kills import KILLS

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("kind", KILLS)
async def test_after_kills_at_drawn_points_the_next_process_completes_the_work(kind: str, tmp_path: Path) -> None:
    trial = await KILLS[kind](tmp_path, 4)
    assert trial.deaths == 4
