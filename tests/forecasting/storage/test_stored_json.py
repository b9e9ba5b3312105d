"""Dataclasses come back from JSON as they were, or a sentence says which field is wrong."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date

import numpy as np
import pytest

from forecasting.storage.stored_json import from_json


@dataclass(frozen=True)
class Row:
    session: date
    closes: tuple[float, ...]
    quoted: float | None = None


def test_floats_survive_to_the_last_bit() -> None:
    random = np.random.default_rng(1)
    closes = tuple((random.uniform(-1, 1, 2000) * 10.0 ** random.integers(-300, 300, 2000)).tolist())
    row = Row(date(2024, 12, 31), closes)
    assert from_json(Row, json.dumps(asdict(row), default=date.isoformat)) == row


def test_a_field_that_only_other_versions_know_is_ignored() -> None:
    text = '{"session": "2024-12-31", "closes": [], "volume": 7}'
    assert from_json(Row, text) == Row(date(2024, 12, 31), ())


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "its content: Invalid JSON"),
        ("[]", "its content: Input should be"),
        ('{"session": "2024-12-31"}', "closes: Field required"),
        ('{"session": "2024-12-31", "closes": [1, "x"]}', r"closes\.1: Input should be a valid number"),
        ('{"session": "2024-02-30", "closes": []}', "session: Input should be a valid date"),
        ("[" * 100_000, "its content: "),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        from_json(Row, text)
