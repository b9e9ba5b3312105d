"""Going back to an earlier model by hand: which models can be chosen, and which one is meant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from forecasting.champion.decisions import Decision, withdrawn
from forecasting.champion.registry import READY, ModelRegistry
from forecasting.errors import CannotRollBack, ModelDamaged, ModelMissing
from forecasting.prices.security import Security
from forecasting.universe import Symbol


def rollback_target(
    registry: ModelRegistry,
    source: str,
    symbol: Symbol,
    named: str | None,
    newest_forecast: date | None,
    decisions: Sequence[Decision],
) -> tuple[str, str | None]:
    """The model to go back to and the champion, by their versions; None if the champion's name cannot be read.

    A champion whose files are damaged can be left like any other.

    Args:
        named: the version to go back to; None for the previous champion.
        newest_forecast: as-of session of the newest report; None if there is none.
        decisions: all of the ETF, newest first.

    Raises:
        ModelMissing: the ETF never had a champion, or the other model is not among the newest ones that were not
            refused.
        CannotRollBack: it is the champion, or cannot forecast the newest session.
    """
    try:
        champion: str | None = registry.champion_version(source, symbol)
    except ModelDamaged:
        champion = None
    refused = {decision.challenger for decision in decisions if decision.is_refusal}
    cards = registry.cards(source, symbol)
    ready = {version: cards[version] for version in [each for each in cards if each not in refused][:READY]}
    target = _previous(symbol, champion, list(ready), decisions) if named is None else named

    def listed() -> str:
        lines = [f"\n  {version}  {_words(card)}" for version, card in ready.items() if version != champion]
        if not lines:
            return f"{symbol} has no other model to go back to."
        return f"Models of {symbol} to go back to:{''.join(lines)}"

    if target == champion:
        raise CannotRollBack(f"{target} is the model of {symbol} already. Name another one. {listed()}")
    if target not in ready:
        raise ModelMissing(
            f"{symbol} has no model {target} to go back to: only the last {READY} that were not refused are "
            f"available. {listed()}"
        )
    if reason := _unusable(symbol, target, ready[target], ready.get(champion or ""), newest_forecast):
        raise CannotRollBack(f"{reason} {listed()}")
    return target, champion


def _previous(symbol: Symbol, champion: str | None, ready: Sequence[str], decisions: Sequence[Decision]) -> str:
    """The model that the champion replaced, by the decisions, or else the next older one of ``ready``.

    Without a champion, the newest of ``ready`` that no operator has rolled back.
    """
    for decision in decisions:
        if decision.verdict == "promoted" and decision.challenger == champion:
            if decision.champion is not None and decision.champion in ready:
                return decision.champion
            break
    if champion is None:
        older: Sequence[str] = [version for version in ready if version not in withdrawn(decisions)]
    else:
        older = ready[ready.index(champion) + 1 :] if champion in ready else ready
    if not older:
        than = f" older than {champion}" if champion else " to go back to"
        raise ModelMissing(f"{symbol} has no model{than}. Each retrain adds one: etf-forecast retrain {symbol}")
    return older[0]


def _unusable(
    symbol: Symbol,
    target: str,
    card: Mapping[str, Any],
    champions: Mapping[str, Any] | None,
    newest_forecast: date | None,
) -> str:
    """Why the model ``target`` cannot forecast the newest session; empty if it can. ``card`` is its own."""
    trained_until = date.fromisoformat(card["as_of"])
    if newest_forecast is not None and trained_until > newest_forecast:
        return (
            f"{target} was trained on prices up to {trained_until}, after the newest forecast of {symbol} "
            f"({newest_forecast}): it cannot forecast days that it already knows."
        )
    if champions is None:
        return ""
    theirs, ours = card.get("security"), champions.get("security")  # models of older versions don't say
    if theirs and ours and not Security.from_json(theirs).is_same_as(Security.from_json(ours)):
        return f"{target} was trained on {theirs['name']}, but {symbol} is now another security: {ours['name']}."
    first, first_now = card["recipe"]["trained_from"], champions["recipe"]["trained_from"]
    if first < first_now:
        return (
            f"{target} was trained on prices since {first}, but those of {symbol} now start on {first_now}: the "
            "earlier ones belong to another security."
        )
    return ""


def _words(card: Mapping[str, Any]) -> str:
    """``trained 2024-12-28, MAE 12.10 USD on 132 cut-offs, skill +0.061``"""
    trained = f"trained {card['trained_at'][:10]}"
    scores = card["scores"].get("lstm")
    if not scores:
        return f"{trained}, too young for scores"
    return (
        f"{trained}, MAE {scores['mae']:.2f} {card['currency']} on {scores['cutoffs']} cut-offs, "
        f"skill {scores['skill_rw']:+.3f}"
    )
