"""``/report`` und die Berichte."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.report": "Die Tages-, Wochen- und Monatsberichte dieses Servers",
    "command.report.set": "Einen Tages-, Wochen- oder Monatsbericht einrichten",
    "option.report.channel": "Kanal, Thread oder Forum, in dem er erscheint",
    "option.report.day": "Jeden Handelstag, an einem Wochentag oder am Monatsersten",
    "option.report.time": "Uhrzeit, etwa 09:00 oder 21:30",
    "option.report.timezone": "Stadt oder Zeitzone, etwa Berlin oder Asia/Kolkata",
    "option.report.role": "Rolle, die er anpingt",
    "option.report.symbols": "ETFs im Bericht, etwa ARKK, SPY (ohne Angabe: alle)",
    "option.report.skip_weekend": "Montags statt samstags oder sonntags senden",
    "option.report.language": "Sprache des Berichts (ohne Angabe: die des Servers)",
    "option.report.publish": "Im Ankündigungskanal: jeden Bericht an die Kanäle weitergeben, die ihm folgen",
    "option.report.portfolio": "Eines deiner Depots; alle im Kanal sehen die Kopie, die der Bericht davon behält",
    "option.report.report": "Welcher Bericht, wenn der Server mehrere hat",
    "option.report.change": "Welcher Bericht geändert wird, oder ein neuer (ohne Angabe: der gleicher Art)",
    "choice.report.new": "Neuer Bericht",
    "command.report.here": "Den Wochenbericht in diesem Kanal senden, samstags um 9 Uhr",
    "command.report.preview": "Vorschau eines Berichts (nur du siehst sie)",
    "command.report.test": "Einen Bericht jetzt zur Probe senden",
    "command.report.pause": "Einen Bericht anhalten; die Einstellungen bleiben",
    "command.report.resume": "Einen Bericht nach einer Pause oder Störung fortsetzen",
    "command.report.off": "Einen Bericht auf diesem Server abschalten",
    "command.report.status": "Wo und wann die Berichte erscheinen",
    "report.set": (
        "Der {report} kommt von jetzt an {day} um {at} ({zone}) in {channel}. Das nächste Mal: {next} ({in_time})."
    ),
    "report.daily": "Tagesbericht",
    "report.weekly": "Wochenbericht",
    "report.monthly": "Monatsbericht",
    "report.on_daily": "nach jedem Handelstag",
    "report.on_weekly": "jeden {day}",
    "report.on_monthly": "an jedem Monatsersten",
    "report.of_daily": "vom {period}",
    "report.of_weekly": "der Woche {period}",
    "report.of_monthly": "für {period}",
    "report.number": "**{number}.** {text}",
    "report.choice": "{number} · {report} in {channel}",
    "report.role": "Er pingt {role} an.",
    "report.symbols": "Er handelt von {symbols}.",
    "report.mix": "Dazu kommt das Depot **{name}** ({parts}), so wie es beim Einrichten des Berichts war.",
    "report.weekend": (
        "An einem {day} wird nicht gehandelt, und du lässt das Wochenende aus; darum kommt er am Montag."
    ),
    "report.weekend_monthly": "Ist der Monatserste ein Samstag oder Sonntag, kommt er am Montag danach.",
    "report.language": "Sprache: {language}.",
    "report.publishes": "Jeder Beitrag geht auch an die Kanäle, die {channel} folgen.",
    "report.training": "Die Modelle werden einmal in der Woche neu trainiert; das nächste Training ist {next}.",
    "report.off": "Der Bericht ist auf diesem Server jetzt abgeschaltet.",
    "report.off_anyway": "Auf diesem Server war kein Bericht eingeschaltet.",
    "report.none": (
        "Auf diesem Server ist kein Bericht eingeschaltet. `/report here` oder `/report set` schaltet einen ein."
    ),
    "report.goes": "Der {report} kommt {day} um {at} ({zone}) in {channel}. Das nächste Mal: {next} ({in_time}).",
    "report.should_go": "Der {report} ist für {channel} eingerichtet, {day} um {at} ({zone}).",
    "report.is_paused": "Er macht Pause; mit `/report resume` geht es weiter.",
    "report.paused": ("Der {report} macht Pause. Seine Einstellungen bleiben; mit `/report resume` geht es weiter."),
    "report.resumed": "Der {report} kommt wieder in {channel}. Das nächste Mal: {next} ({in_time}).",
    "report.forbidden": (
        "Discord lässt mich dort nicht schreiben; darum versuche ich es nicht mehr. Erlaube mir, den Kanal zu sehen "
        "und dort Nachrichten, eingebettete Links und Dateien zu senden, und nimm dann `/report resume`."
    ),
    "report.gone": (
        "Den Kanal gibt es nicht mehr; darum versuche ich es nicht weiter. Wähle mit `/report set` oder `/report here` "
        "einen anderen."
    ),
    "report.sent": "Der Bericht {period} kam {when}.",
    "report.sending": (
        "Beim Senden des Berichts {period} hielt der Bot an ({when}). Vor einem neuen Versuch sehe ich nach, "
        "ob er angekommen ist."
    ),
    "report.unknown": (
        "Discord hat den Bericht {period} nicht bestätigt ({when}). Vor einem neuen Versuch sehe ich nach, ob "
        "er angekommen ist."
    ),
    "report.lost": (
        "Discord hat den Bericht {period} nicht bestätigt ({when}), und ich darf dort den Nachrichtenverlauf "
        "nicht lesen, um nachzusehen. Damit er nicht doppelt erscheint, sende ich ihn nicht noch einmal."
    ),
    "report.empty": (
        "Für den Bericht {period} gab es {when} nichts zu berichten: Keiner der ETFs hat bisher eine Prognose."
    ),
    "report.empty_daily": (
        "Für den Bericht {period} gab es {when} nichts zu berichten: Von keinem der ETFs gibt es schon den "
        "Schlusskurs dieses Tages."
    ),
    "report.failed": "Der Bericht {period} ließ sich {when} nicht senden; ich versuche es noch einmal.",
    "report.given_up": (
        "Der Bericht {period} ließ sich nicht senden; nach mehreren Versuchen habe ich {when} aufgegeben."
    ),
    "report.too_late": "Der Bericht {period} ließ sich {when} nicht senden, und jetzt ist es dafür zu spät.",
    "report.never_confirmed": (
        "Discord hat den Bericht {period} nicht bestätigt ({when}), und für einen neuen Versuch ist es jetzt zu spät."
    ),
    "report.refused": "Der Bericht {period} ließ sich {when} nicht senden.",
    "report.preview": "Vorschau (nur du siehst sie). So sähe der Bericht jetzt aus:",
    "report.test": "**Probe.** Der echte Bericht kommt {next}.",
    "report.test_name": "Probe: {title}",
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
    "report.too_many": (
        "Dieser Server hat schon {count} Berichte, mehr geht nicht. Ändere einen mit der Option `report` von `/report "
        "set`, oder schalte einen mit `/report off` ab."
    ),
    "report.which": "Dieser Server hat mehrere Berichte. Sag mit der Option `report`, welchen du meinst:",
    "report.no_such": "Einen Bericht „{text}“ hat dieser Server nicht. Wähle einen aus der Liste der Option `report`:",
    "report.which_set": (
        "Dieser Server hat mehrere Berichte dieser Art. Sag mit der Option `report` von `/report set`, welcher sich "
        "ändern soll, oder wähle einen neuen:"
    ),
    "report.not_news": (
        "Nur Beiträge in einem Ankündigungskanal können weitergegeben werden, und {channel} ist keiner."
    ),
    "report.needs_tag": (
        "{channel} nimmt nur Beiträge mit einem Tag an, und ich kann keinen wählen. Schalte in den Einstellungen des "
        "Forums ab, dass ein Tag nötig ist, oder wähle einen anderen Kanal."
    ),
    "report.mix_title": "Depot",
    "weekly.title": "Wochenprognose, {horizon} Handelstage voraus",
    "weekly.as_of": "Stand: Schluss vom {close}. In Klammern: 80-%-Bereich in {horizon} Handelstagen.",
    "weekly.as_of_no_session": (
        "Heute wird nicht gehandelt. Stand: letzter Schluss, {close}. In Klammern: 80-%-Bereich in {horizon} "
        "Handelstagen."
    ),
    "weekly.record": (
        "**Letzte Woche:** {inside} von {closes} Schlusskursen lagen in den 80-%-Bändern; am Ende der Woche schlug "
        "unser Median bei {nearer} von {etfs} ETFs „unverändert“. `/track` zeigt die ganze Bilanz."
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
    "weekly.since": "Woche {change}",
    "weekly.behind": "Stand {session}",
    "weekly.not_new": "nicht neu",
    "weekly.young": "zu jung für einen eigenen Backtest",
    "weekly.young_short": "noch ohne Fehlermaße",
    "weekly.skill": "Güte {skill}",
    "weekly.changes": "Was sich diese Woche geändert hat",
    "weekly.promoted": "Neues Modell im Einsatz für {symbols}.",
    "weekly.faults": "Abgelehnte Kurse: {faults}.",
    "weekly.failed": "{symbol}: {message}",
    "weekly.scores": "Fehlermaße",
    "weekly.track": "Frühere Prognosen",
    "weekly.menu": "Einen ETF zeigen (nur dir)",
    "weekly.alt": (
        "Ein Balken je ETF: Median und 80-%-Bereich in {horizon} Handelstagen, als Änderung zum letzten Schluss."
    ),
    "weekly.alt_line": "{symbol}: {median}, {low} bis {high}.",
    "monthly.title": "Monatsprognose, {horizon} Handelstage voraus",
    "monthly.record": (
        "**Bilanz:** {held} von {closes} Schlusskursen lagen in den 80-%-Bändern; bei {better} von {etfs} ETFs "
        "schlugen unsere Prognosen „unverändert“. `/track` zeigt die ganze Bilanz."
    ),
    "monthly.since": "Monat {change}",
    "monthly.changes": "Was sich diesen Monat geändert hat",
    "daily.title": "Tagesprognose",
    "daily.as_of": (
        "Stand: Schluss vom {close}, mit der Änderung seit dem Schluss davor und 80-%-Bereichen (Tage sind "
        "Handelstage)."
    ),
    "daily.crossings": "**Außerhalb des 80-%-Bands vom Tag davor:** {symbols}",
    "daily.above": "{symbol} (darüber)",
    "daily.below": "{symbol} (darunter)",
    "daily.range": "{low} bis {high}",
    "daily.next": "nächster Tag {range}",
    "daily.ahead": "in {days} Tagen {range}",
}
