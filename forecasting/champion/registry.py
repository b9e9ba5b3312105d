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

A model's name holds the hash of its bytes, and its card a hash of its own; both are compared whenever they are read.
Files that are damaged count as a missing model of their ETF alone, and the next training of that ETF replaces them.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from forecasting.champion.stored_card import card_bytes, card_of
from forecasting.errors import BadSettings, ModelDamaged, ModelMissing
from forecasting.storage.files import replace_file
from forecasting.universe import Symbol

log = logging.getLogger(__name__)

_MODEL, _HOLDOUT, _CARD, _CHAMPION = "model.safetensors", "stand_in.safetensors", "card.json", "champion"
_HALF, _GONE = ".half-", ".gone-"

HOLDOUT_KEY: Final = "stand_in"
"""Key in a card of the last session that the holdout model knows."""

HOLDOUT_HASH_KEY: Final = "stand_in_hash"
"""Key in a card of the SHA-256 (hex) of the holdout model's bytes; models of older versions don't have it."""

LONGEST_NAME: Final = 64
"""Characters of a model's name that the database has room for."""

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
                f"Models cannot be stored in {self.folder} (MODEL_DIR): {error.strerror}. Check its permissions and "
                "the space on the disk."
            ) from error

    def save(self, source: str, symbol: Symbol, model: RegisteredModel) -> None:
        """Store a model under its name. A whole model of that name has the same bytes already, and gets the new card.

        What is damaged under that name is replaced.
        """
        place = self._place(source, symbol)
        if place.is_file():
            place.unlink()
        place.mkdir(parents=True, exist_ok=True)
        final = self._model_folder(source, symbol, model.version)
        card = card_bytes(model.card)
        if self._is_whole(source, symbol, model.version):
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
            if final.exists():
                _remove_model(final)
            half.rename(final)
        except BaseException:
            shutil.rmtree(half, ignore_errors=True)
            raise

    def promote(self, source: str, symbol: Symbol, version: str) -> None:
        """Make a stored model the champion.

        Raises:
            ModelMissing: there is no model of that name.
        """
        if not self._model_folder(source, symbol, version).is_dir():
            raise ModelMissing(
                f"{symbol} has no model {version} from {source} prices. Name another model, or retrain {symbol}."
            )
        pointer = self._place(source, symbol) / _CHAMPION
        if pointer.is_dir():
            shutil.rmtree(pointer)
        replace_file(pointer, version.encode())

    def remove_champion(self, source: str, symbol: Symbol) -> None:
        """Leave the ETF without a champion; its models stay."""
        _discard(self._place(source, symbol) / _CHAMPION)

    def champion(self, source: str, symbol: Symbol) -> RegisteredModel:
        """The model in use.

        Raises:
            ModelMissing: no model of this ETF was trained from this source.
            ModelDamaged: its files are damaged.
        """
        return self.load(source, symbol, self.champion_version(source, symbol))

    def champion_version(self, source: str, symbol: Symbol) -> str:
        """The name of the model in use, whose files may be damaged. Raises as ``champion``."""
        pointer = self._place(source, symbol) / _CHAMPION
        try:
            version = pointer.read_bytes().decode().strip()
        except FileNotFoundError:
            raise ModelMissing(
                f"{symbol} has no trained model from {source} prices yet. Train one: etf-forecast retrain {symbol}"
            ) from None
        except (OSError, ValueError) as error:
            raise ModelDamaged(
                f"The file {pointer}, which names the model in use, cannot be read: {error}. "
                f"Train a new model: etf-forecast retrain {symbol}"
            ) from error
        if not _is_name(symbol, version):
            raise ModelDamaged(
                f"The file {pointer} should name the model in use, but {version[:80]!r} is not the name of a model of "
                f"{symbol}. Train a new model: etf-forecast retrain {symbol}"
            )
        return version

    def load(self, source: str, symbol: Symbol, version: str) -> RegisteredModel:
        """A model by its name.

        Raises:
            ModelMissing: it is not the name of a model of this ETF.
            ModelDamaged: its files are missing or damaged.
        """
        from forecasting.model.fingerprint import model_version  # loads pandas, which readers of cards do without

        folder = self._model_folder(source, symbol, version)
        damage = ""
        try:
            holdout = (folder / _HOLDOUT).read_bytes() if (folder / _HOLDOUT).is_file() else None
            card = card_of((folder / _CARD).read_bytes())
            data = (folder / _MODEL).read_bytes()
            named = model_version(symbol, date.fromisoformat(card["as_of"]), data)
            damage = "" if named == version else f"its name should be {named}, by the hash of its bytes"
        except (OSError, ValueError) as error:
            damage = str(error)
        if damage:
            raise ModelDamaged(
                f"The model {version} of {symbol} cannot be read: {damage}. "
                f"Train a new one: etf-forecast retrain {symbol}"
            )
        if holdout is not None and card.get(HOLDOUT_HASH_KEY) not in (None, sha256(holdout).hexdigest()):
            log.warning("The holdout model of %s is damaged and not used", version)
            holdout = None
        return RegisteredModel(version, data, card, holdout)

    def versions(self, source: str, symbol: Symbol) -> tuple[str, ...]:
        """The names of the stored models in alphabetical order, which is by as-of session."""
        try:
            folders = [path.name for path in self._place(source, symbol).iterdir() if path.is_dir()]
        except OSError:
            return ()
        return tuple(sorted(name for name in folders if _is_name(symbol, name)))

    def cards(self, source: str, symbol: Symbol) -> dict[str, Mapping[str, Any]]:
        """The cards of the stored models, newest first by as-of session, then by time of training.

        A card that cannot be read is left out.
        """
        cards: dict[str, Mapping[str, Any]] = {}
        for version in self.versions(source, symbol):
            try:
                cards[version] = card_of((self._place(source, symbol) / version / _CARD).read_bytes())
            except (OSError, ValueError) as error:
                log.warning("The card of the model %s cannot be read: %s", version, error)
        newest_first = sorted(cards, key=lambda version: (cards[version]["as_of"], cards[version]["trained_at"]))
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
        kept = {*archived, *newest_first[:READY], *eligible[:READY]}
        with suppress(ModelMissing):
            kept.add(self.champion_version(source, symbol))
        for leftover in (*place.glob(f"{_HALF}*"), *place.glob(f"{_GONE}*")):  # of jobs that were killed
            _discard(leftover)
        for version in newest_first:
            if version not in kept:
                _remove_model(place / version)

    def symbols(self, source: str) -> tuple[Symbol, ...]:
        """The symbols with models from this source, in alphabetical order."""
        try:
            return tuple(sorted(Symbol(path.name) for path in (self.folder / source).iterdir() if path.is_dir()))
        except OSError:
            return ()

    def has_holdout(self, source: str, symbol: Symbol, version: str) -> bool:
        """Whether there is a file of the model's holdout model, which may be damaged."""
        return (self._model_folder(source, symbol, version) / _HOLDOUT).exists()

    def remove_holdout(self, source: str, symbol: Symbol, version: str) -> None:
        """Remove the holdout model of a model."""
        _discard(self._model_folder(source, symbol, version) / _HOLDOUT)

    def remove(self, source: str, symbol: Symbol, version: str) -> None:
        """Remove a model, damaged or not."""
        _remove_model(self._model_folder(source, symbol, version))

    def leftovers(self) -> tuple[Path, ...]:
        """What jobs that were killed have left in all folders, or one that runs is writing."""
        return tuple(path for start in (_HALF, _GONE) for path in sorted(self.folder.rglob(f"{start}*")))

    def _is_whole(self, source: str, symbol: Symbol, version: str) -> bool:
        try:
            self.load(source, symbol, version)
        except ModelMissing:
            return False
        return True

    def _model_folder(self, source: str, symbol: Symbol, version: str) -> Path:
        """Raises ModelMissing if it is not the name of a model of this ETF."""
        if not _is_name(symbol, version):
            raise ModelMissing(f"{version[:80]!r} is not the name of a model of {symbol}. Name another one.")
        return self._place(source, symbol) / version

    def _place(self, source: str, symbol: Symbol) -> Path:
        return self.folder / source / symbol


def _is_name(symbol: Symbol, text: str) -> bool:
    """Whether a model of the ETF may be called so: ``load`` checks the rest of the name."""
    is_short = len(text) <= LONGEST_NAME
    return is_short and text.startswith(f"{symbol}-") and text.isprintable() and not {"/", "\\"} & {*text}


def _remove_model(folder: Path) -> None:
    gone = folder.with_name(f"{_GONE}{folder.name}")
    if gone.exists():  # a job was killed while it removed an earlier model of that name
        _discard(gone)
    folder.rename(gone)
    _discard(gone)


def _discard(path: Path) -> None:
    """Remove a file, or a folder with all that it holds."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
