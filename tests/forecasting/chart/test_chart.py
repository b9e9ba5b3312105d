"""The pictures: nothing clipped, nothing on top of each other, readable in both themes, and honest about the source."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from PIL import Image

from forecasting.chart import draw_comparison, draw_forecast, draw_scores
from forecasting.chart.axes import free_place, spread
from forecasting.chart.comparison import comparison_sheet
from forecasting.chart.forecast import forecast_sheet
from forecasting.chart.overview import overview_sheet
from forecasting.chart.palette import PALETTES
from forecasting.chart.portfolio import portfolio_sheet
from forecasting.chart.scores import scores_sheet
from forecasting.chart.sheet import MARGIN, WIDTH, Sheet
from forecasting.chart.text import NORMAL, PIXELS, SMALL, text_width, wrapped
from forecasting.mixes.mix import MixForecast, Part
from forecasting.models import MODELS
from forecasting.quantiles import GAUSSIAN, HORIZON
from forecasting.report import THEMES, Close, ForecastReport, Scores, Step, Theme
from forecasting.sessions import next_sessions, sessions_between
from forecasting.universe import Symbol

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
            for model, worse in zip(MODELS, (1, 0.99, 1.02, 1.1, 1.05), strict=True)
        },
        backtest_from=date(2019, 1, 2),
        backtest_to=date(2024, 10, 1),
    )


def words(sheet: Sheet) -> str:
    return "\n".join(text.get_text() for text in sheet.figure.texts)


def assert_readable(sheet: Sheet) -> None:
    """All text is on the sheet, large enough, and none lies on other text."""
    renderer = FigureCanvasAgg(sheet.figure).get_renderer()
    texts: Sequence[Text] = [text for text in sheet.figure.texts if text.get_text().strip()]
    boxes = [text.get_window_extent(renderer) for text in texts]
    for text, box in zip(texts, boxes, strict=True):
        assert box.x0 >= 0, text
        assert box.y0 >= 0, text
        assert box.x1 <= sheet.figure.bbox.x1, text
        assert box.y1 <= sheet.figure.bbox.y1, text
        assert text.get_fontsize() * 2 / 3 >= SMALL, text  # 1.5 typographic points to one of the sheet
    for (one, a), (other, b) in combinations(zip(texts, boxes, strict=True), 2):
        apart = a.x1 <= b.x0 + 1 or b.x1 <= a.x0 + 1 or a.y1 <= b.y0 + 1 or b.y1 <= a.y0 + 1
        assert apart, (one, other)


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


@settings(max_examples=10, deadline=None, phases=_PHASES)
@given(odd=st.lists(odd_reports(), min_size=2, max_size=6), theme=st.sampled_from(THEMES))
def test_any_comparison_and_overview_can_be_read(odd: list[ForecastReport], theme: Theme) -> None:
    assert_readable(comparison_sheet(odd, theme))
    assert_readable(overview_sheet(odd, theme))


@settings(max_examples=10, deadline=None, phases=_PHASES)
@given(
    odd=st.lists(odd_reports(), min_size=2, max_size=6),
    losses=st.lists(st.floats(-3.0, 4.0), min_size=6, max_size=6),
    worst=st.floats(0.3, 1.1),
    theme=st.sampled_from(THEMES),
)
def test_any_portfolio_can_be_read(odd: list[ForecastReport], losses: list[float], worst: float, theme: Theme) -> None:
    first = odd[0]
    fan = tuple(tuple(price / first.last_close for price in step.quantiles) for step in first.forecast)
    mix = MixForecast(
        parts=tuple(Part(each.symbol, 1 / len(odd), loss) for each, loss in zip(odd, losses, strict=False)),
        source=first.source,
        as_of=first.as_of,
        past=tuple((row.session, row.close / first.last_close) for row in first.history),
        sessions=tuple(step.session for step in first.forecast),
        fan=fan,
        loss_odds=(0.5,) * HORIZON,
        worst=worst,
        as_one=fan,
    )
    assert_readable(portfolio_sheet(mix, theme))


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
        "95%: 19 in 20",
        "The median barely moves; the bands are what matters.",
        "Yahoo Finance prices, dividends reinvested. Not investment advice.",
    ):
        assert fact in text
    end = report().forecast[-1].quantiles
    for tag, amount in (("95%", end[0]), ("80%", end[1]), ("80%", end[5]), ("95%", end[6])):
        assert f"{tag} ${amount:,.2f}" in text


def test_a_median_that_moves_is_not_called_flat() -> None:
    assert "barely moves" not in words(forecast_sheet(report(drift=0.004), "dark"))


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
    shown = report()
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
    bars = [model.colours[theme] for model in MODELS.values()]
    for shades in ((palette.background, *palette.bands), bars):
        assert all(contrast(a, b) >= 1.2 for a, b in pairwise(shades))
    steps = [luminance(color) for color in bars]
    assert steps in (sorted(steps), sorted(steps, reverse=True))  # in grey, too, an order


@pytest.mark.parametrize("theme", THEMES)
def test_each_of_six_etfs_has_a_colour_and_a_marker_of_its_own_in_the_picture(theme: Theme) -> None:
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


def test_scores_name_every_model_with_its_figures_and_cutoffs() -> None:
    text = words(scores_sheet([report(), report("FNGU", price=400, volatility=0.04)], "light"))
    for fact in ("MAE, USD", "MSE, USD²", "RMSE, USD", "57 test dates, 2 Jan 2019 to 1 Oct 2024", "no change", "drift"):
        assert fact in text
    for shown in (report(), report("FNGU", price=400, volatility=0.04)):
        assert f"{shown.scores['lstm'].mae:.2f}" in text
        assert f"{shown.scores['random_walk'].mae:.2f}" in text


def test_bars_start_at_zero_and_are_as_long_as_their_errors() -> None:
    shown = report()
    patches = scores_sheet([shown], "dark").figure.artists
    mae = [patch.get_width() for patch in patches if patch.get_width() > 5][: len(MODELS)]
    expected = [shown.scores[model].mae for model in MODELS]
    assert [width / mae[0] for width in mae] == pytest.approx([value / expected[0] for value in expected])


def test_an_etf_without_scores_is_left_out_and_named() -> None:
    unscored = replace(report("NEW"), scores={})
    sheet = scores_sheet([report(), unscored], "dark")
    assert "Not scored yet: NEW." in words(sheet)
    assert sum(text.get_text() == "NEW" for text in sheet.figure.texts) == 0
    alone = words(scores_sheet([unscored], "dark"))
    assert "No ETF has scores yet" in alone
    assert "MAE" not in alone


def test_an_error_that_is_no_number_has_no_bar() -> None:
    broken = replace(report(), scores={**report().scores, "drift": scores(float("nan"))})
    sheet = scores_sheet([broken], "dark")
    assert "n/a" in words(sheet)
    assert_readable(sheet)


def test_the_picture_grows_with_the_number_of_etfs() -> None:
    heights = [scores_sheet([report()] * count, "dark").height for count in (1, 3, 25)]
    assert heights == sorted(heights)
    assert heights[-1] < 1500


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
