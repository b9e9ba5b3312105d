"""Which decisions between models operators are told of."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.cogs.ops.problems import model_problems
from forecasting import Decision, Symbol

NOW = datetime(2026, 11, 14, 13, 0, tzinfo=UTC)
REFUSED = Decision("yahoo", Symbol("SPY"), "new", "old", "refused", "The bands are 3 times as wide.", {}, NOW)


def test_a_refused_model_is_a_trouble_and_any_other_verdict_is_none() -> None:
    (problem,) = model_problems(
        [REFUSED, replace(REFUSED, verdict="promoted"), replace(REFUSED, verdict="rolled back")]
    )

    assert problem.sentence == "SPY: new was not accepted; in use: old. The bands are 3 times as wide."
    assert problem.server_id is None


def test_each_refused_model_is_told_once() -> None:
    def key(decision: Decision) -> str:
        return model_problems([decision])[0].key

    assert key(REFUSED) == key(replace(REFUSED, decided_at=NOW + timedelta(hours=1)))
    assert key(REFUSED) != key(replace(REFUSED, challenger="newer"))
    assert key(REFUSED) != key(replace(REFUSED, symbol=Symbol("ARKK")))
