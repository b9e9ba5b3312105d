"""The facts about the model behind a forecast, from its card and the decisions, without torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from forecasting.champion.decisions import DecisionStore
from forecasting.champion.registry import ModelRegistry
from forecasting.universe import Symbol


@dataclass(frozen=True)
class ModelCard:
    """The facts about a trained model.

    Attributes:
        version: its name in the registry.
        trained_from, trained_to: first and last session that it was trained on.
        sessions: the number of the ETF's own sessions between them.
        panel: the ETFs that it was trained on, the ETF itself included.
        settings: of the network and its training, see ``forecasting.model.config.LstmConfig``.
        code_version: of the program that trained it.
        champion_since: when it became champion (aware); None if no decision says so.
        reason: why it became champion.
        refused_since: how many newer models were refused since.
    """

    version: str
    trained_from: date
    trained_to: date
    sessions: int
    panel: tuple[str, ...]
    settings: Mapping[str, Any]
    seed: int
    code_version: str
    champion_since: datetime | None = None
    reason: str = ""
    refused_since: int = 0


def model_card(engine: Engine, folder: Path, source: str, symbol: Symbol, version: str) -> ModelCard | None:
    """The card of one model in ``folder``; None if it is not there, such as when jobs run on another machine."""
    card = ModelRegistry(folder).cards(source, symbol).get(version)
    if card is None:
        return None
    recipe = card["recipe"]
    since, reason, refused = _in_use_since(engine, source, symbol, version)
    return ModelCard(
        version=version,
        trained_from=date.fromisoformat(recipe["trained_from"]),
        trained_to=date.fromisoformat(recipe["trained_to"]),
        sessions=recipe["sessions"],
        panel=tuple(recipe["panel"]),
        settings=recipe["lstm"],
        seed=card["seed"],
        code_version=card["code_version"],
        champion_since=since,
        reason=reason,
        refused_since=refused,
    )


def _in_use_since(engine: Engine, source: str, symbol: Symbol, version: str) -> tuple[datetime | None, str, int]:
    """Since when the model is in use and why, and how many newer ones were refused since."""
    refused = 0
    for decision in DecisionStore(engine).of(source, symbol):  # the newest first
        if decision.is_refusal:
            refused += 1
        elif decision.challenger == version:
            return decision.decided_at, decision.reason, refused
        else:
            break  # another model is in use
    return None, "", 0
