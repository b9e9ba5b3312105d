"""The recipe of the LSTM: how it is built and how it is trained.

Plain values: who names a recipe, stores it or reads it from a model's card need not load torch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from forecasting.errors import ModelMissing
from forecasting.model.features import LOOKBACK

FORMAT: Final = 3
"""Of the bytes of a model. Whatever changes what they hold, or what a forecast makes of it, takes the next number."""


@dataclass(frozen=True)
class TrainingConfig:
    """How a network is trained.

    Attributes:
        epochs: most passes over the training windows.
        least: fewest of them; 0 where the network as it was at the start may stay.
        batch: windows per step.
        rate: AdamW's learning rate.
        decay: AdamW's weight decay.
        anchor: strength of the pull towards the weights at the start (squared distance); 0 for none.
        patience: epochs without a better validation loss after which training ends.
        shares: parts of the outputs that validation may choose to keep.
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
    """The recipe.

    Attributes:
        units: width of the LSTM.
        layers: LSTMs one above the other.
        lookback: sessions in a window.
        dropout: share of the last state's units dropped in training, and of each layer's below it.
        every: sessions between training windows of an ETF.
        validation: newest sessions that only early stopping sees (fewer where the history is short).
        networks: networks whose mean is the forecast.
        panel, own: training on the panel, and of an ETF's copy.
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
        """The recipe in a model's card, with today's defaults for what the card does not name.

        Raises:
            ModelMissing: the model is of another format.
        """
        if card.get("format") != FORMAT:
            raise ModelMissing(
                f"The stored model has the format {card.get('format', 1)}, and this version of the program reads "
                f"{FORMAT} alone. Retrain the ETF to make a new one."
            )
        raw = card["lstm"]
        stages = {
            name: TrainingConfig(**{**raw[name], "shares": tuple(raw[name]["shares"])}) for name in ("panel", "own")
        }
        return cls(**{**raw, **stages})


DEFAULT_CONFIG: Final = LstmConfig()
