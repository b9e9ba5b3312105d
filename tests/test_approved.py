"""Charts and embeds are as they were when somebody looked at them and approved; ``make approve`` renews them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from PIL import Image

from forecasting.chart import draw_forecast
from tests.support.approved_pictures import (
    ARKK,
    EMBEDS,
    FOLDER,
    MAX_FAR_OFF,
    MAX_MEAN_DIFFERENCE,
    PICTURES,
    difference,
    shrunk,
)


@pytest.mark.parametrize("name", PICTURES)
def test_a_chart_is_as_approved(name: str) -> None:
    approved = Image.open(FOLDER / f"{name}.png").convert("RGB")
    mean, far_off = difference(shrunk(PICTURES[name]()), approved)
    assert mean <= MAX_MEAN_DIFFERENCE, f"differs by {mean:.2f} of 255 on average: look at it, then make approve"
    assert far_off <= MAX_FAR_OFF, f"{far_off:.2%} of its pixels are far off: look at it, then make approve"


@pytest.mark.parametrize("name", EMBEDS)
def test_an_embed_is_as_approved(name: str) -> None:
    assert EMBEDS[name]() == json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


@pytest.mark.slow
def test_the_tolerance_lets_no_other_picture_pass() -> None:
    """A median and a band edge that are 2% off, and a name that is missing."""
    approved = Image.open(FOLDER / "forecast-dark.png").convert("RGB")
    moved = replace(
        ARKK, forecast=tuple(replace(s, quantiles=tuple(q * 1.02 for q in s.quantiles)) for s in ARKK.forecast)
    )
    for other in (moved, replace(ARKK, name="ARKK"), replace(ARKK, source="yahoo")):
        mean, far_off = difference(shrunk(draw_forecast(other, "dark")), approved)
        assert mean > MAX_MEAN_DIFFERENCE or far_off > MAX_FAR_OFF
