"""ModelRegistry: a folder per trained model, and the champion of each ETF.

    MODEL_DIR/
      csv/                                  the source of the prices
        SPY/
          champion                          the name of the model that forecasts
          SPY-2024-12-31-1a2b3c4d/
            model.safetensors
            stand_in.safetensors            the same recipe, trained before the newest fold alone (``contest``)
            card.json                       what it is, how it was trained, how it did

A model is written beside its place and renamed into it, and renamed away before it is removed, so whatever moment a job
is killed at, what can be seen under a model's name is whole. Nothing is pickled.
"""

from __future__ import annotations

import json
import logging
import shutil
import tempfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from forecasting.errors import BadSettings, ModelMissing
from forecasting.storage.files import replace_file
from forecasting.universe import Symbol

log = logging.getLogger(__name__)

_MODEL, _STAND_IN, _CARD, _CHAMPION = "model.safetensors", "stand_in.safetensors", "card.json", "champion"
_HALF, _GONE = ".half-", ".gone-"

READY: Final = 8
"""Models of an ETF that stand ready to be gone back to: the newest ones."""


@dataclass(frozen=True)
class RegisteredModel:
    """A trained model: its bytes, its card, a JSON object, and the bytes of its stand-in where it has one."""

    version: str
    data: bytes
    card: Mapping[str, Any]
    stand_in: bytes | None = None


class ModelRegistry:
    """The trained models under one folder, by source and symbol."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def check_writable(self) -> None:
        """Find out before hours of work whether their result can be kept.

        Raises:
            BadSettings: it cannot.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.folder):
                pass
        except OSError as error:
            raise BadSettings(
                f"Models cannot be kept in {self.folder} (MODEL_DIR): {error.strerror}. Check the path and its rights."
            ) from error

    def save(self, source: str, symbol: Symbol, model: RegisteredModel) -> None:
        """Keep a model under its name. One that is there under that name has the same bytes, and gets this card."""
        place = self._place(source, symbol)
        place.mkdir(parents=True, exist_ok=True)
        final = place / model.version
        card = json.dumps(model.card, indent=2, sort_keys=True).encode()
        if final.is_dir():
            if model.stand_in is not None:
                replace_file(final / _STAND_IN, model.stand_in)
            replace_file(final / _CARD, card)
            return
        half = Path(tempfile.mkdtemp(prefix=_HALF, dir=place))
        try:
            half.chmod(0o755)  # mkdtemp's 0700 would shut out another user who runs the bot
            replace_file(half / _MODEL, model.data)
            if model.stand_in is not None:
                replace_file(half / _STAND_IN, model.stand_in)
            replace_file(half / _CARD, card)
            half.rename(final)
        except BaseException:
            shutil.rmtree(half, ignore_errors=True)
            raise

    def promote(self, source: str, symbol: Symbol, version: str) -> None:
        """Make a model that is kept the one that forecasts.

        Raises:
            ModelMissing: none of that name is kept.
        """
        place = self._place(source, symbol)
        if not (place / version).is_dir():
            raise ModelMissing(
                f"{symbol} has no model {version} from {source} prices. Retrain it, or name another one."
            )
        replace_file(place / _CHAMPION, version.encode())

    def vacate(self, source: str, symbol: Symbol) -> None:
        """Have no champion; the models stay."""
        (self._place(source, symbol) / _CHAMPION).unlink(missing_ok=True)

    def champion(self, source: str, symbol: Symbol) -> RegisteredModel:
        """The model that forecasts.

        Raises:
            ModelMissing: no model of this ETF was trained from this source, or it was damaged.
        """
        version = self._champion_version(source, symbol)
        if version is None:
            raise ModelMissing(
                f"{symbol} has no trained model from {source} prices yet. Make one with: etf-forecast retrain {symbol}"
            )
        return self.load(source, symbol, version)

    def load(self, source: str, symbol: Symbol, version: str) -> RegisteredModel:
        """A model by its name.

        Raises:
            ModelMissing: none of that name is kept, or it was damaged.
        """
        place = self._place(source, symbol) / version
        try:
            stand_in = (place / _STAND_IN).read_bytes() if (place / _STAND_IN).is_file() else None
            card = json.loads((place / _CARD).read_bytes())
            return RegisteredModel(version, (place / _MODEL).read_bytes(), card, stand_in)
        except (OSError, ValueError) as error:
            raise ModelMissing(
                f"The model {version} of {symbol} cannot be read: {error}. "
                f"Make a new one with: etf-forecast retrain {symbol}"
            ) from error

    def versions(self, source: str, symbol: Symbol) -> tuple[str, ...]:
        """The names of the models that are kept, in alphabetical order: by as-of session."""
        place = self._place(source, symbol)
        if not place.is_dir():
            return ()
        return tuple(sorted(path.name for path in place.iterdir() if path.is_dir() and path.name[0] != "."))

    def cards(self, source: str, symbol: Symbol) -> dict[str, Mapping[str, Any]]:
        """The cards of the models that are kept, the newest first: by as-of session, then by when it was trained.

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
        """Remove what is neither archived, nor the champion, nor among the newest READY models, with and without those
        refused.

        Args:
            archived: models to keep for good, whatever their age.
            refused: models that never became champion; they take no place from the others.
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
