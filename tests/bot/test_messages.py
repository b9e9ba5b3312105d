"""What people read, as pure functions: right words, right signs, inside Discord's limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import discord
import pytest

from bot.calendar.weektime import WeeklyTime
from bot.cogs.forecast.message import forecast_alt_text, forecast_embed
from bot.cogs.help.message import help_embed
from bot.cogs.report.message import subscription_status
from bot.cogs.report.subscriptions import MAX_ATTEMPTS, Delivery, ReportOptions, Subscription
from bot.cogs.report.weekly import weekly_embed
from bot.cogs.scores.message import scores_alt_text, scores_embed, symbol_scores_embed
from bot.cogs.status.message import Status, status_embed
from bot.interactions.failures import bot_lacks, forecasting_failure, member_lacks
from bot.interactions.formats import MAX_ALT_TEXT
from bot.jobs.job import Job, Progress, RunningJob, WorkerState
from bot.texts import Texts
from forecasting import Failure, ForecastReport, NoForecastYet, Run, Symbol, UnknownSymbol
from tests.support.reports import AS_OF, LSTM, made_report, young_report

NOW = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)
IDLE = WorkerState(None, ())
BEHIND = [made_report(), made_report("SPY", as_of=date(2026, 11, 6))]
JOB = Job("retrain", (Symbol("SPY"), Symbol("ARKK")), AS_OF)


def extreme(count: int) -> list[ForecastReport]:
    """As many ETFs with the longest names and dearest prices."""
    return [
        replace(
            made_report(f"LONGTICKER{number:05}", name="N" * 100, last_close=98_765_432.1),
            notes=("A note that goes on and on. " * 20,) * 5,
            scores=dict.fromkeys(made_report().scores, replace(LSTM, mae=9_876_543.2, mse=9.7e13, rmse=9_876_543.2)),
        )
        for number in range(count)
    ]


def assert_within_limits(embed: discord.Embed) -> None:
    """As Discord documents them."""
    assert len(embed) <= 6000
    assert len(embed.title or "") <= 256
    assert len(embed.description or "") <= 4096
    assert len(embed.fields) <= 25
    assert all(0 < len(field.name or "") <= 256 and 0 < len(field.value or "") <= 1024 for field in embed.fields)
    assert len(embed.footer.text or "") <= 2048


class TestForecast:
    def test_prices_and_changes_stand_beside_each_other(self) -> None:
        fields = forecast_embed(Texts(), made_report(last_close=100.0), "chart.png", NOW).fields
        assert fields[0].name == "In 5 trading days"
        value = fields[0].value or ""
        assert "Median **$100.50** (+0.5%)" in value
        assert "80% range: $96.03 to $104.97" in value
        assert "(−4.0% to +5.0%)" in value

    def test_the_alt_text_says_what_the_chart_shows(self) -> None:
        text = forecast_alt_text(Texts(), made_report(last_close=100.0))
        for words in (
            "to 2026-11-13 ($100.00)",
            "In 60 trading days: median $106.00 (+6.0%)",
            "6% better",
            "simulated",
        ):
            assert words in text

    def test_notes_are_shown(self) -> None:
        embed = forecast_embed(Texts(), replace(made_report(), notes=("A short history.",)), None, NOW)
        assert "A short history." in [field.value for field in embed.fields]
        assert embed.image.url is None

    def test_a_note_that_is_too_long_is_cut_rather_than_dropped(self) -> None:
        embed = forecast_embed(Texts(), replace(made_report(), notes=("A short history. " * 100,)), None, NOW)
        assert [f.value for f in embed.fields if (f.value or "").startswith("A short history.")]
        assert_within_limits(embed)

    def test_a_young_etf_has_a_forecast_and_no_record(self) -> None:
        embed = forecast_embed(Texts(), young_report(), "chart.png", NOW)
        shown = {field.name: field.value for field in embed.fields}
        assert shown["How accurate past forecasts were"] == "YNG is too young for a backtest of its own."
        assert "no errors to show yet" in (shown["Please note"] or "")
        assert "YNG is too young for a backtest of its own." in forecast_alt_text(Texts(), young_report())

    def test_extremes_fit(self) -> None:
        (report,) = extreme(1)
        assert_within_limits(forecast_embed(Texts(), report, "chart.png", NOW))
        assert len(forecast_alt_text(Texts(), report)) <= MAX_ALT_TEXT


class TestScores:
    @pytest.mark.parametrize("count", [1, 25, 100])
    def test_any_number_of_etfs_fits_and_those_left_out_are_counted(self, count: int) -> None:
        reports = extreme(count)
        embed = scores_embed(Texts(), reports, "scores.png", NOW)
        assert_within_limits(embed)
        shown = (embed.description or "").count("LONGTIC…") // 3
        assert shown == count or f"… and {count - shown} more" in (embed.description or "")
        assert shown >= min(count, 25)
        assert len(scores_alt_text(Texts(), reports)) <= MAX_ALT_TEXT

    def test_young_etfs_are_named_below_the_tables_of_the_others(self) -> None:
        reports = [made_report("SPY"), young_report("YNG"), young_report("NEW")]
        text = scores_embed(Texts(), reports, "scores.png", NOW).description or ""
        assert text.endswith("Too young for a backtest: YNG, NEW.")
        assert [line.split()[0] for line in text.splitlines() if "12.87" in line] == ["SPY"]
        alt_text = scores_alt_text(Texts(), reports)
        assert "Too young for a backtest: YNG, NEW" in alt_text
        assert "SPY: MAE $12.10" in alt_text

    def test_where_all_are_young_there_is_no_table(self) -> None:
        reports = [young_report("YNG"), young_report("NEW")]
        text = scores_embed(Texts(), reports, None, NOW).description or ""
        assert text == "As of <t:1794603600:f>.\nNo ETF has scores yet.\nToo young for a backtest: YNG, NEW."
        assert "No ETF has scores yet" in scores_alt_text(Texts(), reports)

    def test_a_hundred_young_ones_beside_many_others_fit(self) -> None:
        reports = [*extreme(60), *(replace(report, scores={}) for report in extreme(100))]
        assert_within_limits(scores_embed(Texts(), reports, "scores.png", NOW))
        assert len(scores_alt_text(Texts(), reports)) <= MAX_ALT_TEXT

    def test_of_one_young_etf_the_answer_says_why_there_is_nothing(self) -> None:
        text = symbol_scores_embed(Texts(), young_report(), None, NOW).description or ""
        assert text.startswith("As of <t:1794603600:f>. YNG is too young for a backtest of its own")
        assert "Test dates" not in text

    def test_the_table_of_one_lines_up(self) -> None:
        embed = symbol_scores_embed(Texts(), made_report(), None, NOW)
        table = (embed.description or "").split("```")[1].strip("\n").splitlines()
        assert [line.split()[0] for line in table[1:]] == ["LSTM", "HAR", "No", "Drift", "Climatology"]
        assert len({len(line) for line in table}) == 1
        assert table[1].split() == ["LSTM", "12.10", "15.83", "250.50", "2.5", "+0.06", "81%", "95%"]


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


def status(**changes: object) -> Status:
    facts = Status(
        source="simulated",
        reports=[made_report("SPY")],
        missing=(),
        jobs=IDLE,
        next_runs={"retrain": NOW, "refresh": NOW},
        last_runs={"retrain": None, "refresh": None},
        problem=None,
        changes=(),
        now=NOW,
    )
    return replace(facts, **changes)


class TestStatus:
    def field(self, shown: Status, name: str) -> str:
        return next(field.value or "" for field in status_embed(Texts(), shown).fields if field.name == name)

    def test_progress_and_queue(self) -> None:
        running = RunningJob(JOB, NOW, Progress("SPY", "backtest", 3, 8))
        now = self.field(status(jobs=WorkerState(running, (replace(JOB, kind="refresh"),))), "Now")
        assert now.splitlines() == [
            "Running: training of SPY, ARKK, started <t:1795014000:R>: SPY, backtest (3 of 8)",
            "Waiting: refresh of SPY, ARKK",
        ]

    def test_what_failed(self) -> None:
        failed = (Failure(Symbol("FNGU"), "UnknownSymbol", "No ETF is known by that name."),)
        run = Run("retrain", "simulated", AS_OF, NOW, NOW + timedelta(minutes=5), (Symbol("SPY"),), failed)
        value = self.field(status(last_runs={"retrain": run, "refresh": None}), "Training")
        assert "1 succeeded, 1 failed" in value
        assert "FNGU: No ETF is known by that name." in value

    def test_what_is_behind_and_what_is_missing(self) -> None:
        reports = [made_report("SPY"), made_report("ARKK", as_of=date(2026, 11, 6))]
        value = self.field(status(reports=reports, missing=(Symbol("FNGU"),)), "Forecasts")
        assert "Older, as far back as <t:1793998800:f>: ARKK" in value
        assert "No forecast yet for FNGU" in value

    def test_extremes_fit(self) -> None:
        symbols = tuple(Symbol(f"LONGTICKER{number:05}") for number in range(100))
        failed = tuple(Failure(symbol, "BadPrices", "A long sentence. " * 30) for symbol in symbols)
        run = Run("retrain", "simulated", AS_OF, NOW, NOW, symbols, failed)
        job = Job("retrain", symbols, AS_OF)
        jobs = WorkerState(RunningJob(job, NOW, Progress("SPY", "fit", 1, 8)), (job,) * 30)
        shown = status(
            reports=extreme(100),
            missing=symbols,
            jobs=jobs,
            last_runs={"retrain": run, "refresh": run},
            problem="Something long. " * 200,
        )
        assert_within_limits(status_embed(Texts(), shown))


class TestReportStatus:
    WISH = ReportOptions(42, WeeklyTime("sat", time(9, 0), ZoneInfo("America/New_York")))
    SUBSCRIPTION = Subscription(1, WISH, NOW)

    @pytest.mark.parametrize(
        ("state", "words"),
        [
            ("sent", "was posted"),
            ("sending", "won't post it again"),
            ("failed", "I'll try again"),
            ("refused", "W47 failed <t:"),
        ],
    )
    def test_the_last_delivery_is_told(self, state: str, words: str) -> None:
        last = Delivery("2026-W47", state, 1, NOW)  # type: ignore[arg-type]
        text = subscription_status(Texts(), self.SUBSCRIPTION, last, NOW, NOW)
        assert "<#42>" in text
        assert "2026-W47" in text
        assert words in text

    def test_a_report_that_is_tried_no_more_is_not_promised(self) -> None:
        last = Delivery("2026-W47", "failed", MAX_ATTEMPTS, NOW)
        text = subscription_status(Texts(), self.SUBSCRIPTION, last, NOW, NOW)
        assert "I gave up" in text
        assert "try again" not in text

    @pytest.mark.parametrize(("week", "days"), [("2026-W40", 0), ("sent", 7)])
    def test_the_next_report_is_none_of_a_week_that_has_had_one(self, week: str, days: int) -> None:
        """A server whose day was changed after the week's report."""
        due = self.WISH.when.next(NOW)
        last = Delivery(self.WISH.when.week(due) if week == "sent" else week, "sent", 1, NOW)
        text = subscription_status(Texts(), self.SUBSCRIPTION, last, NOW, NOW)
        assert f"Next: <t:{int((due + timedelta(days=days)).timestamp())}" in text

    @pytest.mark.parametrize(
        ("problem", "words"), [("forbidden", "doesn't let me post there"), ("gone", "channel no longer exists")]
    )
    def test_a_channel_that_is_not_tried_is_told(self, problem: str, words: str) -> None:
        text = subscription_status(Texts(), replace(self.SUBSCRIPTION, problem=problem), None, NOW, NOW)
        assert words in text
        assert "stopped trying" in text


