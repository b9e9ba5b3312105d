"""Amounts, changes, moments and lists, written the same way everywhere."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from bot.interactions.formats import as_text, compact, fitting, record_line, signed_percent, skill, source_words, usd
from bot.texts import Texts
from tests.support.reports import LSTM, made_report, young_report


class TestFormats:
    @pytest.mark.parametrize(
        ("amount", "words"),
        [
            (12.1, "$12.10"),
            (1234.5, "$1,234.50"),
            (9_876_543.2, "$9,876,543.20"),
            (-0.5, "−$0.500"),
            (0.03124, "$0.0312"),
            (0.0996, "$0.0996"),
            (0.09999, "$0.100"),
            (0.9996, "$1.00"),
            (0.0, "$0.00"),
            (math.nan, "$nan"),
        ],
    )
    def test_dollars_have_cents_and_less_than_one_has_three_digits(self, amount: float, words: str) -> None:
        assert usd(Texts(), amount) == words

    @pytest.mark.parametrize(
        ("currency", "words"), [("EUR", "€12.10"), ("CHF", "CHF 12.10"), ("GBP", "£12.10"), ("GBp", "12.10p")]
    )
    def test_another_currency_has_its_sign_or_its_code(self, currency: str, words: str) -> None:
        assert usd(Texts(), 12.1, currency) == words

    @pytest.mark.parametrize(
        ("amount", "currency", "words"),
        [
            (1234.5, "USD", "1.234,50\u00a0$"),
            (0.03124, "EUR", "0,0312\u00a0€"),
            (-0.5, "USD", "−0,500\u00a0$"),
            (12.1, "CHF", "12,10\u00a0CHF"),
            (1234.0, "GBp", "1.234,00\u00a0p"),
        ],
    )
    def test_german_has_german_numbers(self, amount: float, currency: str, words: str) -> None:
        assert usd(Texts("de"), amount, currency) == words
        assert compact(Texts("de"), 4821.4) == "4.821"
        assert signed_percent(Texts("de"), 0.0612) == "+6,1\u00a0%"
        assert Texts("de").counted("track.scored", 1234).startswith("1.234 Schlusskurse")

    def test_french_has_french_numbers(self) -> None:
        assert usd(Texts("fr"), -1234.5) == "−1\u202f234,50\u00a0$"
        assert signed_percent(Texts("fr"), 0.0612) == "+6,1\u202f%"
        assert Texts("fr").counted("track.scored", 1234).startswith("1\u202f234 clôtures")

    @pytest.mark.parametrize(
        ("share", "words"),
        [(0.0612, "+6.1%"), (-0.0612, "−6.1%"), (0.0, "±0.0%"), (-0.0004, "±0.0%"), (1.5, "+150.0%")],
    )
    def test_changes_have_a_sign(self, share: float, words: str) -> None:
        assert signed_percent(Texts(), share) == words

    @pytest.mark.parametrize(
        ("skill_rw", "words"),
        [
            (0.06, "6% better than assuming no change"),
            (-0.031, "3% worse than assuming no change"),
            (0.004, "no better or worse than assuming no change"),
        ],
    )
    def test_skill_is_said_beside_its_baseline(self, skill_rw: float, words: str) -> None:
        assert skill(Texts(), replace(LSTM, skill_rw=skill_rw)) == words

    def test_the_record_is_one_line(self) -> None:
        assert record_line(Texts(), made_report()) == (
            "On 198 past test dates this model was off by $12.10 on average (MAE), 6% better than assuming no "
            "change. The 80% band contained the price 81% of the time."
        )

    def test_of_a_young_etf_it_says_why_there_is_none(self) -> None:
        assert record_line(Texts(), young_report()) == "YNG is too young for a backtest of its own."

    def test_a_source_that_nobody_foresaw_goes_by_its_name(self) -> None:
        assert source_words(Texts(), "tape") == "tape prices"

    @pytest.mark.parametrize(
        ("amount", "words"),
        [
            (0.0, "0.00"),
            (0.5, "0.500"),
            (0.03124, "0.0312"),
            (0.001, "0.00100"),
            (0.0000312, "3.12e-5"),
            (0.9996, "1.00"),
            (999.99, "999.99"),
            (999.996, "1,000"),
            (4821.4, "4,821"),
            (123_456.0, "123k"),
            (999_999.0, "1M"),
            (9_876_543.2, "9.88M"),
            (9.7e9, "9.7G"),
            (9.7e13, "9.7e+13"),
        ],
    )
    def test_table_cells_are_narrow_whatever_the_amount(self, amount: float, words: str) -> None:
        assert compact(Texts(), amount) == words

    def test_what_does_not_fit_is_counted(self) -> None:
        assert fitting(Texts(), ["one", "two"], 7) == "one\ntwo"
        assert fitting(Texts(), ["one", "two", "three and more"], 20) == "one\ntwo\n… and 1 more"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("ARKK", "ARKK"),
        ("25:61", "25:61"),
        ("São Paulo", "São Paulo"),
        ("https://evil.example", "https:\\//evil.example"),
        ("[click](https://evil.example)", "\\[click\\](https:\\//evil.example)"),
        ("```x``` `y`", "\\`\\`\\`x\\`\\`\\` \\`y\\`"),
        ("@everyone <@&5> <#6> </ops:7>", "\\@everyone \\<\\@&5\\> \\<#6\\> \\</ops:7\\>"),
        ("**b** _i_ ~~s~~ ||h||", "\\*\\*b\\*\\* \\_i\\_ \\~\\~s\\~\\~ \\|\\|h\\|\\|"),
        ("a\u202eb\u200fc\x00", "a(U+202E)b(U+200F)c(U+0000)"),
        ("# title\n> quote", "# title \\> quote"),
        ("x" * 300, "x" * 99 + "…"),
    ],
)
def test_what_somebody_typed_is_shown_as_text(typed: str, shown: str) -> None:
    assert as_text(typed) == shown
