"""Going back to an earlier model by hand: which models can be chosen, and which one is meant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from forecasting.champion.decisions import Decision
from forecasting.champion.registry import READY, ModelRegistry
from forecasting.errors import CannotRollBack, ModelMissing
from forecasting.prices.security import Security
from forecasting.universe import Symbol


@dataclass(frozen=True)
class RollbackChoice:
    """The models of an ETF that may become champion again.

    Attributes:
        champion: version of the model in use.
        ready: cards of the newest models that were not refused, by version, newest first.
        newest_forecast: as-of session of the newest report; None if there is none.
        decisions: all of the ETF, newest first.
    """

    symbol: Symbol
    champion: str
    ready: Mapping[str, Mapping[str, Any]]
    newest_forecast: date | None
    decisions: Sequence[Decision]

    @classmethod
    def of(
        cls,
        registry: ModelRegistry,
        source: str,
        symbol: Symbol,
        newest_forecast: date | None,
        decisions: Sequence[Decision],
    ) -> RollbackChoice:
        """Raises ModelMissing if the ETF has no champion."""
        champion = registry.champion(source, symbol).version
        refused = {decision.challenger for decision in decisions if decision.is_refusal}
        cards = registry.cards(source, symbol)
        ready = [version for version in cards if version not in refused][:READY]
        return cls(symbol, champion, {version: cards[version] for version in ready}, newest_forecast, decisions)

    def choose(self, named: str | None) -> str:
        """The version to go back to: the one named, or else the previous champion.

        Raises:
            ModelMissing: it is not among those ready.
            CannotRollBack: it is the champion, or cannot forecast the newest session.
        """
        target = self._before() if named is None else named
        if target == self.champion:
            raise CannotRollBack(f"{target} is the model of {self.symbol} already. Name another one. {self._listed()}")
        if target not in self.ready:
            raise ModelMissing(
                f"{self.symbol} has no model {target} to go back to: only the last {READY} that were not refused are "
                f"available. {self._listed()}"
            )
        self._check(target)
        return target

    def _before(self) -> str:
        """The model that the champion replaced, by the decisions, or else the next older one."""
        for decision in self.decisions:
            if decision.verdict == "promoted" and decision.challenger == self.champion:
                if decision.champion is not None and decision.champion in self.ready:
                    return decision.champion
                break
        versions = list(self.ready)
        older = versions[versions.index(self.champion) + 1 :] if self.champion in versions else versions
        if not older:
            raise ModelMissing(
                f"{self.symbol} has no model older than {self.champion}. Each retrain adds one: etf-forecast retrain "
                f"{self.symbol}"
            )
        return older[0]

    def _check(self, target: str) -> None:
        card = self.ready[target]
        trained_until = date.fromisoformat(card["as_of"])
        if self.newest_forecast is not None and trained_until > self.newest_forecast:
            raise CannotRollBack(
                f"{target} was trained on prices up to {trained_until}, after the newest forecast of {self.symbol} "
                f"({self.newest_forecast}): it cannot forecast days that it already knows. {self._listed()}"
            )
        now = self.ready.get(self.champion)
        if now is None:
            return
        theirs, ours = card.get("security"), now.get("security")  # models of older versions don't say
        if theirs and ours and not Security.from_json(theirs).is_same_as(Security.from_json(ours)):
            raise CannotRollBack(
                f"{target} was trained on {theirs['name']}, but {self.symbol} is now another security: "
                f"{ours['name']}. {self._listed()}"
            )
        if card["recipe"]["trained_from"] < now["recipe"]["trained_from"]:
            raise CannotRollBack(
                f"{target} was trained on prices since {card['recipe']['trained_from']}, but those of {self.symbol} "
                f"now start on {now['recipe']['trained_from']}: the earlier ones belong to another security. "
                f"{self._listed()}"
            )

    def _listed(self) -> str:
        lines = [f"\n  {version}  {_words(card)}" for version, card in self.ready.items() if version != self.champion]
        if not lines:
            return f"{self.symbol} has no other model to go back to."
        return f"Models of {self.symbol} to go back to:{''.join(lines)}"


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
