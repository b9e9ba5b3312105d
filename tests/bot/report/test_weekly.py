"""The lines of the weekly report, inside Discord's limits."""

from __future__ import annotations

from bot.cogs.report.weekly import weekly_embed
from bot.texts import Texts
from forecasting import Symbol
from tests.support.messages import BEHIND, NOW, assert_within_limits, extreme
from tests.support.reports import made_report, young_report


class TestWeekly:
    def test_each_etf_is_a_line_with_its_skill(self) -> None:
        embed = weekly_embed(Texts(), [made_report(last_close=100.0), made_report("SPY")], (), None, NOW)
        assert (
            "**ARKK** $100.00 → **$106.00** (+6.0%) [$90.51 to $121.49] · 6% better than assuming no change"
            in (embed.description or "").splitlines()
        )
        assert "not new" not in (embed.description or "").casefold()

    def test_what_was_not_retrained_is_said_at_the_top_and_at_its_line(self) -> None:
        text = weekly_embed(Texts(), [made_report(), made_report("SPY")], (Symbol("SPY"),), None, NOW).description or ""
        assert text.startswith("**Not new:** this week's training failed for SPY, so an older model is used")
        assert [line[:7] for line in text.splitlines() if line.endswith("not new")] == ["**SPY**"]

    def test_an_etf_that_is_behind_the_others_shows_its_session(self) -> None:
        text = weekly_embed(Texts(), BEHIND, (), None, NOW).description or ""
        assert "As of the close of <t:1794603600:f>" in text
        (line,) = (line for line in text.splitlines() if line.startswith("**SPY**"))
        assert "as of <t:1793998800:d>" in line

    def test_a_young_etf_has_a_line_without_skill(self) -> None:
        text = weekly_embed(Texts(), [made_report("SPY"), young_report()], (), None, NOW).description or ""
        (line,) = (line for line in text.splitlines() if line.startswith("**YNG**"))
        assert line.endswith(" · too young for a backtest of its own")

    def test_a_hundred_etfs_fit(self) -> None:
        reports = extreme(100)
        embed = weekly_embed(Texts(), reports, [report.symbol for report in reports], "errors.png", NOW)
        assert_within_limits(embed)
        assert "more" in (embed.description or "")
        assert_within_limits(weekly_embed(Texts(), reports, [report.symbol for report in reports[::2]], None, NOW))
