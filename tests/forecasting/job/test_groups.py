"""Many ETFs are worked on in groups, so that neither memory nor the cost of an ETF grows with their number."""

from __future__ import annotations

from forecasting import Symbol
from forecasting.job.groups import PANEL_MOST, Group, panel_groups
from forecasting.model.market import MARKET

THOUSAND = [Symbol(f"E{n:03}") for n in range(999)] + [MARKET]


def test_few_etfs_are_one_group_whoever_is_asked_for() -> None:
    few = THOUSAND[-PANEL_MOST:]

    assert panel_groups(few, few[:1]) == (Group(frozenset(few), frozenset(few)),)


def test_each_of_a_thousand_etfs_is_in_one_group_and_the_market_is_seen_in_all() -> None:
    groups = panel_groups(THOUSAND, THOUSAND)

    assert all(PANEL_MOST // 2 < len(group.members) <= len(group.panel) <= PANEL_MOST for group in groups)
    assert all(group.panel == group.members | {MARKET} for group in groups)
    assert sorted(symbol for group in groups for symbol in group.members) == sorted(THOUSAND)


def test_an_etf_learns_from_the_same_group_whatever_else_the_job_does() -> None:
    for symbol in (THOUSAND[500], MARKET):
        (alone,) = panel_groups(THOUSAND, [symbol])

        assert alone in panel_groups(THOUSAND, THOUSAND)
        assert symbol in alone.members


def test_without_the_market_groups_have_their_own_etfs_alone() -> None:
    symbols = THOUSAND[:-1]

    assert all(group.panel == group.members for group in panel_groups(symbols, symbols))
