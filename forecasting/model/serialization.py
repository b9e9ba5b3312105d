"""Models as bytes: arrays and a JSON card in the safetensors format. Nothing is pickled."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError
from safetensors.numpy import load, save

from forecasting.errors import ModelMissing

Arrays = Mapping[str, npt.NDArray[Any]]

_CARD = "card"


def with_prefix(prefix: str, arrays: Arrays) -> dict[str, npt.NDArray[Any]]:
    """The arrays under longer names."""
    return {f"{prefix}{name}": array for name, array in arrays.items()}


def without_prefix(prefix: str, arrays: Arrays) -> dict[str, npt.NDArray[Any]]:
    """The arrays whose names begin with ``prefix``, under the rest of their names."""
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}


def pack(arrays: Arrays, card: Mapping[str, Any]) -> bytes:
    """The bytes of arrays and a card (fit for JSON). The same arrays and card give the same bytes, in any order."""
    ordered = {name: np.ascontiguousarray(arrays[name]) for name in sorted(arrays)}
    # The card is an array too: the format's own header keeps no order of its entries from one process to the next.
    text = json.dumps(card, sort_keys=True, separators=(",", ":")).encode()
    data: bytes = save(ordered | {_CARD: np.frombuffer(text, dtype=np.uint8)})
    return data


def unpack(data: bytes) -> tuple[dict[str, npt.NDArray[Any]], dict[str, Any]]:
    """The arrays and the card of ``pack``.

    Raises:
        ModelMissing: these are not the bytes of a model.
    """
    try:
        arrays: dict[str, npt.NDArray[Any]] = load(data)
        card = dict(json.loads(bytes(arrays.pop(_CARD))).items())
    except (SafetensorError, KeyError, ValueError, AttributeError, RecursionError) as error:
        raise ModelMissing(f"The stored model cannot be read: {error}. Retrain the ETF.") from None
    return arrays, card
