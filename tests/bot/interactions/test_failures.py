"""What people read when something did not work."""

from __future__ import annotations

import pytest

from bot.interactions.failures import bot_lacks, forecasting_failure, member_lacks
from bot.jobs.job import Progress, RunningJob, WorkerState
from bot.texts import Texts
from forecasting import NoForecastYet, Symbol, UnknownSymbol
from tests.support.messages import IDLE, JOB, NOW


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
