"""The registry: how sources are named, found and described."""

from __future__ import annotations

from pathlib import Path

import pytest

from forecasting.errors import BadSettings
from forecasting.prices.sources.registry import SOURCES, Source, find_source, open_source, source_named


@pytest.mark.parametrize("source", SOURCES.values(), ids=lambda source: source.name)
def test_every_registered_source_opens_under_its_name(source: Source, tmp_path: Path) -> None:
    form = source.form.replace("DIR", str(tmp_path))
    assert open_source(form, var=tmp_path).name == source.name
    assert find_source(form)[0] is source
    assert len(source.name) <= 16, "the width of the database's column"


def test_a_folder_need_not_be_named_to_read_what_is_stored() -> None:
    assert find_source("csv", to_open=False) == (SOURCES["csv"], None)
    assert find_source("csv:~/prices")[1] == Path("~/prices").expanduser()
    with pytest.raises(BadSettings, match="'csv' is not a price source"):
        find_source("csv")


def test_a_source_that_is_no_longer_registered_goes_by_its_name() -> None:
    assert source_named("tape").label == "tape prices"
    assert not source_named("tape").is_stored
