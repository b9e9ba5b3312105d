"""Was Mitglieder neben Prognosen lesen, auf Deutsch: Datenschutz, Hilfe, Alarme, und was nicht ging."""

from __future__ import annotations

from typing import Final

GERMAN: Final[dict[str, str]] = {
    "privacy.title": "Was dieser Bot speichert",
    "privacy.what": (
        "Nummern von Servern, Kanälen, Rollen und Mitgliedern, soweit jemand dort etwas bestellt hat: den "
        "Wochenbericht, verfolgte ETFs, einen Kanal für Betreiber, Alarme. Welche Berichte ein Server bekam. Keine "
        "Nachrichten, keine Namen, keine Liste der Mitglieder. Prognosen handeln von ETFs und gehören niemandem. Wer "
        "den Bot betreibt, kann seine Datenbank lesen und sein Protokoll, das Server und Kanäle mit ihrer Nummer nennt."
    ),
    "privacy.mine": "Über dich, zur Zeit",
    "privacy.server": "Über diesen Server, zur Zeit",
    "privacy.how": "Wie es verschwindet",
    "privacy.delete": (
        "`/delete-data` löscht sofort und endgültig, was dir gehört; mit dem Recht „Server verwalten“ auch, was diesem "
        "Server gehört. Verlässt der Bot einen Server, werden dessen Einstellungen nach 30 Tagen gelöscht."
    ),
    "privacy.nothing": "Es ist nichts gespeichert.",
    "privacy.nothing_mine": "Über dich ist nichts gespeichert.",
    "privacy.nothing_server": "Über diesen Server ist nichts gespeichert.",
    "privacy.table.subscriptions": "Einstellungen des Wochenberichts: {count}",
    "privacy.table.deliveries": "Wochen, deren Bericht gesendet oder versucht wurde: {count}",
    "privacy.table.departures": "Dass der Bot diesen Server verlassen hat: {count}",
    "privacy.table.watches": "ETFs, jetzt oder früher verfolgt: {count}",
    "privacy.table.ops_channels": "Kanal für Betreiber: {count}",
    "privacy.table.ops_notes": "Dort gemeldete Störungen: {count}",
    "privacy.table.alerts": "Alarme: {count}",
    "privacy.confirm_mine": "Das würde endgültig gelöscht, auf allen Servern:\n{what}",
    "privacy.confirm_server": (
        "Das würde endgültig gelöscht, und damit auch der Wochenbericht und die ETFs dieses Servers:\n{what}"
    ),
    "privacy.button": "Endgültig löschen",
    "privacy.deleted_mine": "Gelöscht. Über dich ist nichts mehr gespeichert.",
    "privacy.deleted_server": (
        "Gelöscht. Über diesen Server ist nichts mehr gespeichert, außer den eigenen Alarmen seiner Mitglieder."
    ),
    # /help
    "help.title": "Was du fragen kannst",
    "help.intro": (
        "Prognosen von ETFs für 60 Handelstage. Die Mitte bewegt sich kaum, und das ist ehrlich: Niemand weiß, wo ein "
        "ETF in drei Monaten steht. In den Bändern steckt die Auskunft: 8 von 10 Ausgängen sollen ins 80-%-Band "
        "fallen, und `/scores` zeigt, wie viele es taten."
    ),
    # /explain
    "explain.title": "Wie man eine Prognose liest",
    "explain.middle": (
        "**Warum ist die Mitte fast flach?** Weil das die ehrliche Antwort ist. Was alle über einen ETF wissen "
        "können, steckt schon im Preis; die beste einzelne Schätzung für die nächsten 60 Handelstage liegt darum "
        "nahe am heutigen Schlusskurs, und kein Modell, hier oder anderswo, schlägt das verlässlich. Eine Linie, "
        "die kühn steigt oder fällt, sieht klüger aus und irrt öfter; `/scores` zeigt, wie wenig zu gewinnen ist, "
        "neben Prognosen, die jeder machen könnte."
    ),
    "explain.bands": (
        "**Wozu sind die Bänder da?** In ihnen steckt die Auskunft. Wie weit ein ETF sich bewegen kann, lässt sich "
        "vorhersagen: Ruhige und wilde Zeiten halten an, und das Modell lernt sie. 8 von 10 Schlusskursen sollen im "
        "80-%-Band enden und 19 von 20 im 95-%-Band; ein breites Band heißt also „alles ist möglich“, ein schmales, "
        "dass wenig geschehen dürfte. Ob sie das halten, wird an vergangenen Handelstagen gemessen, die das Modell "
        "nicht kannte, und steht bei jeder Prognose."
    ),
    "explain.advice": "keine Anlageberatung",
    # /alert
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
    "failure.under_way": (
        "Für {symbol} gibt es noch keine Prognose. Ein Auftrag läuft: {job}. Bitte frag wieder, wenn er fertig ist."
    ),
    "failure.unknown_symbol": (
        "Unter {text!r} ist hier kein ETF bekannt. Prüf die Schreibweise des Kürzels. Bekannt sind: {known}"
    ),
    "failure.no_forecast": "Für {symbol} gibt es noch keine Prognose. Sie kommt mit dem nächsten Training.",
    "failure.too_young": (
        "{symbol} hat erst Kurse von {sessions} Handelstagen, und eine Prognose braucht mindestens {needed}."
    ),
    "failure.unexpected": (
        "Hier ging etwas schief, womit niemand gerechnet hat. Im Protokoll des Bots steht es unter `{reference}`; "
        "bitte sag dem Bescheid, der ihn betreibt."
    ),
    "failure.database": (
        "Die Datenbank des Bots hat nicht rechtzeitig geantwortet; darum ist das nicht geschehen. Bitte versuch es in "
        "einer Minute noch einmal. Im Protokoll des Bots steht es unter `{reference}`."
    ),
    "failure.member_lacks": (
        "`/{command}` verlangt das Recht **{permissions}** auf dem Server **{server}**; dir fehlt es."
    ),
    "failure.bot_lacks": (
        "Mir fehlt das Recht **{permissions}** in {channel}. Gib es meiner Rolle in den Einstellungen des Kanals und "
        "versuch es dann noch einmal."
    ),
    "failure.only_in_servers": "`/{command}` geht nur in den Kanälen eines Servers.",
    "failure.channel_unseen": (
        "Ich sehe {channel} nicht: Der Kanal ist vor mir verborgen, oder es gibt ihn nicht mehr. Gib meiner Rolle in "
        "seinen Einstellungen das Recht **{permission}**, oder wähle einen anderen."
    ),
    "failure.bad_option": "Mit {value!r} kann dieser Befehl nichts anfangen. Wähle, was Discord beim Tippen anbietet.",
    "failure.outdated": (
        "`/{command}` hat sich geändert, und dein Discord zeigt noch die alte Form. Starte Discord neu (Strg+R) und "
        "versuch es dann noch einmal."
    ),
    "failure.too_fast": "Das war viel in kurzer Zeit. Bitte versuch es {in_time} wieder ({at}).",
    "permission.manage_guild": "Server verwalten",
    "permission.view_channel": "Kanal anzeigen",
    "permission.send_messages": "Nachrichten senden",
    "permission.send_messages_in_threads": "Nachrichten in Threads senden",
    "permission.embed_links": "Links einbetten",
    "permission.mention_everyone": "@everyone, @here und alle Rollen erwähnen",
    "permission.attach_files": "Dateien anhängen",
}
