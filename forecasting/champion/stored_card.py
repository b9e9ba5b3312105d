"""The card.json of a model: its hash, and what it must hold for the program to use the model."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from hashlib import sha256
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from forecasting.prices.security import Security
from forecasting.report import Scores
from forecasting.storage.stored_json import first_fault

_HASH: Final = "card_hash"

_Day = Annotated[str, AfterValidator(lambda text: date.fromisoformat(text).isoformat())]
_Moment = Annotated[str, AfterValidator(lambda text: datetime.fromisoformat(text).isoformat())]
_Scores = Annotated[dict[str, int | float], AfterValidator(lambda values: Scores(**values))]
_Security = Annotated[dict[str, str | None], AfterValidator(Security.from_json)]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True)  # no text for a number; fields that only other versions know are allowed


class _Recipe(_Strict):
    trained_from: _Day
    trained_to: _Day
    sessions: int
    panel: list[str]
    lstm: dict[str, int | float | dict[str, Any]]


class _Card(_Strict):
    as_of: _Day
    as_of_close: int | float
    trained_at: _Moment
    seed: int
    code_version: str
    currency: str
    backtest_from: _Day
    backtest_to: _Day
    scores: dict[str, _Scores]
    notes: list[str]
    recipe: _Recipe
    security: _Security | None = None  # this and the next two: models of older versions don't have them
    stand_in: _Day | None = None
    stand_in_hash: str | None = None


def card_bytes(card: Mapping[str, Any]) -> bytes:
    """The content of card.json: the card and its hash."""
    return json.dumps({**card, _HASH: _hash(card)}, indent=2, sort_keys=True).encode()


def card_of(content: bytes) -> Mapping[str, Any]:
    """The JSON object in a model's card.json.

    Raises:
        ValueError: it is not the card of a model, or not as it was written. Older versions wrote no hash.
    """
    try:
        raw = json.loads(content)
        _Card.model_validate(raw)
    except ValidationError as error:
        raise ValueError(f"card.json: {first_fault(error)}") from None
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"card.json: {type(error).__name__}: {error}") from error
    card = dict(raw)
    if card.pop(_HASH, None) not in (None, _hash(card)):
        raise ValueError("card.json: it does not hold its own hash")
    return card


def _hash(card: Mapping[str, Any]) -> str:
    return sha256(json.dumps(card, sort_keys=True).encode()).hexdigest()
