"""``/alert`` und was es meldet."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.alert": "Alarme, wenn ein Schlusskurs einen Preis kreuzt oder das Band der Prognose verlässt",
    "command.alert.add": "Melden, wenn ein Schlusskurs einen Preis kreuzt oder das Band der Prognose verlässt",
    "option.alert.symbol": "Kürzel oder Name eines ETFs, oder Name eines deiner gespeicherten Depots",
    "option.alert.condition": "Wann der Alarm auslöst",
    "choice.alert.above": "über einem Preis",
    "choice.alert.below": "unter einem Preis",
    "choice.alert.band": "verlässt sein Band",
    "option.alert.price": (
        "Für „über“ und „unter“, in der Währung des ETFs; bei einem Depot in Punkten (100 = jetziger Wert)"
    ),
    "option.alert.where": "Wo ich es melde (ohne Angabe: Direktnachricht)",
    "choice.alert.direct": "als Direktnachricht",
    "choice.alert.channel": "in diesem Kanal",
    "command.alert.list": "Deine Alarme und ihr Stand",
    "command.alert.remove": "Einen Alarm löschen",
    "option.alert.alert": "Welchen Alarm",
    "alert.above": "{symbol} schließt über {price}",
    "alert.below": "{symbol} schließt unter {price}",
    "alert.band": "{symbol} schließt außerhalb des 80-%-Bands seiner jetzigen Prognose (gültig bis {until})",
    "alert.needs_price": (
        "Über oder unter welchem Preis? Nenne ihn in der Option `price`, in der Währung des ETFs; bei einem Depot in "
        "Punkten, wobei 100 sein jetziger Wert ist."
    ),
    "alert.has_no_price": (
        "Das Band stammt aus der Prognose: Lass `price` weg, oder wähle „über“ oder „unter“ einem Preis."
    ),
    "alert.too_many_here": (
        "Dieser Server hat schon so viele Alarme, wie erlaubt sind. Richte deinen in einer Direktnachricht an mich ein."
    ),
    "alert.too_many": "Du hast schon {most} Alarme, mehr geht nicht. Lösch einen mit `/alert remove`.",
    "alert.not_a_member": (
        "Ich bin auf diesem Server kein Mitglied und kann hier nicht schreiben. Lass `where` weg, dann bekommst du "
        "eine Direktnachricht."
    ),
    "alert.unknown": "Du hast keinen Alarm mit dieser Nummer. `/alert list` zeigt deine.",
    "alert.has_it": "Diesen Alarm hast du schon: {what}.",
    "alert.added": (
        "Alarm {id} gesetzt: {what}. {last} Ich prüfe die Schlusskurse einmal am Tag nach Handelsschluss. Tritt es "
        "ein, melde ich es {way}, jedes Mal nur einmal. {note} Keine Anlageberatung."
    ),
    "alert.splits": "Bei einem Split wird der Preis umgerechnet.",
    "alert.points": (
        "Ein Depot zählt in Punkten: 100 ist sein Wert beim Schluss vom {since}, wenn es dann gekauft und gehalten "
        "wird, Ausschüttungen wieder angelegt."
    ),
    "alert.last": "Der letzte Schlusskurs ist {close} ({session}).",
    "alert.there": (
        "Der letzte Schlusskurs ({close}, {session}) erfüllt das schon; ich melde es, wenn es das nächste Mal eintritt."
    ),
    "alert.removed": "Gelöscht: {what}.",
    "alert.none": "Du hast keine Alarme. `/alert add` legt einen an.",
    "alert.yours": "Deine Alarme, {count} von {most}",
    "alert.direct": "in einer Direktnachricht",
    "alert.channel": "in {channel}",
    "alert.line": "{what} → {way}",
    "alert.line_points": "{line} (100: Schluss vom {since}; zuletzt geprüft: {checked})",
    "alert.crossed": "{line}; eingetreten beim Schluss vom {session} ({close})",
    "alert.doubt": "{line}; fraglich seit {session}: frühere Schlusskurse wurden umgerechnet",
    "alert.sent": "{crossed}, gemeldet {when}",
    "alert.failed": "{crossed}; Senden gescheitert {when}, neuer Versuch folgt",
    "alert.given_up": "{crossed}; **nicht zugestellt**, letzter Versuch {when}",
    "alert.unconfirmed": "{crossed}; von Discord nicht bestätigt ({when}), ich sehe nach, ob es ankam",
    "alert.lost": "{crossed}; von Discord nicht bestätigt ({when}), und ich sende es nicht noch einmal",
    "alert.refused": "{crossed}; **nicht zugestellt**: {why}",
    "alert.direct_closed": (
        "ich darf dir nicht schreiben; erlaube in den Privatsphäre-Einstellungen dieses Servers Direktnachrichten"
    ),
    "alert.channel_forbidden": "ich darf in diesem Kanal nicht schreiben und dir auch nicht",
    "alert.channel_gone": "den Kanal gibt es nicht mehr, und dir darf ich nicht schreiben",
    "alert.tell_above": "**{symbol}** schloss am {session} bei **{close}**, über deinen {price}.",
    "alert.tell_below": "**{symbol}** schloss am {session} bei **{close}**, unter deinen {price}.",
    "alert.tell_band": "**{symbol}** schloss am {session} bei **{close}**, außerhalb des 80-%-Bands seiner Prognose.",
    "alert.tell_doubt": (
        "Bis {session} wurden frühere Schlusskurse von **{symbol}** umgerechnet, und die Kursquelle sagt nicht, ob "
        "wegen eines Splits oder einer hohen Ausschüttung. Dein Alarm bleibt bei {price}. War es ein Split, lösch ihn "
        "und leg ihn mit dem neuen Preis neu an."
    ),
    "alert.more_points": (
        "Punkte: 100 war der Wert beim Schluss vom {since}. `/portfolio` zeigt, was kommen kann. Keine Anlageberatung."
    ),
    "alert.more": "`/forecast {symbol}` zeigt, was kommen kann. Keine Anlageberatung.",
}
