"""The two readers of binary files, as a fuzzer calls them: of any bytes, only the project's own errors come out.

``python -m tests.fuzz.search`` looks for bytes that break them; ``corpus/`` keeps what each search has learnt.
"""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import Final

from forecasting.errors import BadPrices, ModelMissing
from forecasting.model.config import LstmConfig
from forecasting.model.serialization import unpack
from forecasting.prices.files.reader import read_prices

CORPUS: Final = Path(__file__).parent / "corpus"


def read_model(data: bytes) -> None:
    """The safetensors file of a model: its arrays, its card, and the network's recipe in it."""
    with suppress(ModelMissing):
        arrays, card = unpack(data)
        assert all(isinstance(name, str) for name in arrays)
        LstmConfig.of_card(card)


def read_price_file(data: bytes) -> None:
    """A file of prices: Gzip, Parquet, or text in any encoding and layout."""
    with tempfile.NamedTemporaryFile(suffix=".csv") as file, warnings.catch_warnings():
        warnings.simplefilter("error")
        Path(file.name).write_bytes(data)
        with suppress(BadPrices):
            read_prices("SPY", Path(file.name))


TARGETS: Final[Mapping[str, Callable[[bytes], None]]] = MappingProxyType(
    {"model": read_model, "price_file": read_price_file}
)
