"""Was mehrere Funktionen gemeinsam haben: Quellen, Daten, Aufträge, Fehler, Rechte."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "option.symbol": "Kürzel oder Name des ETFs",
    "option.symbol_or_all": "Kürzel oder Name eines ETFs (ohne Angabe: alle)",
    "percent": "{number}\u00a0%",
    "number.point": ",",
    "number.thousands": ".",
    "price.sign": "{figure}\u00a0{sign}",
    "price.code": "{figure}\u00a0{sign}",
    "price.pence": "{figure}\u00a0p",
    "advice": "Keine Anlageberatung",
    "and_more": "… und {count} weitere",
    "day.all": "Jeden Handelstag",
    "day.mon": "Montag",
    "day.tue": "Dienstag",
    "day.wed": "Mittwoch",
    "day.thu": "Donnerstag",
    "day.fri": "Freitag",
    "day.sat": "Samstag",
    "day.sun": "Sonntag",
    "day.1st": "Monatserster",
    "language.name": "Deutsch",
    "source.simulated": "simulierten Kursen",
    "source.csv": "Kursen aus CSV-Dateien",
    "source.yahoo": "Kursen von Yahoo",
    "small_print": "Aus {source} · Ausschüttungen gelten als wiederangelegt · keine Anlageberatung",
    "odds.under": "unter {bound}",
    "odds.over": "über {bound}",
    "as_of.one": "Stand: {newest}.",
    "as_of.many": "Stand: {newest}, der älteste vom {oldest}.",
    "stale.one": "**Alte Kurse:** Der letzte Schlusskurs ist mehr als zwei Handelstage alt.",
    "stale.many": "**Alte Kurse** ({which}): Der letzte Schlusskurs ist mehr als zwei Handelstage alt.",
    "stale.all": "alle ETFs",
    "model.lstm": "LSTM",
    "model.har": "HAR",
    "model.random_walk": "Unverändert",
    "model.drift": "Trend",
    "model.climatology": "Klimatologie",
    "skill.same": "so gut wie „unverändert“",
    "skill.better": "{size} besser als „unverändert“",
    "skill.worse": "{size} schlechter als „unverändert“",
    "record.young": "{symbol} ist zu jung für einen eigenen Backtest.",
    "record.line": (
        "An {cutoffs} vergangenen Stichtagen lag dieses Modell im Mittel um {mae} daneben (MAE), {skill}. Der Kurs lag "
        "zu {held} im 80-%-Band."
    ),
    "term.mae": "MAE: der mittlere Fehler",
    "term.rmse": "RMSE: ebenso, aber große Fehler zählen mehr",
    "term.mse": "MSE: RMSE im Quadrat",
    "term.skill": "Güte: wie viel kleiner der MAE ist als bei „unverändert“",
    "term.coverage": "80\u00a0%, 95\u00a0%: wie oft der Kurs in diesen Bändern lag",
    "term.median": "Median: die Hälfte der Ausgänge liegt darüber, die Hälfte darunter",
    "term.band": "80-%-Bereich: 8 von 10 Schlusskursen sollen darin liegen",
    "term.correlation": "Korrelation: 1 = im Gleichschritt, 0 = nichts gemeinsam",
    "term.random_walk": "Unverändert: der Kurs bleibt, wo er ist",
    "term.drift": "Trend: er bewegt sich weiter wie bisher im Mittel",
    "term.har": "HAR: ein einfaches lineares Modell der Volatilität",
    "term.climatology": "Klimatologie: frühere Bewegungen wiederholen sich",
    "term.cutoff": "Stichtag: ein vergangener Tag, vorhergesagt ohne spätere Kurse",
    "term.promised": "Zusage: dieselben Zahlen im Backtest",
    "term.more": "mehr: `/explain`",
    "job.retrain": "Training von {symbols}",
    "job.refresh": "Aktualisierung von {symbols}",
    "job.and_more": "{symbols} und {count} weiteren",
    "job.since": "{job}, begonnen {when}",
    "job.step": "{job}: {symbol}, {stage} ({done} von {of})",
    "job.stage_prices": "Kurse",
    "job.stage_backtest": "Backtest",
    "job.stage_fit": "Anpassung",
    "job.stage_calibrate": "Kalibrierung",
    "job.stage_report": "Bericht",
    "failure.under_way": (
        "Für {symbol} gibt es noch keine Prognose. Gerade läuft: {job}. Versuch es wieder, wenn das fertig ist."
    ),
    "failure.unknown_symbol": ("Ich kenne keinen ETF namens „{text}“. Prüf die Schreibweise. Hier gibt es: {known}."),
    "failure.did_you_mean": "Meinst du {near}?",
    "failure.no_forecast": "Für {symbol} gibt es noch keine Prognose. Sie kommt mit dem nächsten Training.",
    "failure.too_young": (
        "{symbol} hat erst Kurse von {sessions:,} Handelstagen; eine Prognose braucht mindestens {needed:,}."
    ),
    "failure.no_past_returns": (
        "Zur neuesten Prognose von {symbol} fehlen die früheren Kurse, die es dafür braucht. Ab der nächsten "
        "Aktualisierung geht es."
    ),
    "failure.too_little_in_common": (
        "Die Kurse reichen dafür nicht weit genug zurück: Es braucht etwa anderthalb Jahre, in denen alle diese ETFs "
        "gehandelt wurden."
    ),
    "failure.unexpected": (
        "Hier ging etwas Unerwartetes schief. Bitte nenne dem Besitzer des Bots diese Nummer: `{reference}`."
    ),
    "failure.discord_refuses": (
        "Discord hat das abgelehnt ({reason}). Prüf, ob es den Kanal noch gibt und was ich dort darf."
    ),
    "failure.discord_fails": "Discord antwortet mir gerade nicht richtig. Bitte versuch es in ein paar Minuten wieder.",
    "failure.database": (
        "Die Datenbank des Bots hat nicht rechtzeitig geantwortet; darum ist nichts geschehen. Bitte versuch es in "
        "einer Minute noch einmal. Hilft das nicht, nenne dem Besitzer des Bots diese Nummer: `{reference}`."
    ),
    "failure.storage": (
        "Es ist nichts geschehen: {cause}. Das kann nur der Besitzer des Bots beheben; bitte nenne ihm diese Nummer: "
        "`{reference}`."
    ),
    "storage.full": "Auf dem Rechner des Bots ist kein Speicherplatz mehr frei",
    "storage.read-only": "Die Datenbank des Bots lässt sich lesen, aber nicht beschreiben",
    "storage.damaged": "Die Datenbank des Bots ist beschädigt",
    "failure.member_lacks": ("Für `/{command}` brauchst du das Recht **{permissions}** auf dem Server **{server}**."),
    "failure.bot_lacks": (
        "Mir fehlen in {channel} die Rechte **{permissions}**. Gib sie meiner Rolle in den Einstellungen des Kanals "
        "und versuch es dann noch einmal."
    ),
    "failure.bot_lacks.one": (
        "Mir fehlt in {channel} das Recht **{permissions}**. Gib es meiner Rolle in den Einstellungen des Kanals und "
        "versuch es dann noch einmal."
    ),
    "failure.only_in_servers": "`/{command}` geht nur auf einem Server.",
    "failure.channel_unseen": (
        "Ich sehe {channel} nicht: Der Kanal ist vor mir verborgen, oder es gibt ihn nicht mehr. Gib meiner Rolle in "
        "seinen Einstellungen das Recht **{permission}**, oder wähle einen anderen."
    ),
    "failure.bad_option": "„{value}“ passt hier nicht. Wähle eine der Möglichkeiten, die Discord vorschlägt.",
    "failure.outdated": (
        "`/{command}` wurde geändert, aber dein Discord zeigt noch die alte Form. Starte Discord neu (Strg+R) und "
        "versuch es dann noch einmal."
    ),
    "failure.too_fast": "Langsam: {in_time} kannst du das wieder benutzen.",
    "permission.manage_guild": "Server verwalten",
    "permission.view_channel": "Kanal anzeigen",
    "permission.send_messages": "Nachrichten senden",
    "permission.create_posts": "Beiträge erstellen",
    "permission.send_messages_in_threads": "Nachrichten in Threads senden",
    "permission.embed_links": "Links einbetten",
    "permission.mention_everyone": "@everyone, @here und alle Rollen erwähnen",
    "permission.attach_files": "Dateien anhängen",
}
