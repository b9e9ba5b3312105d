"""User text becomes a symbol in one place."""

from __future__ import annotations

import pytest

from forecasting.errors import BadSettings, UnknownSymbol
from forecasting.universe import Universe


def test_the_three_etfs_are_always_served() -> None:
    assert Universe.parse("").symbols == ("ARKK", "SPY", "FNGU")
    assert Universe() == Universe.parse("")


def test_a_setting_adds_etfs_with_and_without_names() -> None:
    universe = Universe.parse(" qqq = Invesco QQQ Trust , TLT,, ")
    assert universe.symbols == ("ARKK", "SPY", "FNGU", "QQQ", "TLT")
    assert universe.name(universe.resolve("qqq")) == "Invesco QQQ Trust"
    assert universe.name(universe.resolve("tlt")) == "TLT"


def test_a_setting_can_rename_one_of_the_three() -> None:
    universe = Universe.parse("SPY=The market")
    assert universe.symbols == ("ARKK", "SPY", "FNGU")
    assert universe.name(universe.resolve("SPY")) == "The market"


@pytest.mark.parametrize("text", ["=Name only", "Q QQ", "A;B", "WAYTOOLONGTICKERS", "Ü"])
def test_a_setting_that_is_no_ticker_is_refused(text: str) -> None:
    with pytest.raises(BadSettings, match=r"the entry .* does not start with a ticker in capitals"):
        Universe.parse(text)


def test_a_name_with_a_comma_stands_in_quotes() -> None:
    universe = Universe.parse('QQQ="Invesco QQQ, Trust", "TLT=20 years, and more","IWM"')
    assert universe.symbols == ("ARKK", "SPY", "FNGU", "QQQ", "TLT", "IWM")
    assert universe.name(universe.resolve("QQQ")) == "Invesco QQQ, Trust"
    assert universe.name(universe.resolve("TLT")) == "20 years, and more"


@pytest.mark.parametrize("text", ["QQQ=Invesco QQQ, Trust", "QQQ=invesco, trust", "TLT,QQQ=Fund, Inc"])
def test_the_rest_of_a_name_is_not_taken_for_a_ticker(text: str) -> None:
    with pytest.raises(BadSettings, match="If it belongs to the name before it, put that into double quotes"):
        Universe.parse(text)


@pytest.mark.parametrize("text", ["ARKK", "arkk", " $arkk ", "ark innovation ETF"])
def test_resolve_understands_tickers_and_names(text: str) -> None:
    assert Universe.parse("").resolve(text) == "ARKK"


@pytest.mark.parametrize("text", ["", "$", "QQQ", "../SPY", "SPY; DROP TABLE", "ark"])
def test_resolve_refuses_the_rest(text: str) -> None:
    with pytest.raises(UnknownSymbol, match="ARKK, SPY, FNGU"):
        Universe.parse("").resolve(text)


def test_resolve_knows_what_others_know() -> None:
    assert Universe.parse("").resolve("qqq", also=["QQQ"]) == "QQQ"


def test_ticker_takes_any_spelling_but_no_path() -> None:
    universe = Universe.parse("")
    assert universe.ticker(" brk-b ") == "BRK-B"
    assert universe.ticker("^gspc") == "^GSPC"
    for text in ("../x", "a/b", "", "a b"):
        with pytest.raises(UnknownSymbol):
            universe.ticker(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ark inn", ("ARKK",)),
        ("s", ("SPY",)),
        ("etf", ("ARKK", "SPY")),
        ("fang", ("FNGU",)),
        ("", ("ARKK", "SPY", "FNGU")),
        ("nothing", ()),
    ],
)
def test_search_by_the_start_of_words(text: str, found: tuple[str, ...]) -> None:
    assert Universe.parse("").search(text) == found


def test_search_keeps_its_limit() -> None:
    many = Universe.parse(",".join(f"X{i}" for i in range(40)))
    assert len(many.search("x", limit=25)) == 25


def test_other_etfs_can_be_served_instead_of_the_three() -> None:
    universe = Universe.parse("TLT", "QQQ=Invesco QQQ Trust,SPY")
    assert universe.symbols == ("QQQ", "SPY", "TLT")
    assert [universe.name(symbol) for symbol in universe.symbols] == [
        "Invesco QQQ Trust",
        "SPDR S&P 500 ETF Trust",
        "TLT",
    ]
    assert Universe.parse("", " , ") == Universe.parse("")
    with pytest.raises(UnknownSymbol):
        universe.resolve("FNGU")


@pytest.mark.parametrize(
    "text",
    ["\uff33\uff30\uff39", "S\u200bPY", "\ufeffspy", "$SPY\u200d ", "\u202aSPY\u202c", "ＳＰＤＲ S&P 500 ETF Trust"],
)
def test_letters_that_look_the_same_are_the_same(text: str) -> None:
    assert Universe().resolve(text) == "SPY"
    assert Universe().search(text) == ("SPY",)


def test_a_share_class_is_suggested_as_price_sources_write_it() -> None:
    with pytest.raises(UnknownSymbol, match=r"'brk.b' is known here. Check the spelling. Did you mean BRK-B\?"):
        Universe().resolve("brk.b")
    assert UnknownSymbol("VUSA.L").near is None, "this is a listing in London"
    assert Universe().ticker("brk\u2013b") == "BRK-B"
