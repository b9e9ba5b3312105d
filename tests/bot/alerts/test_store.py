"""Members' alerts in both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from bot.cogs.alerts.store import LARGEST_NUMBER, Alerts


@pytest.mark.parametrize("number", [LARGEST_NUMBER, LARGEST_NUMBER + 1, 2**53])
def test_no_alert_has_a_number_that_the_database_cannot_hold(engine: Engine, number: int) -> None:
    assert Alerts(engine, "simulated").remove(7, number) is None
