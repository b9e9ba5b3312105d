"""``/privacy`` und ``/delete-data``"""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.privacy": "Was dieser Bot über dich und diesen Server speichert",
    "command.delete-data": "Löschen, was über dich oder diesen Server gespeichert ist",
    "option.delete-data.whose": "Deines oder, mit „Server verwalten“, das dieses Servers; ohne Angabe deines",
    "choice.delete-data.mine": "meines",
    "choice.delete-data.server": "das dieses Servers",
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
}
