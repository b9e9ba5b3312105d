"""Was mehrere Funktionen gemeinsam haben: Quellen, Daten, Fehler, Rechte."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "option.symbol": "Kürzel oder Name des ETFs",
    "option.symbol_or_all": "Kürzel oder Name eines ETFs; ohne Angabe alle",
    "day.mon": "Montag",
    "day.tue": "Dienstag",
    "day.wed": "Mittwoch",
    "day.thu": "Donnerstag",
    "day.fri": "Freitag",
    "day.sat": "Samstag",
    "day.sun": "Sonntag",
    "advice": "keine Anlageberatung",
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
    "source.simulated": "simulierten Kursen",
    "source.csv": "Kursen aus CSV-Dateien",
    "source.yahoo": "Kursen von Yahoo",
    "source.other": "Kursen von {source}",
    "and_more": "… und {count} weitere",
    "odds.under": "unter {bound}",
    "odds.over": "über {bound}",
    "small_print": "Aus {source} · Ausschüttungen gelten als wiederangelegt · keine Anlageberatung",
    "skill.same": "so gut wie „keine Änderung“",
    "skill.better": "{size} % besser als „keine Änderung“",
    "skill.worse": "{size} % schlechter als „keine Änderung“",
    "record.young": "{symbol} ist zu jung für einen eigenen Rückblick",
    "record.line": "MAE {mae}, {skill} an {cutoffs} Stichtagen; das 80-%-Band hielt zu {held}",
    "stale.one": "**Alte Kurse:** seit diesem Schluss sind mehr als zwei Handelstage zu Ende gegangen.",
    "stale.many": "**Alte Kurse** von {which}: mehr als zwei Handelstage sind seither zu Ende gegangen",
    "stale.all": "allen ETFs",
    "model.lstm": "LSTM",
    "model.har": "HAR",
    "model.random_walk": "Unverändert",
    "model.drift": "Trend",
    "model.climatology": "Klimatologie",
    "as_of.one": "Stand: {newest}.",
    "as_of.many": "Stand: {newest}, der älteste vom {oldest}.",
    "job.retrain": "Training von {symbols}",
    "job.refresh": "Aktualisierung von {symbols}",
    "job.since": "{job}, begonnen {when}",
    "job.step": "{job}: {symbol}, {stage}, {done} von {of}",
    "job.stage_prices": "Kurse",
    "job.stage_backtest": "Rückblick",
    "job.stage_fit": "Anpassung",
    "job.stage_calibrate": "Eichung",
    "job.stage_report": "Bericht",
    "job.and_more": "{symbols} und {count} weiteren",
}
