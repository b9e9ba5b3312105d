"""The pictures: nothing clipped, nothing on top of each other, readable in both themes, and honest about the source."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from itertools import combinations, cycle, pairwise

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from PIL import Image

from forecasting.chart import draw_comparison, draw_forecast, draw_scores
from forecasting.chart.axes import free_place, spread
from forecasting.chart.comparison import comparison_sheet
from forecasting.chart.forecast import forecast_sheet
from forecasting.chart.overview import overview_sheet
from forecasting.chart.palette import DASHES, PALETTES
from forecasting.chart.portfolio import portfolio_sheet
from forecasting.chart.scores import MOST, scores_sheet
from forecasting.chart.sheet import MARGIN, WIDTH, Sheet
from forecasting.chart.text import NORMAL, PIXELS, text_width, wrapped
from forecasting.models import MODELS
from forecasting.quantiles import GAUSSIAN, HORIZON
from forecasting.report import THEMES, Close, ForecastReport, Scores, Step, Theme
from forecasting.scenarios.mix import MixForecast, Part
from forecasting.sessions import next_sessions, sessions_between
from forecasting.universe import Symbol
from tests.support.sheets import assert_readable

AS_OF = date(2024, 12, 31)
PAST = sessions_between(date(2023, 12, 1), AS_OF)
COMING = next_sessions(AS_OF, HORIZON)

_PHASES = (Phase.explicit, Phase.reuse, Phase.generate)  # to shrink a failure would mean minutes of drawing


def scores(mae: float, cutoffs: int = 57) -> Scores:
    return Scores(mae, 1.7 * mae**2, 1.3 * mae, 5.0, 40.0, 6.3, 0.01, 0.02, 0.8, 0.95, cutoffs, pinball=1.2)


def report(
    symbol: str = "SPY",
    name: str = "SPDR S&P 500 ETF Trust",
    source: str = "csv",
    *,
    price: float = 586.08,
    volatility: float = 0.01,
    drift: float = 0.0,
    sessions: int = 252,
    seed: int = 1,
) -> ForecastReport:
    """A report whose closes are a random walk of that daily ``volatility`` (log return) and end at ``price``."""
    returns = volatility * np.random.default_rng(seed).standard_normal(sessions)
    closes = price * np.exp(np.cumsum(returns) - returns.sum())
    steps = np.arange(1, HORIZON + 1)
    quantiles = price * np.exp(drift * steps[:, None] + np.outer(np.sqrt(steps) * volatility, GAUSSIAN))
    return ForecastReport(
        symbol=Symbol(symbol),
        name=name,
        source=source,
        as_of=AS_OF,
        trained_at=datetime(2025, 1, 4, 13, 5, tzinfo=UTC),
        model_version="lstm-1",
        last_close=price,
        currency="USD",
        history=tuple(Close(day, float(close)) for day, close in zip(PAST[-sessions:], closes, strict=True)),
        forecast=tuple(
            Step(n, day, tuple(map(float, row))) for n, (day, row) in enumerate(zip(COMING, quantiles, strict=True), 1)
        ),
        scores={
            model: scores(5 * volatility * price * worse)
            for model, worse in zip(MODELS, cycle((1, 0.99, 1.02, 1.1, 1.05)), strict=False)
        },
        backtest_from=date(2019, 1, 2),
        backtest_to=date(2024, 10, 1),
    )


def words(sheet: Sheet) -> str:
    return "\n".join(text.get_text() for text in sheet.figure.texts)


def odd_reports() -> st.SearchStrategy[ForecastReport]:
    return st.builds(
        report,
        symbol=st.from_regex(r"[A-Z0-9^][A-Z0-9.\-=]{0,14}", fullmatch=True),
        name=st.text(max_size=100),
        source=st.sampled_from(["yahoo", "csv", "simulated", "replay"]),
        price=st.floats(-1.5, 5.5).map(lambda exponent: 10**exponent),
        volatility=st.one_of(st.just(0.0), st.floats(-4, -1.1).map(lambda exponent: 10**exponent)),
        drift=st.floats(-0.01, 0.01),
        sessions=st.integers(2, 252),
        seed=st.integers(0, 99),
    )


@pytest.mark.slow
@settings(max_examples=25, deadline=None, phases=_PHASES)
@given(odd=odd_reports(), theme=st.sampled_from(THEMES))
def test_any_forecast_can_be_read(odd: ForecastReport, theme: Theme) -> None:
    assert_readable(forecast_sheet(odd, theme))


@pytest.mark.slow
@settings(max_examples=10, deadline=None, phases=_PHASES)
@given(odd=st.lists(odd_reports(), min_size=2, max_size=6), theme=st.sampled_from(THEMES))
def test_any_comparison_and_overview_can_be_read(odd: list[ForecastReport], theme: Theme) -> None:
    assert_readable(comparison_sheet(odd, theme))
    assert_readable(overview_sheet(odd, theme))


def mix_of(reports: list[ForecastReport], losses: Sequence[float], worst: float) -> MixForecast:
    first = reports[0]
    fan = tuple(tuple(price / first.last_close for price in step.quantiles) for step in first.forecast)
    return MixForecast(
        parts=tuple(Part(each.symbol, 1 / len(reports), loss) for each, loss in zip(reports, losses, strict=False)),
        source=first.source,
        as_of=first.as_of,
        past=tuple((row.session, row.close / first.last_close) for row in first.history),
        sessions=tuple(step.session for step in first.forecast),
        fan=fan,
        loss_odds=(0.5,) * HORIZON,
        worst=worst,
        as_one=fan,
    )


@pytest.mark.slow
@settings(max_examples=10, deadline=None, phases=_PHASES)
@given(
    odd=st.lists(odd_reports(), min_size=2, max_size=6),
    losses=st.lists(st.floats(-3.0, 4.0), min_size=6, max_size=6),
    worst=st.floats(0.3, 1.1),
    theme=st.sampled_from(THEMES),
)
def test_any_portfolio_can_be_read(odd: list[ForecastReport], losses: list[float], worst: float, theme: Theme) -> None:
    mix = mix_of(odd, losses, worst)
    assert_readable(portfolio_sheet(mix, theme))


def test_the_edges_of_a_portfolios_bands_are_smooth() -> None:
    """Its quantiles are those of some thousand paths, and jump from session to session."""
    mix = mix_of([report(), report("TLT")], [0.5, 0.5], 0.8)
    jumpy = tuple(tuple(value + 0.004 * (step % 2) for value in values) for step, values in enumerate(mix.fan))
    axes = portfolio_sheet(replace(mix, fan=jumpy), "dark").figure.axes[0]
    edges = [np.asarray(line.get_ydata()) for line in axes.lines if line.get_color() == PALETTES["dark"].edge]
    assert len(edges) == 6
    for edge in edges:
        assert np.count_nonzero(np.diff(np.sign(np.diff(edge)))) <= 2


@pytest.mark.slow
@settings(max_examples=10, deadline=None, phases=_PHASES)
@given(odd=st.lists(odd_reports(), max_size=9), theme=st.sampled_from(THEMES))
def test_any_scores_can_be_read(odd: list[ForecastReport], theme: Theme) -> None:
    assert_readable(scores_sheet(odd, theme))


@pytest.mark.slow
@pytest.mark.parametrize("theme", THEMES)
def test_pictures_are_small_png_of_a_phones_width(theme: Theme) -> None:
    many = [report(f"ETF{n}", price=10 * 1.3**n, seed=n) for n in range(25)]
    for png in (draw_forecast(report(), theme), draw_scores(many, theme)):
        image = Image.open(BytesIO(png))
        assert image.format == "PNG"
        assert image.width == 3 * WIDTH
        assert len(png) < 250_000
        corner = bytes(image.convert("RGB").getpixel((0, 0)))
        assert f"#{corner.hex()}" == PALETTES[theme].background


@pytest.mark.slow
def test_the_same_report_is_the_same_bytes() -> None:
    assert draw_forecast(report(), "dark") == draw_forecast(report(), "dark")
    assert draw_scores([report()], "light") == draw_scores([report()], "light")
    assert draw_forecast(report(), "dark") != draw_forecast(report(), "light")


def test_a_forecast_says_what_it_is() -> None:
    text = words(forecast_sheet(report(source="yahoo"), "dark"))
    for fact in (
        "SPY",
        "SPDR S&P 500 ETF Trust",
        "60 trading days ahead, as of 31 Dec 2024 (trained 4 Jan 2025)",
        "last close",
        "$586.08",
        "median $586.08",
        "50%: half of them",
        "80%: 8 in 10",
        "on 31 Mar 2025",
        "95%: 19 in 20",
        "The median moves little beside the bands, and they are what matters.",
        "Yahoo Finance prices, dividends reinvested. Not investment advice.",
    ):
        assert fact in text
    end = report().forecast[-1].quantiles
    for tag, amount in zip(("95%", "80%", "50%", "median", "50%", "80%", "95%"), end, strict=True):
        assert f"{tag} ${amount:,.2f}" in text


@pytest.mark.parametrize(("price", "words"), [(0.000423, "$0.000423"), (0.05, "$0.0500"), (0.5, "$0.500")])
def test_a_price_below_a_dollar_keeps_three_digits(price: float, words: str) -> None:
    text = [text.get_text() for text in forecast_sheet(report(price=price, volatility=0.05), "dark").figure.texts]
    assert f"median {words}" in text


def test_a_median_that_moves_is_not_called_flat() -> None:
    assert "moves little" not in words(forecast_sheet(report(drift=0.004), "dark"))


@pytest.mark.parametrize("theme", THEMES)
def test_simulated_prices_are_flagged_in_a_box(theme: Theme) -> None:
    for simulated, real in (
        (forecast_sheet(report(source="simulated"), theme), forecast_sheet(report(), theme)),
        (scores_sheet([report(source="simulated")], theme), scores_sheet([report()], theme)),
    ):
        assert "simulated prices" in words(simulated)
        assert "simulated" not in words(real).lower()
        boxes = [box.get_facecolor() for box in simulated.figure.artists if isinstance(box, Rectangle)]
        flags = [box.get_facecolor() for box in real.figure.artists if isinstance(box, Rectangle)]
        assert len(set(boxes)) == len(set(flags)) + 1


def test_sessions_are_evenly_spaced_whatever_the_calendar_does() -> None:
    """One place on the axis per session: weekends and holidays take none, and history runs into forecast."""
    shown = report().nearby(HORIZON)
    sheet = forecast_sheet(shown, "dark")
    axes = sheet.figure.axes[0]
    closes = next(line for line in axes.lines if len(line.get_xdata()) == len(shown.history))
    median = [line for line in axes.lines if len(line.get_xdata()) == HORIZON + 1][-1]
    places = [*closes.get_xdata(), *median.get_xdata()[1:]]
    assert {b - a for a, b in pairwise(places)} == {1}
    assert axes.get_xlim() == (-0.5, len(shown.history) + HORIZON - 0.5)
    january = next(text for text in sheet.figure.texts if text.get_text() == "2025")
    first_of_2025 = next(n for n, row in enumerate(shown.history + shown.forecast) if row.session.year == 2025)
    x = axes.transData.transform((first_of_2025, 0))[0] / sheet.figure.bbox.width
    assert january.get_position()[0] / WIDTH == pytest.approx(x, abs=0.002)


def luminance(color: str) -> float:
    """Relative luminance of ``#rrggbb`` as the Web Content Accessibility Guidelines define it."""
    channels = [int(color[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES)
def test_colours_can_be_told_apart(theme: Theme) -> None:
    palette = PALETTES[theme]
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    for color in (palette.text, palette.quiet):
        assert contrast(color, palette.background) >= 4.5
    assert contrast(palette.on_flag, palette.flag) >= 4.5
    for color in (palette.line, palette.edge):
        assert contrast(color, palette.background) >= 3
    assert contrast(palette.line, palette.bands[2]) >= 3  # the median on the innermost band
    assert all(contrast(a, b) >= 1.2 for a, b in pairwise((palette.background, *palette.bands)))


DEUTERANOPIA = np.array(
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
)
"""What linear RGB looks like without the medium-wave cones: Machado, Oliveira and Fernandes (2009), severity 1."""

XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)


def lab(color: str, *, deuteranopic: bool) -> np.ndarray:
    """CIELAB of ``#rrggbb``."""
    channels = np.array([int(color[n : n + 2], 16) / 255 for n in (1, 3, 5)])
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    if deuteranopic:
        linear = np.clip(DEUTERANOPIA @ linear, 0, 1)
    white = XYZ.sum(axis=1)
    x, y, z = np.cbrt(np.maximum(XYZ @ linear / white, 0.008856))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("deuteranopic", [False, True])
def test_no_two_of_six_etfs_look_alike_to_any_eye(theme: Theme, deuteranopic: bool) -> None:
    """A difference of 25 is ten times what can be seen of two patches side by side."""
    for one, other in combinations(PALETTES[theme].series, 2):
        apart = lab(one, deuteranopic=deuteranopic) - lab(other, deuteranopic=deuteranopic)
        assert float(np.linalg.norm(apart)) >= 25, (one, other)


@pytest.mark.parametrize("theme", THEMES)
def test_each_of_six_etfs_has_a_colour_dashes_and_a_marker_of_its_own_in_the_picture(theme: Theme) -> None:
    """In the file, too, whose colours are reduced to a few."""
    six = [report(f"ETF{n}", volatility=0.01 + 0.004 * n, seed=n) for n in range(6)]
    series = PALETTES[theme].series
    assert all(contrast(color, PALETTES[theme].background) >= 4.5 for color in series)
    pixels = Image.open(BytesIO(draw_comparison(six, theme))).convert("RGB").getcolors(1 << 24)
    assert pixels is not None
    assert set(series) <= {f"#{bytes(color).hex()}" for _, color in pixels}
    lines = comparison_sheet(six, theme).figure.axes[0].lines
    looks = {(line.get_color(), line.get_marker()) for line in lines if line.get_color() in series}
    assert len(looks) == len({color for color, _ in looks}) == len({marker for _, marker in looks}) == len(six)
    assert len(set(DASHES)) == len(DASHES) == len(six)


@pytest.mark.parametrize("count", [2, 6])
def test_a_comparison_labels_both_ends_of_each_range_and_tells_each_correlation_once(count: int) -> None:
    some = [report(f"ETF{n}", volatility=0.01 + 0.004 * n, seed=n) for n in range(count)]
    texts = [text.get_text() for text in comparison_sheet(some, "dark").figure.texts]
    for n in range(count):
        assert sum(text.startswith(f"ETF{n} ") for text in texts) == 2
    correlations = [text for text in texts if re.fullmatch(r"−?[01]\.\d\d", text)]
    assert len(correlations) == count * (count - 1) / 2


@pytest.mark.parametrize("horizon", [5, 20, 60])
def test_the_future_takes_a_third_of_the_width(horizon: int) -> None:
    low, high = forecast_sheet(report(), "dark", horizon).figure.axes[0].get_xlim()
    assert horizon / (high - low) == pytest.approx(1 / 3)


def test_bands_grow_with_the_root_of_time_between_sessions_too() -> None:
    """No straight first day: the edges of a random walk's fan are a curve without kinks."""
    for line in forecast_sheet(report(volatility=0.01), "dark", 5).figure.axes[0].lines:
        ahead = np.asarray(line.get_xdata(), dtype=float) - 10 + 1
        if len(ahead) < 100:
            continue
        moves = np.log(np.asarray(line.get_ydata(), dtype=float) / 586.08)[1:] / np.sqrt(ahead[1:])
        assert np.ptp(moves) < 0.03 * abs(moves).max()


@pytest.mark.parametrize(("price", "is_marked"), [(105.0, True), (1000.0, False), (1.0, False)])
def test_a_price_is_marked_where_the_forecast_can_still_be_read(price: float, is_marked: bool) -> None:
    sheet = forecast_sheet(report(price=100.0), "dark", 20, price)
    assert ("the price asked for" in words(sheet)) == is_marked
    low, high = sheet.figure.axes[0].get_ylim()
    assert (low < price < high) == is_marked
    assert_readable(sheet)


def test_hostile_names_are_drawn_as_they_are() -> None:
    """Nothing of a name is taken for mathematics, a line break or a missing picture, and nothing warns."""
    sheet = forecast_sheet(report(name="Cash $ETF$ x_1^2 \\frac{1}{2} 🚀\n2nd %s {x}"), "dark")
    drawn = next(text for text in sheet.figure.texts if text.get_text().startswith("Cash"))
    assert drawn.get_text() == "Cash $ETF$ x_1^2 \\frac{1}{2} ? 2nd %s {x}"
    extent = drawn.get_window_extent(FigureCanvasAgg(sheet.figure).get_renderer())
    assert extent.width / PIXELS == pytest.approx(text_width(drawn.get_text(), NORMAL))  # every character took its room
    sheet.png()


def test_long_names_keep_a_hundred_characters() -> None:
    name = " ".join(["Leveraged"] * 10)
    assert len(name) == 99
    text = words(forecast_sheet(report(name=name), "dark"))
    assert " ".join(text.split()).count("Leveraged") == 10
    assert "…" not in text


def skilled(symbol: str, skill: float, skill_se: float = 0.02) -> ForecastReport:
    made = report(symbol)
    return replace(
        made, scores={model: replace(of, skill_rw=skill, skill_se=skill_se) for model, of in made.scores.items()}
    )


def test_skill_is_named_for_every_model_of_a_few_etfs_with_what_chance_may_do() -> None:
    text = words(scores_sheet([skilled("SPY", 0.15), skilled("FNGU", -0.04)], "light"))
    for fact in ("Skill", "“no change”", "57 test dates, 2 Jan 2019 to 1 Oct 2024", "+15% ± 4", "−4% ± 4", "worse"):
        assert fact in text
    assert text.count("drift") == text.count("LSTM") == text.count("climatology") == 2


def test_a_skill_lies_to_its_side_of_zero_and_its_line_reaches_two_standard_errors() -> None:
    many = [skilled(f"ETF{n}", skill) for n, skill in enumerate((-0.1, 0.0, 0.05, 0.1, 0.15, 0.2, 0.3))]
    lines = [line for line in scores_sheet(many, "dark").figure.artists if isinstance(line, Line2D)]
    dots = [line.get_xdata()[0] for line in lines if line.get_marker() == "o"]
    spans = [line.get_xdata() for line in lines if line.get_marker() != "o"]
    zero, percent = dots[1], (dots[4] - dots[1]) / 15
    assert [(dot - zero) / percent for dot in dots] == pytest.approx([-10, 0, 5, 10, 15, 20, 30])
    assert [(low - zero, high - zero) for low, high in spans] == [
        pytest.approx((dot - zero - 4 * percent, dot - zero + 4 * percent)) for dot in dots
    ]


@pytest.mark.slow
def test_a_picture_of_a_thousand_etfs_shows_the_first_and_says_so() -> None:
    few = scores_sheet([skilled(f"E{n:03}", 0.1) for n in range(MOST)], "dark")
    many = scores_sheet([skilled(f"E{n:03}", 0.1) for n in range(1000)], "dark")
    assert "The first 50 of 1000 ETFs." in words(many)
    assert "The first" not in words(few)
    assert f"E{MOST - 1:03}" in words(many)
    assert f"E{MOST:03}" not in words(many)
    assert many.figure.bbox.height < 1.1 * few.figure.bbox.height


def test_rows_are_in_the_order_in_which_reports_come() -> None:
    sheet = scores_sheet([skilled(symbol, 0.1) for symbol in ("SPY", "ARKK", *map(str, range(7)))], "dark")
    names = [text for text in sheet.figure.texts if text.get_text() in ("SPY", "ARKK")]
    assert [text.get_text() for text in sorted(names, key=lambda text: text.get_position()[1])] == ["SPY", "ARKK"]


def test_a_skill_of_too_few_test_dates_has_no_line_and_says_so() -> None:
    sheet = scores_sheet([skilled("NEW", 0.1, skill_se=0.0)], "dark")
    assert "too few test dates" in words(sheet)
    assert "±" not in words(sheet)
    assert "too few" not in words(scores_sheet([skilled("OLD", 0.1)], "dark"))


def test_an_etf_without_scores_is_left_out_and_named() -> None:
    unscored = replace(report("NEW"), scores={})
    sheet = scores_sheet([report(), unscored], "dark")
    assert "Not scored yet: NEW." in words(sheet)
    assert sum(text.get_text() == "NEW" for text in sheet.figure.texts) == 0
    alone = words(scores_sheet([unscored], "dark"))
    assert "No ETF has scores yet" in alone
    assert "±" not in alone


def test_a_skill_that_is_no_number_has_no_dot() -> None:
    broken = replace(report(), scores={**report().scores, "drift": replace(scores(1.0), skill_rw=float("nan"))})
    sheet = scores_sheet([broken], "dark")
    assert "n/a" in words(sheet)
    assert_readable(sheet)


def test_the_picture_grows_with_the_number_of_etfs() -> None:
    heights = [scores_sheet([report()] * count, "dark").height for count in (1, 3, 6)]
    assert heights == sorted(heights)


def test_twenty_five_etfs_fit_a_picture_that_a_phone_shows_at_once() -> None:
    assert scores_sheet([report()] * 25, "dark").height < 1.5 * WIDTH
    many = scores_sheet([report()] * 25, "dark")
    assert sum(text.get_text() == "SPY" for text in many.figure.texts) == 25


@given(st.lists(st.floats(0, 170), min_size=5, max_size=5).map(sorted))
def test_spread_labels_keep_their_distance_order_and_bounds(wanted: list[float]) -> None:
    places = spread(wanted, 12, 0, 170)
    assert all(b - a >= 12 - 1e-9 for a, b in pairwise(places))
    assert places[0] >= 0
    assert places[-1] <= 170
    if all(b - a >= 12 for a, b in pairwise(wanted)):
        assert places == pytest.approx(wanted)


def test_a_crowd_of_labels_is_spread_about_its_middle() -> None:
    assert spread([80, 80, 80], 10, 0, 170) == pytest.approx([70, 80, 90])


def test_a_label_keeps_off_the_line() -> None:
    falling = [(float(x), float(x), float(x)) for x in range(101)]
    middle = free_place(falling, 60, 100, 20, 100, 0, 170)
    assert middle >= 112 or middle <= 48


def test_lines_break_between_words_and_end_in_an_ellipsis() -> None:
    rows = wrapped("one two three four five six", 60, 2)
    assert all(text_width(row) <= 60 for row in rows)
    assert rows[0] == "one two"
    assert rows[-1].endswith("…")
    assert wrapped("short", WIDTH - 2 * MARGIN, 2) == ["short"]


@pytest.mark.slow
def test_importing_and_drawing_load_no_pyplot_and_importing_no_matplotlib() -> None:
    program = (
        "import sys, forecasting.chart as chart\n"
        "assert 'matplotlib' not in sys.modules\n"
        "from tests.forecasting.chart.test_chart import report\n"
        "chart.draw_forecast(report(), 'dark'); chart.draw_scores([report()], 'light')\n"
        "assert 'matplotlib.figure' in sys.modules and 'matplotlib.pyplot' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
