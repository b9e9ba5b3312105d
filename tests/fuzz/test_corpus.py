"""Bytes of every kind that the searches of ``tests.fuzz.search`` have found, and more like them."""

from __future__ import annotations

import gzip
import io

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasting.errors import BadPrices, ModelMissing
from forecasting.model.serialization import unpack
from forecasting.prices.files import contents
from tests.fuzz.targets import CORPUS, TARGETS


@pytest.mark.parametrize("target", TARGETS)
def test_what_searches_have_found_ends_in_an_error_of_the_projects_own(target: str) -> None:
    files = sorted((CORPUS / target).iterdir())
    assert len(files) > 4
    for file in files:
        TARGETS[target](file.read_bytes())
    assert sum(file.stat().st_size for file in CORPUS.rglob("*") if file.is_file()) < 200_000


SEEDS = {target: [file.read_bytes() for file in sorted((CORPUS / target).iterdir())] for target in TARGETS}


@st.composite
def damaged(draw: st.DrawFn, target: str) -> bytes:
    """One of the corpus with a part replaced, inserted, or left out."""
    data = draw(st.sampled_from(SEEDS[target]))
    start = draw(st.integers(0, len(data)))
    end = draw(st.integers(start, min(len(data), start + 64)))
    return data[:start] + draw(st.binary(max_size=16)) + data[end:]


@given(damaged("model"))
@settings(deadline=None, max_examples=200)
def test_no_damage_of_a_models_file_is_a_traceback(data: bytes) -> None:
    TARGETS["model"](data)


@given(damaged("price_file"))
@settings(deadline=None, max_examples=100)
def test_no_damage_of_a_price_file_is_a_traceback(data: bytes) -> None:
    TARGETS["price_file"](data)


@pytest.mark.parametrize("card", [b"[1]", b"7", b'"x"', b"[" * 100_000])
def test_a_card_that_is_no_object_is_a_missing_model(card: bytes) -> None:
    header = b'{"card":{"dtype":"U8","shape":[%d],"data_offsets":[0,%d]}}' % (len(card), len(card))
    with pytest.raises(ModelMissing, match="cannot be read"):
        unpack(len(header).to_bytes(8, "little") + header + card)


def test_a_small_file_that_unpacks_to_gigabytes_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setattr(contents, "LARGEST", 1_000_000)
    packed = gzip.compress(bytes(1_000_001))
    assert len(packed) < 2_000
    with pytest.raises(ValueError, match="larger than 1 MB"):
        contents._unpacked(packed)
    assert contents._unpacked(gzip.compress(bytes(1_000_000))) == bytes(1_000_000)


def test_a_damaged_parquet_file_is_told_in_words(tmp_path: object) -> None:
    pytest.importorskip("pyarrow", reason="needs pyarrow, of the extra parquet")
    buffer = io.BytesIO()
    pd.DataFrame({"Close": [1.5, 2.5]}).to_parquet(buffer)
    whole = buffer.getvalue()
    for place in range(4, len(whole), 7):
        TARGETS["price_file"](whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
    with pytest.raises(BadPrices, match="cannot be read as a table"):
        contents._parquet("SPY", CORPUS / "x", b"PAR1 and more")
