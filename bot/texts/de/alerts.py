"""``/alert`` und was es meldet."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.alert": "Melden lassen, wenn ein Schlusskurs einen Preis kreuzt oder das Band verlässt",
    "command.alert.add": "Einmal je Kreuzung melden, nach der täglichen Prognose",
    "option.alert.condition": "Worauf zu warten ist",
    "choice.alert.above": "über einem Preis",
    "choice.alert.below": "unter einem Preis",
    "choice.alert.band": "verlässt sein Band",
    "option.alert.price": "In Dollar, für „über“ und „unter“",
    "option.alert.where": "Wie zu melden ist; ohne Angabe als Direktnachricht",
    "choice.alert.direct": "als Direktnachricht",
    "choice.alert.channel": "in diesem Kanal",
    "command.alert.list": "Deine Alarme, und was aus ihnen wurde",
    "command.alert.remove": "Einen Alarm zurücknehmen",
    "option.alert.alert": "Welchen",
    "alert.above": "{symbol} über {price}",
    "alert.below": "{symbol} unter {price}",
    "alert.band": "{symbol} verlässt das 80-%-Band seiner Prognose, das der Handelstage bis {until}",
    "alert.needs_price": "Über oder unter welchem Preis? Nenne ihn in der Option `price`, in Dollar und über 0.",
    "alert.has_no_price": (
        "Das Band ist das der Prognose: Lass `price` weg, oder lass dich über oder unter einem Preis benachrichtigen."
    ),
    "alert.too_many": "Du hast {most} Alarme, und mehr darf man nicht haben. `/alert remove` nimmt einen zurück.",
    "alert.not_a_member": (
        "Ich bin auf diesem Server kein Mitglied und kann hier nicht schreiben. Lass `where` weg, dann sage ich es dir "
        "in einer Direktnachricht."
    ),
    "alert.unknown": "Du hast keinen Alarm mit dieser Nummer. `/alert list` zeigt deine.",
    "alert.has_it": "Diesen Alarm hast du schon: {what}.",
    "alert.added": (
        "Alarm {id}: {what}. {last} Ich sehe einmal am Tag nach, nach der Aktualisierung, die auf jeden Handelstag "
        "folgt, zum Schlusskurs, und sage es dir {way}, einmal je Überschreitung. Ein Split rechnet den Preis um. "
        "Keine Anlageberatung."
    ),
    "alert.last": "Der letzte Schlusskurs ist {close}, {session}.",
    "alert.there": (
        "Der letzte Schlusskurs ({close}, {session}) ist schon dort; ich sage es dir, wenn er weg war und wiederkommt."
    ),
    "alert.removed": "Zurückgenommen: {what}.",
    "alert.none": "Du hast keine Alarme. `/alert add` legt einen an.",
    "alert.yours": "Deine Alarme, {count} von {most}",
    "alert.direct": "in einer Direktnachricht",
    "alert.channel": "in {channel}",
    "alert.line": "{what}: ich sage es dir {way}",
    "alert.crossed": "{line}; überschritten zum Schlusskurs vom {session} ({close})",
    "alert.sent": "{crossed}, gemeldet {when}",
    "alert.failed": "{crossed}, konnte {when} nicht gemeldet werden; ich versuche es noch einige Male",
    "alert.given_up": "{crossed}, **nicht gemeldet**: es kam nicht durch, zuletzt {when}",
    "alert.lost": "{crossed}; ich wurde {when} beim Melden unterbrochen und melde es nicht zweimal",
    "alert.refused": "{crossed}, **nicht gemeldet**: {why}",
    "alert.direct_closed": (
        "Ich darf dir nicht schreiben: Erlaube in den Privatsphäre-Einstellungen dieses Servers Direktnachrichten"
    ),
    "alert.channel_forbidden": "Ich darf in diesem Kanal nicht schreiben und dir auch nicht",
    "alert.channel_gone": "den Kanal gibt es nicht mehr, und dir darf ich nicht schreiben",
    "alert.tell_above": "**{symbol}** ist über deinen {price}: Schlusskurs **{close}**, {session}.",
    "alert.tell_below": "**{symbol}** ist unter deinen {price}: Schlusskurs **{close}**, {session}.",
    "alert.tell_band": "**{symbol}** hat das 80-%-Band seiner Prognose verlassen: Schlusskurs **{close}**, {session}.",
    "alert.more": "`/forecast {symbol}` zeigt, was kommen kann. Keine Anlageberatung.",
}
