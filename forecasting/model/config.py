"""The recipe of the LSTM: how it is built and trained. Plain values, readable without torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from forecasting.errors import ModelMissing
from forecasting.model.features import LOOKBACK

FORMAT: Final = 4
"""Version of the bytes of a model. A change of what they hold, or of how a forecast uses it, takes the next number."""


@dataclass(frozen=True)
class TrainingConfig:
    """How a network is trained.

    Attributes:
        epochs: maximum number of passes over the training windows.
        least: minimum number of epochs behind the kept weights. With 0, validation may prefer the weights from before
            training; with 1 it keeps those after the first epoch or a later one.
        batch: windows per step.
        rate: learning rate of AdamW.
        decay: weight decay of AdamW.
        anchor: penalty on the squared distance of the weights from those before training; 0 for none.
        patience: epochs without a better validation loss after which training ends.
        shares: factors, above 0 and up to 1, by which the trained outputs may be multiplied. Validation picks one;
            without validation the last one is used.
    """

    epochs: int = 4
    least: int = 0
    batch: int = 256
    rate: float = 1e-3
    decay: float = 1e-2
    anchor: float = 0.0
    patience: int = 2
    shares: tuple[float, ...] = (1.0,)


PANEL_TRAINING: Final = TrainingConfig(epochs=2, least=1, batch=256, rate=1e-3, shares=(0.5, 1.0))
OWN_TRAINING: Final = TrainingConfig(epochs=3, batch=64, rate=3e-4, anchor=1.0)


@dataclass(frozen=True)
class LstmConfig:
    """A recipe.

    Attributes:
        units: width of the LSTM.
        layers: number of stacked LSTM layers.
        lookback: sessions in a window.
        dropout: fraction of units dropped in training, of the last state and between layers.
        every: sessions between the training windows of an ETF.
        validation: newest sessions that only early stopping sees (fewer if the history is short).
        networks: number of networks whose mean is the forecast.
        panel, own: the training on the panel, and of an ETF's copy.
    """

    units: int = 32
    layers: int = 1
    lookback: int = LOOKBACK
    dropout: float = 0.3
    every: int = 12
    validation: int = 630
    networks: int = 2
    panel: TrainingConfig = PANEL_TRAINING
    own: TrainingConfig = OWN_TRAINING

    @classmethod
    def of_card(cls, card: Mapping[str, Any]) -> LstmConfig:
        """The recipe in a model's card, with today's defaults for fields that the card lacks.

        Raises:
            ModelMissing: the model is of another format, or its card has no recipe.
        """
        if card.get("format") != FORMAT:
            raise ModelMissing(
                f"The stored model has format {card.get('format', 1)}, and this version of the program reads only "
                f"format {FORMAT}. Retrain the ETF."
            )
        try:
            raw = card["lstm"]
            stages = {
                name: TrainingConfig(**{**raw[name], "shares": tuple(raw[name]["shares"])}) for name in ("panel", "own")
            }
            return cls(**{**raw, **stages})
        except (KeyError, TypeError) as error:
            raise ModelMissing(
                f"The stored model has no recipe that could be read: {error}. Retrain the ETF."
            ) from None


DEFAULT_CONFIG: Final = LstmConfig()
