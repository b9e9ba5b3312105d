"""``/portfolio`` und ``/portfolios``"""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.portfolio": "Prognose für zwei bis sechs ETFs in einem Depot: SPY:60 TLT:40",
    "option.portfolio.mix": "ETFs mit Gewicht oder Betrag, etwa SPY:60 TLT:40, oder Name eines gespeicherten Depots",
    "option.portfolio.name": "Ein Name deiner Wahl",
    "option.portfolio.saved": "Name eines gespeicherten Depots",
    "command.portfolios": "Deine gespeicherten Depots",
    "command.portfolios.save": "Ein Depot unter einem Namen speichern, für /portfolio, Berichte und Alarme",
    "command.portfolios.list": "Deine gespeicherten Depots zeigen",
    "command.portfolios.remove": "Ein gespeichertes Depot löschen",
    "portfolio.title": "Depot: {parts}",
    "portfolio.basis": "Wertänderung, wenn zu diesen Schlusskursen gekauft und dann gehalten wird.",
    "portfolio.ahead": (
        "Median **{median}**\n80-%-Bereich: {range80}\n95-%-Bereich: {range95}\nVerlustwahrscheinlichkeit: **{odds}**"
    ),
    "portfolio.range": "{low} bis {high}",
    "portfolio.as_one": "Als wäre es ein einziger ETF",
    "portfolio.as_one_range": (
        "Nur aus der Vergangenheit des Depots selbst, 80-%-Bereich in {sessions} Handelstagen: {range80}"
    ),
    "portfolio.parts": "Die schlechtesten {worst} der Ausgänge in {sessions} Handelstagen: im Mittel {mean}",
    "portfolio.part": "**{symbol}**: {weight} des Werts, {loss} dieses Verlusts",
    "portfolio.no_loss": "Auch diese Ausgänge bringen keinen Verlust.",
    "portfolio.alt": (
        "Bild des Depots {parts}: sein bisheriger Wert und die Prognose mit Bändern für 50, 80 und 95\u00a0%. "
        "{ahead} {as_one}. {title}: {losses}."
    ),
    "portfolio.in_report": (
        "**{name}** ({parts}), jetzt gekauft und {sessions} Handelstage gehalten: Median **{median}**, 80-%-Bereich "
        "{range80}, Verlustwahrscheinlichkeit **{odds}**. Folgt aus den Prognosen seiner ETFs und wird nicht eigens "
        "bewertet."
    ),
    "portfolio.not_in_report": "**{name}** ({parts}): diesmal keine Prognose. {why}",
    "portfolio.unreadable": (
        "„{text}“ kann ich nicht lesen. Schreib jeden ETF mit Gewicht oder Betrag, etwa `SPY:60 TLT:40`, und große "
        "Zahlen ohne Tausenderpunkt: `6000`."
    ),
    "portfolio.twice": "{symbol} kommt zweimal vor. Nenne jeden ETF nur einmal.",
    "portfolio.bad_weight": "Das Gewicht von {symbol} muss eine Zahl über 0 sein.",
    "portfolio.wrong_number": "Nenne {fewest} bis {most} verschiedene ETFs mit Gewichten, etwa `SPY:60 TLT:40`.",
    "portfolio.currencies": (
        "Diese ETFs werden in verschiedenen Währungen gehandelt ({facts}), und Wechselkurse sage ich nicht vorher. "
        "Wähle ETFs mit derselben Währung."
    ),
    "portfolio.days": (
        "Die Prognosen dieser ETFs sind von verschiedenen Tagen: {facts}. Versuch es nach der nächsten Aktualisierung "
        "wieder, oder lass die älteren weg."
    ),
    "portfolio.saved": "Gespeichert: **{name}** ({parts}). `/portfolio` mit diesem Namen zeigt es.",
    "portfolio.replaced": (
        "Gespeichert: **{name}** ist jetzt {parts}. Das frühere Depot dieses Namens ist damit ersetzt."
    ),
    "portfolio.too_many": (
        "Du hast schon {most} Depots gespeichert, mehr geht nicht. Lösch eines mit `/portfolios remove`."
    ),
    "portfolio.bad_name": "„{name}“ geht nicht als Name: Er darf `:`, `=`, `,`, `;` und `%` nicht enthalten.",
    "portfolio.unknown": "Du hast kein Depot namens „{name}“ gespeichert. `/portfolios list` zeigt deine.",
    "portfolio.removed": "Gelöscht: **{name}**. Berichte und Alarme, die damit eingerichtet sind, behalten ihre Kopie.",
    "portfolio.yours": "Deine Depots ({count} von {most})",
    "portfolio.none": "Du hast keine Depots gespeichert. `/portfolios save` legt eines an.",
}
