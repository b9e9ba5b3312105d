"""ModelRegistry: a folder per trained model, and the champion of each ETF.

    MODEL_DIR/
      csv/                                  the source of the prices
        SPY/
          champion                          the name of the model that forecasts
          SPY-2024-12-31-1a2b3c4d/
            model.safetensors
            stand_in.safetensors            its holdout model, see ``forecasting.champion.challenge``
            card.json                       what it is, how it was trained, how it did

A model is written under a temporary name and then renamed, and renamed again before it is removed: whenever a job is
killed, what stands under a model's name is whole. Nothing is pickled.
"""

from __future__ import annotations

import json
import logging
import shutil
import tempfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from forecasting.errors import BadSettings, ModelMissing
from forecasting.storage.files import replace_file
from forecasting.universe import Symbol

log = logging.getLogger(__name__)

_MODEL, _HOLDOUT, _CARD, _CHAMPION = "model.safetensors", "stand_in.safetensors", "card.json", "champion"
_HALF, _GONE = ".half-", ".gone-"

HOLDOUT_KEY: Final = "stand_in"
"""Key in a card of the last session that the holdout model knows."""

READY: Final = 8
"""Newest models of an ETF that are kept for a rollback."""


@dataclass(frozen=True)
class RegisteredModel:
    """A trained model.

    Attributes:
        version: its name.
        data: its bytes, see ``forecasting.model.lifecycle.calibrated_model``.
        card: a JSON object: what it is, how it was trained, how it did.
        holdout: bytes of its holdout model; None if the ETF was too young for one.
    """

    version: str
    data: bytes
    card: Mapping[str, Any]
    holdout: bytes | None = None

    @property
    def holdout_until(self) -> date | None:
        """The last session that the holdout model knows; None if the card does not say."""
        stored = self.card.get(HOLDOUT_KEY)
        return None if stored is None else date.fromisoformat(stored)


class ModelRegistry:
    """The trained models in one folder, by source and symbol."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def check_writable(self) -> None:
        """Check before hours of work that their result can be stored.

        Raises:
            BadSettings: it cannot.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.folder):
                pass
        except OSError as error:
            raise BadSettings(
                f"Models cannot be stored in {self.folder} (MODEL_DIR): {error.strerror}. Check its permissions."
            ) from error

    def save(self, source: str, symbol: Symbol, model: RegisteredModel) -> None:
        """Store a model under its name. A model of that name has the same bytes already, and gets the new card."""
        place = self._place(source, symbol)
        place.mkdir(parents=True, exist_ok=True)
        final = place / model.version
        card = json.dumps(model.card, indent=2, sort_keys=True).encode()
        if final.is_dir():
            if model.holdout is not None:
                replace_file(final / _HOLDOUT, model.holdout)
            replace_file(final / _CARD, card)
            return
        half = Path(tempfile.mkdtemp(prefix=_HALF, dir=place))
        try:
            half.chmod(0o755)  # mkdtemp's 0700 would shut out another user who runs the bot
            replace_file(half / _MODEL, model.data)
            if model.holdout is not None:
                replace_file(half / _HOLDOUT, model.holdout)
            replace_file(half / _CARD, card)
            half.rename(final)
        except BaseException:
            shutil.rmtree(half, ignore_errors=True)
            raise

    def promote(self, source: str, symbol: Symbol, version: str) -> None:
        """Make a stored model the champion.

        Raises:
            ModelMissing: there is no model of that name.
        """
        place = self._place(source, symbol)
        if not (place / version).is_dir():
            raise ModelMissing(
                f"{symbol} has no model {version} from {source} prices. Name another model, or retrain {symbol}."
            )
        replace_file(place / _CHAMPION, version.encode())

    def remove_champion(self, source: str, symbol: Symbol) -> None:
        """Leave the ETF without a champion; its models stay."""
        (self._place(source, symbol) / _CHAMPION).unlink(missing_ok=True)

    def champion(self, source: str, symbol: Symbol) -> RegisteredModel:
        """The model in use.

        Raises:
            ModelMissing: no model of this ETF was trained from this source, or its files are damaged.
        """
        version = self._champion_version(source, symbol)
        if version is None:
            raise ModelMissing(
                f"{symbol} has no trained model from {source} prices yet. Train one: etf-forecast retrain {symbol}"
            )
        return self.load(source, symbol, version)

    def load(self, source: str, symbol: Symbol, version: str) -> RegisteredModel:
        """A model by its name.

        Raises:
            ModelMissing: there is no model of that name, or its files are damaged.
        """
        place = self._place(source, symbol) / version
        try:
            holdout = (place / _HOLDOUT).read_bytes() if (place / _HOLDOUT).is_file() else None
            card = json.loads((place / _CARD).read_bytes())
            return RegisteredModel(version, (place / _MODEL).read_bytes(), card, holdout)
        except (OSError, ValueError) as error:
            raise ModelMissing(
                f"The model {version} of {symbol} cannot be read: {error}. "
                f"Train a new one: etf-forecast retrain {symbol}"
            ) from error

    def versions(self, source: str, symbol: Symbol) -> tuple[str, ...]:
        """The names of the stored models in alphabetical order, which is by as-of session."""
        place = self._place(source, symbol)
        if not place.is_dir():
            return ()
        return tuple(sorted(path.name for path in place.iterdir() if path.is_dir() and path.name[0] != "."))

    def cards(self, source: str, symbol: Symbol) -> dict[str, Mapping[str, Any]]:
        """The cards of the stored models, newest first by as-of session, then by time of training.

        A card that cannot be read is left out.
        """
        cards: dict[str, Mapping[str, Any]] = {}
        for version in self.versions(source, symbol):
            try:
                cards[version] = json.loads((self._place(source, symbol) / version / _CARD).read_bytes())
            except (OSError, ValueError):
                log.warning("The card of the model %s cannot be read", version)
        newest_first = sorted(
            cards, key=lambda version: (cards[version]["as_of"], cards[version].get("trained_at", ""))
        )
        return {version: cards[version] for version in reversed(newest_first)}

    def prune(self, source: str, symbol: Symbol, archived: Collection[str], refused: Collection[str]) -> None:
        """Remove old models: all but the archived, the champion, the newest READY and the newest READY not refused.

        Args:
            archived: models to keep for good, whatever their age.
            refused: models that were not promoted; they take no place from the others.
        """
        place = self._place(source, symbol)
        newest_first = list(self.cards(source, symbol))
        eligible = [version for version in newest_first if version not in refused]
        kept = {*archived, *newest_first[:READY], *eligible[:READY], self._champion_version(source, symbol)}
        for leftover in (*place.glob(f"{_HALF}*/"), *place.glob(f"{_GONE}*/")):  # of jobs that were killed
            shutil.rmtree(leftover)
        for version in newest_first:
            if version not in kept:
                gone = place / f"{_GONE}{version}"
                (place / version).rename(gone)
                shutil.rmtree(gone)

    def _champion_version(self, source: str, symbol: Symbol) -> str | None:
        pointer = self._place(source, symbol) / _CHAMPION
        return pointer.read_text() if pointer.is_file() else None

    def _place(self, source: str, symbol: Symbol) -> Path:
        return self.folder / source / symbol
