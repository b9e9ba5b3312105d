"""The answer to ``/scores`` in words and tables, inside Discord's limits."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.cogs.scores.message import scores_alt_text, scores_embed, symbol_scores_embed
from bot.interactions.formats import MAX_ALT_TEXT
from bot.texts import LANGUAGES, Texts
from forecasting.models import MODELS
from tests.support.approved_pictures import ARKK, REPORTS
from tests.support.messages import NOW, assert_within_limits, extreme
from tests.support.reports import made_report, young_report


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
        assert "SPY: 6% better than assuming no change; MAE $12.10" in alt_text

    def test_where_all_are_young_there_is_no_table(self) -> None:
        reports = [young_report("YNG"), young_report("NEW")]
        text = scores_embed(Texts(), reports, None, NOW).description or ""
        assert text == "As of <t:1794603600:f>.\nNo ETF has scores yet.\nToo young for a backtest: YNG, NEW."
        assert "No ETF has scores yet" in scores_alt_text(Texts(), reports)

    def test_a_hundred_young_ones_beside_many_others_fit(self) -> None:
        reports = [*extreme(60), *(replace(report, scores={}) for report in extreme(100))]
        assert_within_limits(scores_embed(Texts(), reports, "scores.png", NOW))
        assert len(scores_alt_text(Texts(), reports)) <= MAX_ALT_TEXT

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_no_table_is_wider_than_a_phone(self, language: str) -> None:
        texts = Texts(language)
        embeds = scores_embed(texts, REPORTS, None, NOW), symbol_scores_embed(texts, ARKK, None, NOW)
        blocks = [block for embed in embeds for block in (embed.description or "").split("```")[1::2]]
        assert len(blocks) == 5
        assert max(len(line) for block in blocks for line in block.splitlines()) <= 42

    def test_of_one_young_etf_the_answer_says_why_there_is_nothing(self) -> None:
        text = symbol_scores_embed(Texts(), young_report(), None, NOW).description or ""
        assert text.startswith("As of <t:1794603600:f>. YNG is too young for a backtest of its own")
        assert "Test dates" not in text

    def test_the_words_of_the_tables_are_explained_below_them(self) -> None:
        of_all = scores_embed(Texts(), [made_report()], None, NOW).description or ""
        of_one = symbol_scores_embed(Texts(), made_report(), None, NOW).description or ""
        for text, words in (
            (of_all, ("MAE", "RMSE", "MSE", "drift")),
            (of_one, ("skill", "HAR", "climatology", "80%", "test date")),
        ):
            small_print = next(line for line in text.splitlines() if line.startswith("-# "))
            assert all(f"{word}" in small_print for word in (*words, "no change", "`/explain`"))

    def test_how_sure_a_skill_is_is_in_the_words_of_the_picture(self) -> None:
        report = made_report("SPY")
        sure = replace(report, scores=report.scores | {"lstm": replace(report.scores["lstm"], skill_se=0.04)})
        assert "6% better than assuming no change, give or take 8%; MAE" in scores_alt_text(Texts(), [sure])

    def test_the_tables_of_one_line_up(self) -> None:
        embed = symbol_scores_embed(Texts(), made_report(), None, NOW)
        errors, rest = (block.strip("\n").splitlines() for block in (embed.description or "").split("```")[1::2])
        names = [Texts().named(f"model.{name}", model.label) for name, model in MODELS.items()]
        for table in (errors, rest):
            assert [line.split()[0] for line in table[1:]] == [name.split()[0] for name in names]
            assert len({len(line) for line in table}) == 1
        assert errors[1].split() == ["LSTM", "12.10", "15.83", "250.50", "2.5"]
        assert rest[1].split() == ["LSTM", "+0.06", "81%", "95%"]
