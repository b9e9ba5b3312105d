"""The models: whether each champion is whole, each other model that one could go back to, and the recipe in use."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from sqlalchemy import Engine, func, select

from forecasting.champion.decisions import Decision, DecisionStore, withdrawn
from forecasting.champion.registry import ModelRegistry
from forecasting.champion.rollback import rollback_target
from forecasting.errors import CannotRollBack, ModelDamaged, ModelMissing
from forecasting.health.problem import Problem
from forecasting.prices.sources.registry import SOURCES
from forecasting.reports.schema import StoredReport
from forecasting.universe import Symbol


def examine_models(registry: ModelRegistry, engine: Engine | None, now: datetime) -> Iterator[Problem]:
    """Models whose files are damaged.

    Args:
        engine: of the database with the decisions between models; None if it cannot be used: nothing can be repaired.
        now: aware; when a champion would be replaced.
    """
    for source in SOURCES:
        for symbol in registry.symbols(source):
            yield from _of_etf(registry, engine, source, symbol, now)


def _of_etf(
    registry: ModelRegistry, engine: Engine | None, source: str, symbol: Symbol, now: datetime
) -> Iterator[Problem]:
    champion = None
    try:
        champion = registry.champion_version(source, symbol)
        registry.load(source, symbol, champion)
    except ModelDamaged as error:
        if engine is None:
            yield Problem("models", str(error), "Until then there is no model of it.")
            return
        earlier = _earlier(registry, engine, source, symbol, champion)
        yield Problem(
            "models",
            str(error),
            f"Until then, a repair goes back to {earlier}." if earlier else "There is no earlier one to go back to.",
            partial(_replace, registry, engine, source, symbol, champion, earlier, now),
        )
    except ModelMissing:
        pass
    for version in registry.versions(source, symbol):
        try:
            model = registry.load(source, symbol, version)
        except ModelDamaged as error:
            if version != champion:
                yield Problem(
                    "models",
                    f"{str(error).partition(' Train a new')[0]} It is not in use.",
                    "A repair removes it.",
                    partial(registry.remove, source, symbol, version),
                )
        else:
            if model.holdout is None and registry.has_holdout(source, symbol, version):
                yield Problem(
                    "models",
                    f"The holdout model of {version} is damaged. It is not used.",
                    "A repair removes it.",
                    partial(registry.remove_holdout, source, symbol, version),
                )


def _earlier(registry: ModelRegistry, engine: Engine, source: str, symbol: Symbol, damaged: str | None) -> str | None:
    """The newest whole model that an operator could go back to; None if there is none."""
    query = select(func.max(StoredReport.as_of)).where(StoredReport.source == source, StoredReport.symbol == symbol)
    with engine.connect() as connection:
        newest = connection.scalar(query)
    decisions = DecisionStore(engine).of(source, symbol)
    for version in registry.cards(source, symbol):
        if version == damaged or version in withdrawn(decisions):
            continue
        try:
            rollback_target(registry, source, symbol, version, newest, decisions)
            registry.load(source, symbol, version)
        except (ModelMissing, CannotRollBack):
            continue
        return version
    return None


def _replace(
    registry: ModelRegistry,
    engine: Engine,
    source: str,
    symbol: Symbol,
    damaged: str | None,
    earlier: str | None,
    now: datetime,
) -> None:
    if earlier is None:
        registry.remove_champion(source, symbol)
    else:
        reason = f"The files of {damaged or 'the champion'} were damaged."
        # It is not named as the champion: that would keep the same model, trained once more, from coming back.
        decision = Decision(source, symbol, earlier, None, "rolled back", reason, {"rule": "repair"}, now)
        DecisionStore(engine).record(decision)
        registry.promote(source, symbol, earlier)
    if damaged in registry.versions(source, symbol):
        registry.remove(source, symbol, damaged)
