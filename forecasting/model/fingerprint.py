"""Names for what a forecast was made from: data, model and program. None depends on the clock."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

import numpy as np

from forecasting.prices.history import PriceHistory
from forecasting.universe import Symbol

_HASHED: Final = ("adjusted", "close", "open", "high", "low", "volume")
"""The columns that are hashed. Fixed: a history's hash must not change when histories get more columns."""


def data_hash(history: PriceHistory) -> str:
    """SHA-256 (hex) of a history in this form:

    the line ``SYMBOL SOURCE CURRENCY\\n`` in UTF-8; then the sessions as days since 1970-01-01, little-endian 64-bit
    integers; then the columns adjusted, close, open, high, low and volume, each as little-endian 64-bit floats, with
    one and the same NaN (0x7ff8000000000000) wherever the source has no value.
    """
    digest = sha256(f"{history.symbol} {history.source} {history.currency}\n".encode())
    digest.update(history.sessions.to_numpy().astype("datetime64[D]").astype("<i8").tobytes())
    for column in _HASHED:
        values = history.frame[column].to_numpy(dtype="<f8")
        digest.update(np.where(np.isnan(values), np.nan, values).astype("<f8").tobytes())
    return digest.hexdigest()


def model_version(symbol: Symbol, as_of: date, model: bytes) -> str:
    """The name of a trained model: ``SPY-2024-12-31-1a2b3c4d``, the last part from the SHA-256 of its bytes."""
    return f"{symbol}-{as_of.isoformat()}-{sha256(model).hexdigest()[:8]}"


@lru_cache(maxsize=1)
def code_version() -> str:
    """The package's version and a SHA-256 over its source files: ``0.1.0+1a2b3c4d5e6f``.

    The hash distinguishes two checkouts of the same version.
    """
    package = Path(__file__).parents[1]
    digest = sha256()
    for path in sorted(package.rglob("*.py")):
        digest.update(f"{path.relative_to(package).as_posix()}\n".encode() + path.read_bytes())
    try:
        release = version("etf-forecast-bot")
    except PackageNotFoundError:  # run from an unpacked wheel
        release = "unreleased"
    return f"{release}+{digest.hexdigest()[:12]}"
