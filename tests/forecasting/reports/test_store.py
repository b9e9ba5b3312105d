"""The store: what a job publishes is what a reader gets, and an issued forecast stays as it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from sqlalchemy import Engine, event

from forecasting import Failure, ForecastReport, ReportStore, Run, Scores, Step
from forecasting.models import MODELS
from forecasting.record.issued import issued_forecasts
from forecasting.report import THEMES, Close
from forecasting.reports.publication import Publication
from forecasting.reports.store import KEPT_REPORTS
from forecasting.scenarios.past_returns import PastReturns
from forecasting.sessions import next_sessions
from forecasting.universe import Symbol

NOW = datetime(2025, 1, 4, 13, 0, tzinfo=UTC)
AS_OF = date(2025, 1, 3)
SPY, ARKK, TLT, GLD = Symbol("SPY"), Symbol("ARKK"), Symbol("TLT"), Symbol("GLD")


def made_report(
    symbol: Symbol = SPY, as_of: date = AS_OF, version: str = "a", source: str = "simulated"
) -> ForecastReport:
    scores = Scores(12.1, 250.5, 15.8, 2.5, 9.0, 3.0, 0.06, 0.01, 0.81, 0.95, 198, pinball=0.01)
    steps = tuple(
        Step(step, session, tuple(100.0 + step / 3 + level for level in range(7)))
        for step, session in enumerate(next_sessions(as_of, 60), 1)
    )
    return ForecastReport(
        symbol=symbol,
        name=f"{symbol} fund",
        source=source,
        as_of=as_of,
        trained_at=NOW,
        model_version=f"{symbol}-{as_of}-{version}",
        last_close=101.25,
        currency="USD",
        history=(Close(as_of - timedelta(days=1), 100.1), Close(as_of, 101.25, 101.25)),
        forecast=steps,
        scores=dict.fromkeys(MODELS, scores),
        backtest_from=date(2020, 1, 2),
        backtest_to=date(2024, 10, 1),
        notes=("A short history.",),
    )


def made(report: ForecastReport, mark: str = "") -> Publication:
    charts = {
        (subject, theme): f"{report.model_version} {subject} {theme}{mark}".encode()
        for subject, theme in product(("forecast", "scores"), THEMES)
    }
    return Publication(report, charts, adjustment=1.01, data_hash="d" * 64, code_version="0.1.0+abc", seed=7)


@pytest.fixture
def store(engine: Engine) -> ReportStore:
    return ReportStore(engine)


def test_a_published_report_comes_back_equal_with_its_pictures(store: ReportStore) -> None:
    report = made_report()

    assert store.publish(made(report), NOW)

    assert store.latest(SPY, "simulated") == report
    assert store.all_latest("simulated") == (report,)
    assert store.symbols("simulated") == (SPY,)
    assert store.chart(SPY, "simulated", "dark") == f"{report.model_version} forecast dark".encode()
    assert store.with_chart(SPY, "simulated", "light") == (report, f"{report.model_version} forecast light".encode())
    assert store.scores_chart("simulated", "light", SPY) == f"{report.model_version} scores light".encode()


def test_the_pictures_of_scores_are_those_of_the_model_of_the_latest_report(store: ReportStore) -> None:
    old, new = made_report(version="a"), made_report(as_of=date(2025, 1, 6), version="b")
    store.publish(made(old), NOW)
    store.publish(made(new), NOW)

    of_new = {theme: f"{new.model_version} scores {theme}".encode() for theme in THEMES}
    assert store.scores_charts_of(SPY, "simulated", new.model_version) == of_new
    assert store.scores_charts_of(SPY, "simulated", old.model_version) == {}
    assert store.scores_charts_of(ARKK, "simulated", new.model_version) == {}


def test_the_past_returns_of_the_report_written_last_are_kept(store: ReportStore) -> None:
    first, second = PastReturns((1, 2), (0.5, -0.25)), PastReturns((2, 3), (-0.25, 0.125))
    for day, returns in ((2, first), (3, second)):
        store.publish(replace(made(made_report(as_of=date(2025, 1, day))), past_returns=returns), NOW)
    store.publish(made(made_report(ARKK)), NOW)

    assert store.past_returns(SPY, "simulated") == second
    assert store.past_returns(ARKK, "simulated") is None, "an older program did not store any"
    assert store.past_returns(SPY, "yahoo") is None


def test_nothing_stored_is_told_by_none(store: ReportStore) -> None:
    assert store.latest(SPY, "csv") is None
    assert store.all_latest("csv") == ()
    assert store.with_chart(SPY, "csv", "dark") is None
    assert store.scores_chart("csv", "dark") is None
    assert store.runs.last("retrain", "csv") is None


def test_one_source_never_stands_in_for_another(store: ReportStore) -> None:
    store.publish(made(made_report(source="simulated")), NOW)

    assert store.latest(SPY, "yahoo") is None
    assert store.symbols("yahoo") == ()
    assert store.publish(made(made_report(source="yahoo")), NOW), "the same key from another source is another forecast"


def test_the_newest_as_of_wins_and_of_equals_the_one_written_last(store: ReportStore) -> None:
    newer = made_report(as_of=date(2025, 1, 3), version="a")
    older = made_report(as_of=date(2025, 1, 2), version="b")
    other_model = made_report(as_of=date(2025, 1, 3), version="c")

    store.publish(made(newer), NOW)
    store.publish(made(older), NOW + timedelta(hours=1))
    assert store.latest(SPY, "simulated") == newer
    assert store.chart(SPY, "simulated", "dark") == f"{newer.model_version} forecast dark".encode()

    store.publish(made(other_model), NOW + timedelta(hours=2))
    assert store.latest(SPY, "simulated") == other_model
    assert store.with_chart(SPY, "simulated", "dark") == (
        other_model,
        f"{other_model.model_version} forecast dark".encode(),
    )


def test_reports_of_several_symbols_are_alphabetical(store: ReportStore) -> None:
    for symbol in ("SPY", "ARKK", "FNGU"):
        for day in (2, 3):
            store.publish(made(made_report(Symbol(symbol), date(2025, 1, day))), NOW)

    assert [(r.symbol, r.as_of.day) for r in store.all_latest("simulated")] == [("ARKK", 3), ("FNGU", 3), ("SPY", 3)]
    assert store.symbols("simulated") == ("ARKK", "FNGU", "SPY")


def test_a_report_is_read_again_only_when_there_is_a_newer_one(store: ReportStore) -> None:
    store.publish(made(made_report(SPY, date(2025, 1, 2))), NOW)
    (first,) = store.all_latest("simulated")
    assert store.all_latest("simulated")[0] is first

    store.publish(made(made_report(SPY, date(2025, 1, 3))), NOW)
    assert [report.as_of.day for report in store.all_latest("simulated")] == [3]
    assert [report.as_of.day for report in store.all_latest("simulated", date(2025, 1, 2))] == [2]
    assert [report.as_of.day for report in store.all_latest("simulated")] == [3]


def test_the_same_forecast_again_renews_the_report_and_issues_nothing(store: ReportStore, engine: Engine) -> None:
    report = made_report()
    store.publish(made(report), NOW)
    later = replace(report, trained_at=NOW + timedelta(days=1), last_close=1.0)

    assert not store.publish(made(later, " again"), NOW + timedelta(days=1))

    assert store.latest(SPY, "simulated") == later
    assert store.chart(SPY, "simulated", "dark") == f"{report.model_version} forecast dark again".encode()
    (issued,) = issued_forecasts(engine, "simulated", SPY)
    assert issued.raw_close == report.last_close
    assert issued.issued_at == NOW


def test_an_issued_forecast_holds_what_scoring_it_takes(store: ReportStore, engine: Engine) -> None:
    report = made_report()

    store.publish(made(report), NOW)

    (issued,) = issued_forecasts(engine, "simulated", SPY)
    assert (issued.source, issued.symbol, issued.as_of, issued.model_version) == (
        "simulated",
        "SPY",
        AS_OF,
        report.model_version,
    )
    assert (issued.raw_close, issued.adjustment, issued.seed) == (101.25, 1.01, 7)
    assert (issued.data_hash, issued.code_version) == ("d" * 64, "0.1.0+abc")
    assert issued.quantiles == {step.session.isoformat(): list(step.quantiles) for step in report.forecast}


def test_old_reports_go_and_their_issued_forecasts_stay(store: ReportStore, engine: Engine) -> None:
    days = [date(2024, 11, 1) + timedelta(days=n) for n in range(KEPT_REPORTS + 3)]

    for day in days:
        store.publish(made(made_report(as_of=day)), NOW)

    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM reports").scalar() == KEPT_REPORTS
        assert connection.exec_driver_sql("SELECT count(*) FROM report_charts").scalar() == 4, "of the newest alone"
    assert [issued.as_of for issued in issued_forecasts(engine, "simulated", SPY)] == days


def test_a_publication_that_fails_leaves_nothing_of_itself(store: ReportStore, engine: Engine) -> None:
    report = made_report()
    store.publish(made(report), NOW)
    next_day = made_report(as_of=date(2025, 1, 6))
    broken = replace(made(next_day), data_hash=None)  # type: ignore[arg-type]  # the issued forecast cannot be written

    with pytest.raises(Exception, match="data_hash"):
        store.publish(broken, NOW)

    assert store.latest(SPY, "simulated") == report
    assert len(issued_forecasts(engine, "simulated", SPY)) == 1


def test_reading_takes_one_select(store: ReportStore, engine: Engine) -> None:
    store.publish(made(made_report()), NOW)
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *call: statements.append(call[2]))

    store.with_chart(SPY, "simulated", "dark")
    assert len(statements) == 1
    store.latest(SPY, "simulated")
    assert len(statements) == 2
    store.all_latest("simulated")
    assert len(statements) == 3


def test_the_overview_is_replaced(store: ReportStore) -> None:
    store.publish_overview("yahoo", {"dark": b"of yahoo", "light": b"of yahoo"})
    store.publish_overview("simulated", {"dark": b"old", "light": b"old"})
    store.publish_overview("simulated", {"dark": b"new", "light": b"new light"})

    assert store.scores_chart("simulated", "dark") == b"new"
    assert store.scores_chart("simulated", "light") == b"new light"
    assert store.scores_chart("yahoo", "dark") == b"of yahoo"


def test_the_last_run_of_a_kind_is_found(store: ReportStore) -> None:
    first = Run("retrain", "yahoo", AS_OF, NOW, NOW + timedelta(minutes=4), (SPY,), ())
    second = replace(first, finished_at=NOW + timedelta(days=7), failed=(Failure(ARKK, "BadPrices", "ARKK: broken."),))
    for run in (second, first, replace(first, kind="refresh", finished_at=NOW + timedelta(days=9))):
        store.runs.record(run)

    assert store.runs.last("retrain", "yahoo") == second
    assert store.runs.last("retrain", "simulated") is None


def test_a_training_that_somebody_asked_for_hides_no_weekly_one(store: ReportStore) -> None:
    broken = Failure(ARKK, "BadPrices", "ARKK: broken.")
    weekly = Run("retrain", "yahoo", AS_OF, NOW, NOW + timedelta(minutes=4), (SPY,), (broken,))
    store.runs.record(weekly)
    store.runs.record(replace(weekly, finished_at=NOW + timedelta(days=1), ok=(TLT,), failed=()))

    last = store.runs.last("retrain", "yahoo", (SPY, ARKK))
    assert last == weekly
    assert store.runs.last("retrain", "yahoo", (SPY, GLD)) == store.runs.last("retrain", "yahoo")
    assert store.runs.failures_since("retrain", "yahoo", NOW) == (broken,)
    assert store.runs.failures_since("retrain", "yahoo", NOW + timedelta(hours=1)) == ()

    store.runs.record(replace(weekly, finished_at=NOW + timedelta(days=2), ok=(ARKK,), failed=()))
    assert store.runs.failures_since("retrain", "yahoo", NOW) == ()

    store.runs.record(replace(weekly, finished_at=NOW + timedelta(days=3), ok=(), failed=(broken,)))
    assert store.runs.failures_since("retrain", "yahoo", NOW) == (broken,), "the newest try counts"


def test_times_keep_their_moment(store: ReportStore) -> None:
    local = NOW.astimezone().replace(microsecond=123456)
    store.runs.record(Run("refresh", "csv", AS_OF, local, local, (), ()))

    run = store.runs.last("refresh", "csv")

    assert run is not None
    assert run.started_at == local
    assert run.started_at.tzinfo is UTC
    with pytest.raises(Exception, match="no time zone"):
        store.runs.record(replace(run, started_at=datetime(2025, 1, 1)))  # noqa: DTZ001 - the mistake itself
