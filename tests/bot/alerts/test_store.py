"""Members' alerts in both databases."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.cogs.alerts.store import LARGEST_NUMBER, Alerts
from forecasting import open_database


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
@pytest.mark.parametrize("number", [LARGEST_NUMBER, LARGEST_NUMBER + 1, 2**53])
def test_no_alert_has_a_number_that_the_database_cannot_hold(
    request: pytest.FixtureRequest, tmp_path: Path, database: str, number: int
) -> None:
    url = f"sqlite:///{tmp_path}/bot.db" if database == "sqlite" else request.getfixturevalue("postgresql")
    engine = open_database(url)
    assert Alerts(engine, "simulated").remove(7, number) is None
    engine.dispose()
