"""``/privacy`` und ``/delete-data``"""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.privacy": "Was dieser Bot über dich und diesen Server speichert",
    "command.delete-data": "Löschen, was über dich oder diesen Server gespeichert ist",
    "option.delete-data.whose": "Deine Daten oder die dieses Servers (braucht „Server verwalten“); ohne Angabe deine",
    "choice.delete-data.mine": "meine",
    "choice.delete-data.server": "die dieses Servers",
    "privacy.title": "Was dieser Bot speichert",
    "privacy.what": (
        "IDs von Servern, Kanälen, Rollen und Mitgliedern, aber nur, wo jemand etwas eingerichtet hat: einen Bericht, "
        "verfolgte ETFs, einen Kanal für Betreiber, Alarme, Depots. Ein Bericht mit einem Depot behält eine Kopie von "
        "dessen Namen und Gewichten, aber nicht, wem es gehörte; die Kopie gehört dem Server. Eine Liste der "
        "gesendeten Berichte. Keine Nachrichten, keine Namen von Mitgliedern, keine Mitgliederlisten. Prognosen "
        "handeln von ETFs, nicht von Menschen. Wer den Bot betreibt, kann seine Datenbank lesen und sein Protokoll, "
        "das IDs von Servern und Kanälen enthält."
    ),
    "privacy.mine": "Über dich, zurzeit",
    "privacy.server": "Über diesen Server, zurzeit",
    "privacy.how": "Wie man es löscht",
    "privacy.delete": (
        "`/delete-data` löscht deine Daten endgültig; mit dem Recht „Server verwalten“ auch die dieses Servers. "
        "Verlässt der Bot einen Server, werden dessen Einstellungen nach 30 Tagen gelöscht."
    ),
    "privacy.nothing": "Es ist nichts gespeichert.",
    "privacy.nothing_mine": "Über dich ist nichts gespeichert.",
    "privacy.nothing_server": "Über diesen Server ist nichts gespeichert.",
    "privacy.table.subscriptions": "Einstellungen von Berichten: {count}",
    "privacy.table.deliveries": "Gesendete oder versuchte Berichte: {count}",
    "privacy.table.departures": "Vermerk, dass der Bot diesen Server verlassen hat: {count}",
    "privacy.table.watches": "ETFs, jetzt oder früher verfolgt: {count}",
    "privacy.table.ops_channels": "Kanal für Betreiber: {count}",
    "privacy.table.ops_notes": "Dort gemeldete Störungen: {count}",
    "privacy.table.mixes": "Gespeicherte Depots: {count}",
    "privacy.table.alerts": "Alarme: {count}",
    "privacy.confirm_mine": "Das wird endgültig gelöscht, auf allen Servern:\n{what}",
    "privacy.confirm_server": (
        "Das wird endgültig gelöscht, samt Berichten und verfolgten ETFs dieses Servers:\n{what}"
    ),
    "privacy.button": "Endgültig löschen",
    "privacy.deleted_mine": "Gelöscht. Über dich ist nichts mehr gespeichert.",
    "privacy.deleted_server": (
        "Gelöscht. Über diesen Server ist nichts mehr gespeichert, außer den eigenen Alarmen seiner Mitglieder."
    ),
}
