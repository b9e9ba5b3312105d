"""The answer to ``/forecast`` in words, inside Discord's limits."""

from __future__ import annotations

from dataclasses import replace

from bot.cogs.forecast.message import forecast_alt_text, forecast_embed
from bot.interactions.formats import MAX_ALT_TEXT
from bot.texts import Texts
from tests.support.messages import NOW, assert_within_limits, extreme
from tests.support.reports import made_report, young_report


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
        record = shown["How accurate past forecasts were"] or ""
        assert record.startswith("YNG is too young for a backtest of its own.\n-# median: half")
        assert "MAE" not in record
        assert "no errors to show yet" in (shown["Please note"] or "")
        assert "YNG is too young for a backtest of its own." in forecast_alt_text(Texts(), young_report())

    def test_extremes_fit(self) -> None:
        (report,) = extreme(1)
        assert_within_limits(forecast_embed(Texts(), report, "chart.png", NOW))
        assert len(forecast_alt_text(Texts(), report)) <= MAX_ALT_TEXT
