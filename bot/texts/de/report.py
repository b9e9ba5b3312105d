"""``/report`` und der Wochenbericht."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.report": "Der Wochenbericht dieses Servers",
    "command.report.set": "Den Wochenbericht bestellen",
    "option.report.channel": "Kanal, in dem er erscheint",
    "option.report.day": "Wochentag",
    "option.report.time": "Uhrzeit, etwa 09:00 oder 21:30",
    "option.report.timezone": "Stadt oder Zeitzone, etwa Berlin oder Asia/Kolkata",
    "option.report.role": "Rolle, die er anpingt",
    "option.report.symbols": "ETFs im Bericht, etwa ARKK, SPY (ohne Angabe: alle)",
    "option.report.skip_weekend": "Montags statt samstags oder sonntags senden",
    "command.report.here": "Den Wochenbericht in diesem Kanal senden, samstags um 9:00",
    "command.report.preview": "Vorschau des Wochenberichts (nur du siehst sie)",
    "command.report.test": "Den Wochenbericht jetzt zur Probe senden",
    "command.report.pause": "Den Wochenbericht anhalten; die Einstellungen bleiben",
    "command.report.resume": "Den Wochenbericht nach einer Pause oder Störung fortsetzen",
    "command.report.off": "Den Wochenbericht auf diesem Server abschalten",
    "command.report.status": "Wo und wann der Wochenbericht erscheint",
    "report.set": (
        "Der Wochenbericht kommt von jetzt an jeden {day} um {at} ({zone}) in {channel}. Das nächste Mal: {next} "
        "({in_time})."
    ),
    "report.role": "Er pingt {role} an.",
    "report.symbols": "Er handelt von {symbols}.",
    "report.weekend": (
        "An einem {day} wird nicht gehandelt, und du lässt das Wochenende aus; darum kommt er am Montag."
    ),
    "report.training": "Die Modelle werden einmal in der Woche neu trainiert; das nächste Training ist {next}.",
    "report.off": "Der Wochenbericht ist auf diesem Server jetzt abgeschaltet.",
    "report.off_anyway": "Der Wochenbericht war schon abgeschaltet.",
    "report.none": "Der Wochenbericht ist abgeschaltet. `/report here` oder `/report set` schaltet ihn ein.",
    "report.goes": (
        "Der Wochenbericht kommt jeden {day} um {at} ({zone}) in {channel}. Das nächste Mal: {next} ({in_time})."
    ),
    "report.should_go": "Der Wochenbericht ist für {channel} bestellt, jeden {day} um {at} ({zone}).",
    "report.is_paused": "Er macht Pause; mit `/report resume` geht es weiter.",
    "report.paused": (
        "Der Wochenbericht macht Pause. Seine Einstellungen bleiben; mit `/report resume` geht es weiter."
    ),
    "report.resumed": "Der Wochenbericht kommt wieder in {channel}. Das nächste Mal: {next} ({in_time}).",
    "report.forbidden": (
        "Discord lässt mich dort nicht schreiben; darum versuche ich es nicht mehr. Erlaube mir, den Kanal zu sehen "
        "und dort Nachrichten, eingebettete Links und Dateien zu senden, und nimm dann `/report resume`."
    ),
    "report.gone": (
        "Den Kanal gibt es nicht mehr; darum versuche ich es nicht weiter. Wähle mit `/report set` oder `/report here` "
        "einen anderen."
    ),
    "report.sent": "Der Bericht der Woche {week} kam {when}.",
    "report.sending": (
        "Beim Senden des Berichts der Woche {week} hielt der Bot an ({when}). Vor einem neuen Versuch sehe ich nach, "
        "ob er angekommen ist."
    ),
    "report.unknown": (
        "Discord hat den Bericht der Woche {week} nicht bestätigt ({when}). Vor einem neuen Versuch sehe ich nach, ob "
        "er angekommen ist."
    ),
    "report.lost": (
        "Discord hat den Bericht der Woche {week} nicht bestätigt ({when}), und ich darf dort den Nachrichtenverlauf "
        "nicht lesen, um nachzusehen. Damit er nicht doppelt erscheint, sende ich ihn nicht noch einmal."
    ),
    "report.empty": (
        "Für die Woche {week} gab es {when} nichts zu berichten: Keiner der ETFs hat bisher eine Prognose."
    ),
    "report.failed": "Der Bericht der Woche {week} ließ sich {when} nicht senden; ich versuche es noch einmal.",
    "report.given_up": (
        "Der Bericht der Woche {week} ließ sich nicht senden; nach mehreren Versuchen habe ich {when} aufgegeben."
    ),
    "report.refused": "Der Bericht der Woche {week} ließ sich {when} nicht senden.",
    "report.preview": "Vorschau (nur du siehst sie). So sähe der Bericht jetzt aus:",
    "report.test": "**Probe.** Der echte Wochenbericht kommt {next}.",
    "report.tested": "Gesendet in {channel}: {link}",
    "report.bad_time": "„{text}“ verstehe ich nicht als Uhrzeit. Schreib sie wie 09:00, 21:30 oder 9 pm.",
    "report.bad_zone": (
        "Die Zeitzone „{text}“ kenne ich nicht. Wähle eine aus der Liste, die erscheint, wenn du eine Stadt tippst, "
        "etwa Europe/Berlin."
    ),
    "report.many_zones": "„{text}“ ist mehrdeutig. Wähle beim Tippen eine aus der Liste, etwa {zones}.",
    "report.everyone": (
        "Der Bericht kann nicht @everyone anpingen. Wähle eine Rolle, die man sich selbst geben kann, oder lass das "
        "Feld leer."
    ),
    "report.role_forbidden": (
        "Ich darf {role} in {channel} nicht anpingen. Mach die Rolle in ihren Einstellungen für alle erwähnbar, oder "
        "gib mir in dem Kanal das Recht **{permission}**. Versuch es dann noch einmal."
    ),
    "report.too_many_symbols": "Ein Bericht kann höchstens {most} ETFs enthalten; du hast {count} genannt.",
    "weekly.title": "Wochenprognose, {horizon} Handelstage voraus",
    "weekly.as_of": "Stand: Schluss vom {close}. In Klammern: 80-%-Bereich in {horizon} Handelstagen.",
    "weekly.as_of_no_session": (
        "Heute wird nicht gehandelt. Stand: letzter Schluss, {close}. In Klammern: 80-%-Bereich in {horizon} "
        "Handelstagen."
    ),
    "weekly.record": (
        "**Letzte Woche:** {inside} von {closes} Schlusskursen lagen in den 80-%-Bändern; am Ende der Woche schlug "
        "unser Median bei {nearer} von {etfs} ETFs „keine Änderung“. `/track` zeigt die ganze Bilanz."
    ),
    "weekly.head": " · Bilanz {head}",
    "weekly.all_old": (
        "**Nicht neu:** Das Training dieser Woche ist gescheitert; diese Prognosen stammen von älteren Modellen."
    ),
    "weekly.some_old": (
        "**Nicht neu:** Das Training dieser Woche ist gescheitert für {symbols}; dort gilt ein älteres Modell."
    ),
    "weekly.more": "Wähle unten einen ETF für sein Bild. `/scores` zeigt, wie gut frühere Prognosen waren.",
    "weekly.to": "bis",
    "weekly.week": "Woche {change}",
    "weekly.behind": "Stand {session}",
    "weekly.not_new": "nicht neu",
    "weekly.young": "zu jung für einen eigenen Rückblick",
    "weekly.young_short": "noch ohne Fehlermaße",
    "weekly.skill": "Güte {skill}",
    "weekly.changes": "Was sich diese Woche geändert hat",
    "weekly.promoted": "Neues Modell in Gebrauch für {symbols}.",
    "weekly.faults": "Abgelehnte Kurse: {faults}.",
    "weekly.failed": "{symbol}: {message}",
    "weekly.scores": "Fehlermaße",
    "weekly.track": "Frühere Prognosen",
    "weekly.menu": "Einen ETF zeigen (nur dir)",
    "weekly.alt": (
        "Ein Balken je ETF: Median und 80-%-Bereich in {horizon} Handelstagen, als Änderung zum letzten Schluss."
    ),
    "weekly.alt_line": "{symbol}: {median}, {low} bis {high}.",
}
