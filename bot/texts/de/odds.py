"""``/odds``"""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.odds": (
        "Wie wahrscheinlich ein ETF an einem Tag über oder unter einem Kurs schließt oder ihn vorher erreicht"
    ),
    "option.odds.price": "Der Kurs, in der Währung des ETFs",
    "option.odds.by": "Bis wann: ein Datum wie 15.01.2027, oder 1 bis 60 Handelstage (ohne Angabe: 60)",
    "odds.title": "{symbol}: Chancen für {price}",
    "odds.head": "Letzter Schluss **{close}**, Stand {session}. Bis zum gefragten Kurs sind es {change}.",
    "odds.at": "In {count} Handelstagen",
    "odds.at.one": "In 1 Handelstag",
    "odds.closes": "{session}\nSchließt darüber: **{above}**\nSchließt darunter: **{below}**",
    "odds.until": "Bis dahin",
    "odds.rises_to": (
        "Schließt mindestens einmal bei {price} oder höher: **{odds}**\n(nur Schlusskurse, nicht im Lauf des Tages)"
    ),
    "odds.falls_to": (
        "Schließt mindestens einmal bei {price} oder tiefer: **{odds}**\n(nur Schlusskurse, nicht im Lauf des Tages)"
    ),
    "odds.alt": (
        "Bild der Prognose mit einer Linie beim gefragten Kurs. {title}, Stand {as_of} (letzter Schluss {close}). Am "
        "{session}: schließt darüber {above}, darunter {below}. Bis dahin: {until}."
    ),
    "odds.no_date": (
        "„{text}“ ist weder ein Datum noch eine Zahl von Handelstagen. Schreib ein Datum als `15.01.2027`, oder eine "
        "Zahl wie `20`."
    ),
    "odds.out_of_reach": (
        "Die Prognose reicht vom {first} bis zum {last}. Wähle ein Datum dazwischen, oder 1 bis {sessions} Handelstage."
    ),
}
