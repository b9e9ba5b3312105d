"""The registry of models: each entry names what fits it and what a reader needs."""

from __future__ import annotations

from pkgutil import resolve_name

import pytest

from bot.texts import ORIGINAL
from forecasting.models import MODELS, POSTED


@pytest.mark.parametrize("name", MODELS)
def test_every_model_says_what_fits_it_and_what_it_is(name: str) -> None:
    model = MODELS[name]
    forecaster = resolve_name(model.forecaster)()

    assert forecaster.name == name
    assert callable(forecaster.fit)
    assert model.label
    assert model.description.endswith(".")


def test_the_posted_model_comes_first() -> None:
    assert next(iter(MODELS)) == POSTED


def test_english_has_one_name_for_a_model() -> None:
    for name, model in MODELS.items():
        assert ORIGINAL.get(f"model.{name}", model.label).casefold() == model.label.casefold()