class TestFailures:
    @pytest.mark.parametrize(("typed", "hint"), [("XYZ", ""), ("spx", " Did you mean SPY?")])
    def test_an_unknown_etf_is_answered_with_those_that_are_known(self, typed: str, hint: str) -> None:
        words = forecasting_failure(Texts(), UnknownSymbol(typed, (Symbol("SPY"), Symbol("ARKK"))), IDLE)
        assert words == f"I don't know an ETF called “{typed}”. Check the spelling. Available here: SPY, ARKK.{hint}"

    def test_any_other_error_speaks_for_itself(self) -> None:
        error = NoForecastYet("SPY", "yahoo", "Yahoo cannot be reached.")
        assert forecasting_failure(Texts("de"), error, IDLE) == str(error)

    def test_while_a_job_runs_a_missing_forecast_is_on_its_way(self) -> None:
        jobs = WorkerState(RunningJob(JOB, NOW, Progress("SPY", "fit", 1, 3)), ())
        text = forecasting_failure(Texts(), NoForecastYet("SPY", "simulated"), jobs)
        assert "In progress: training of SPY, ARKK" in text
        assert "SPY, fit (1 of 3)" in text

    def test_permissions_are_named_as_discord_names_them(self) -> None:
        lacking = member_lacks(Texts(), ["manage_guild"], "report here", "Club")
        assert "**Manage Server** in the server **Club**" in lacking
        assert "**Embed Links, Attach Files** in <#42>" in bot_lacks(Texts(), ["embed_links", "attach_files"], 42)


def test_help_with_very_many_commands_fits() -> None:
    commands: Sequence[tuple[str, str]] = [
        ("command.report.here", f"command{number} [option]") for number in range(100)
    ]
    assert_within_limits(help_embed(Texts(), commands))
