"""The answer to ``/report status`` in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.calendar.weektime import WeeklyTime
from bot.cogs.report.deliveries import Delivery
from bot.cogs.report.message import status
from bot.cogs.report.subscriptions import ReportOptions, Subscription
from bot.delivery import MAX_ATTEMPTS
from bot.texts import Texts
from tests.support.messages import NOW


class TestReportStatus:
    WISH = ReportOptions(42, WeeklyTime("sat", time(9, 0), ZoneInfo("America/New_York")))
    SUBSCRIPTION = Subscription(1, WISH, NOW - timedelta(weeks=4))
    DUE = WISH.when.newest(NOW)

    @pytest.mark.parametrize(
        ("state", "words"),
        [
            ("sent", "was posted"),
            ("sending", "I'll check whether it arrived"),
            ("unknown", "I'll check whether it arrived"),
            ("lost", "I won't post it again"),
            ("empty", "none of its ETFs has a forecast yet"),
            ("failed", "I'll try again"),
            ("refused", " failed <t:"),
        ],
    )
    def test_the_last_delivery_is_told(self, state: str, words: str) -> None:
        last = Delivery(self.WISH.when.period(self.DUE), state, 1, self.DUE)  # type: ignore[arg-type]
        text = status(Texts(), [(self.SUBSCRIPTION, last)], NOW, self.DUE + timedelta(hours=1))
        assert "<#42>" in text
        assert last.period in text
        assert words in text

    def test_a_report_that_is_tried_no_more_is_not_promised(self) -> None:
        last = Delivery("2026-W47", "failed", MAX_ATTEMPTS, NOW)
        text = status(Texts(), [(self.SUBSCRIPTION, last)], NOW, NOW)
        assert "I gave up" in text
        assert "try again" not in text

    @pytest.mark.parametrize("state", ["failed", "unknown", "sending"])
    @pytest.mark.parametrize("days", [4, 6, 8])
    def test_a_report_that_has_become_too_old_is_not_promised(self, state: str, days: int) -> None:
        last = Delivery(self.WISH.when.period(self.DUE), state, 4, self.DUE)  # type: ignore[arg-type]
        text = status(Texts(), [(self.SUBSCRIPTION, last)], NOW, self.DUE + timedelta(days=days))
        assert ("too late" in text) == (days > 5)
        assert ("try again" in text) == (days < 5)

    @pytest.mark.parametrize(("week", "days"), [("2026-W40", 0), ("sent", 7)])
    def test_the_next_report_is_none_of_a_week_that_has_had_one(self, week: str, days: int) -> None:
        """A server whose day was changed after the week's report."""
        due = self.WISH.when.next(NOW)
        last = Delivery(self.WISH.when.period(due) if week == "sent" else week, "sent", 1, NOW)
        text = status(Texts(), [(self.SUBSCRIPTION, last)], NOW, NOW)
        assert f"Next: <t:{int((due + timedelta(days=days)).timestamp())}" in text

    @pytest.mark.parametrize(
        ("problem", "words"), [("forbidden", "doesn't let me post there"), ("gone", "channel no longer exists")]
    )
    def test_a_channel_that_is_not_tried_is_told(self, problem: str, words: str) -> None:
        text = status(Texts(), [(replace(self.SUBSCRIPTION, problem=problem), None)], NOW, NOW)
        assert words in text
        assert "stopped trying" in text
