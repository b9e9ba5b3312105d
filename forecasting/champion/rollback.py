"""Going back to an earlier model by hand: which are ready, and which one is meant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from forecasting.champion.decisions import Decision
from forecasting.champion.registry import READY, ModelRegistry
from forecasting.errors import CannotRollBack, ModelMissing
from forecasting.prices.store.identity import Security
from forecasting.universe import Symbol


@dataclass(frozen=True)
class Shelf:
    """The models of an ETF as an operator sees them.

    Attributes:
        champion: the version that forecasts.
        ready: cards of the newest models that may become champion again, by version, the newest first.
        newest_forecast: as-of session of the newest report; None where there is none.
        decisions: all of the ETF, the newest first.
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
    ) -> Shelf:
        """Raises ModelMissing where the ETF has no champion."""
        champion = registry.champion(source, symbol).version
        refused = {decision.challenger for decision in decisions if decision.is_refusal}
        cards = registry.cards(source, symbol)
        ready = [version for version in cards if version not in refused][:READY]
        return cls(symbol, champion, {version: cards[version] for version in ready}, newest_forecast, decisions)

    def choose(self, named: str | None) -> str:
        """The model to go back to: the one named, else the one that was champion before.

        Raises:
            ModelMissing: it is not among those ready.
            CannotRollBack: it is the champion, or cannot forecast the newest session.
        """
        target = self._before() if named is None else named
        if target == self.champion:
            raise CannotRollBack(f"{self.symbol} is forecast by {target} already. Name another one. {self._listed()}")
        if target not in self.ready:
            raise ModelMissing(
                f"{self.symbol} has no model {target} to go back to: the last {READY} that were not refused stand "
                f"ready. {self._listed()}"
            )
        self._check(target)
        return target

    def _before(self) -> str:
        """The model that the champion took the place of: by the decisions, else the next older one."""
        for decision in self.decisions:
            if decision.verdict == "promoted" and decision.challenger == self.champion:
                if decision.champion is not None and decision.champion in self.ready:
                    return decision.champion
                break
        versions = list(self.ready)
        older = versions[versions.index(self.champion) + 1 :] if self.champion in versions else versions
        if not older:
            raise ModelMissing(
                f"{self.symbol} has no model before {self.champion}. Each retrain adds one: etf-forecast retrain "
                f"{self.symbol}"
            )
        return older[0]

    def _check(self, target: str) -> None:
        card = self.ready[target]
        trained_until = date.fromisoformat(card["as_of"])
        if self.newest_forecast is not None and trained_until > self.newest_forecast:
            raise CannotRollBack(
                f"{target} has learnt from sessions up to {trained_until}, and the newest forecast of {self.symbol} is "
                f"as of {self.newest_forecast}: it cannot forecast a day that it knows. {self._listed()}"
            )
        now = self.ready.get(self.champion)
        if now is None:
            return
        theirs, ours = card.get("security"), now.get("security")  # models of older versions don't say
        if theirs and ours and not Security.from_json(theirs).is_same_as(Security.from_json(ours)):
            raise CannotRollBack(
                f"{target} has learnt from {theirs['name']}, and {self.symbol} means another security now: "
                f"{ours['name']}. {self._listed()}"
            )
        if card["recipe"]["trained_from"] < now["recipe"]["trained_from"]:
            raise CannotRollBack(
                f"{target} has learnt from prices since {card['recipe']['trained_from']}, and those of {self.symbol} "
                f"start on {now['recipe']['trained_from']} now: the earlier ones were another security's. "
                f"{self._listed()}"
            )

    def _listed(self) -> str:
        lines = [f"\n  {version}  {_words(card)}" for version, card in self.ready.items() if version != self.champion]
        return f"Ready for {self.symbol}:{''.join(lines)}" if lines else f"No other model of {self.symbol} is ready."


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
