"""``/report`` und der Wochenbericht."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.report": "Der Wochenbericht dieses Servers",
    "command.report.set": "Den Wochenbericht zu einer Zeit deiner Wahl bestellen",
    "option.report.channel": "Wo er erscheint",
    "option.report.day": "Wochentag",
    "option.report.time": "Uhrzeit, etwa 09:00 oder 21:30",
    "option.report.timezone": "Stadt oder Zone, etwa Berlin oder Asia/Kolkata",
    "option.report.role": "Rolle, die der Bericht erwähnt",
    "option.report.symbols": "ETFs, von denen er handelt, etwa ARKK, SPY; ohne Angabe alle",
    "option.report.skip_weekend": "Was auf Samstag oder Sonntag fällt, am Montag senden",
    "command.report.here": "Den Wochenbericht in diesen Kanal bestellen, samstags um 9:00",
    "command.report.preview": "Sehen, wie der Wochenbericht jetzt aussähe; nur du",
    "command.report.test": "Den Wochenbericht jetzt zur Probe senden",
    "command.report.pause": "Pause für den Wochenbericht; Einstellungen bleiben",
    "command.report.resume": "Nach Pause oder Störung mit dem Bericht fortfahren",
    "command.report.off": "Keine Wochenberichte mehr auf diesem Server",
    "command.report.status": "Wo der Wochenbericht erscheint und wann der nächste kommt",
    "report.set": (
        "Der Wochenbericht kommt von jetzt an in {channel}, jeden {day} um {at} in der Zone {zone}: das nächste Mal "
        "{next} ({in_time})."
    ),
    "report.role": "Er erwähnt {role}.",
    "report.symbols": "Er handelt von {symbols}.",
    "report.weekend": (
        "An einem {day} wird nicht gehandelt, und das Wochenende soll ausfallen: darum kommt er am Montag."
    ),
    "report.training": "Die Modelle werden einmal in der Woche neu trainiert; das nächste Training beginnt {next}.",
    "report.off": "Auf diesem Server gibt es keine Wochenberichte mehr.",
    "report.off_anyway": "Dieser Server bekommt ohnehin keinen Wochenbericht.",
    "report.none": "Dieser Server bekommt keinen Wochenbericht. `/report here` oder `/report set` bestellt ihn.",
    "report.goes": (
        "Der Wochenbericht kommt in {channel}, jeden {day} um {at} in der Zone {zone}: das nächste Mal {next} "
        "({in_time})."
    ),
    "report.should_go": "Der Wochenbericht soll in {channel} kommen, jeden {day} um {at} in der Zone {zone}.",
    "report.is_paused": "Er macht Pause: mit `/report resume` geht es weiter.",
    "report.paused": (
        "Der Wochenbericht macht Pause. Seine Einstellungen bleiben; mit `/report resume` geht es weiter."
    ),
    "report.resumed": "Der Wochenbericht kommt wieder in {channel}: das nächste Mal {next} ({in_time}).",
    "report.forbidden": (
        "Discord sagt, dass ich dort nicht schreiben darf; darum versuche ich es nicht mehr. Erlaube mir, den Kanal zu "
        "sehen und dort Nachrichten, eingebettete Links und Dateien zu senden, und nimm dann `/report resume`."
    ),
    "report.gone": (
        "Den Kanal gibt es nicht mehr; darum versuche ich es nicht weiter. Wähle mit `/report set` oder `/report here` "
        "einen anderen."
    ),
    "report.sent": "Der Bericht der Woche {week} kam {when}.",
    "report.sending": ("Beim Bericht der Woche {week} wurde ich {when} unterbrochen; ich sende ihn kein zweites Mal."),
    "report.failed": "Der Bericht der Woche {week} ließ sich {when} nicht senden; ich versuche es noch einmal.",
    "report.given_up": (
        "Der Bericht der Woche {week} ließ sich {when} nicht senden; nach mehreren Versuchen habe ich es aufgegeben."
    ),
    "report.refused": "Der Bericht der Woche {week} ließ sich {when} nicht senden.",
    "report.preview": "Das siehst nur du. So sähe der Bericht jetzt aus:",
    "report.test": "**Probe** des Wochenberichts. Der echte kommt {next}.",
    "report.tested": "Gesendet in {channel}: {link}",
    "report.bad_time": "{text!r} ist keine Uhrzeit. Schreib sie wie 09:00, 21:30 oder 9 pm.",
    "report.bad_zone": (
        "{text!r} bezeichnet keine Zeitzone. Wähle eine von denen, die ich vorschlage, wenn du eine Stadt tippst, etwa "
        "Europe/Berlin."
    ),
    "report.many_zones": (
        "{text!r} kann mehrere Zeitzonen meinen. Wähle eine von denen, die ich beim Tippen vorschlage, etwa {zones}."
    ),
    "report.everyone": (
        "Der Bericht kann nicht @everyone erwähnen. Wähle eine Rolle, die man annehmen und ablegen kann, oder lass das "
        "Feld leer."
    ),
    "report.role_forbidden": (
        "Ich darf {role} in {channel} nicht erwähnen: die Rolle ist für niemanden erwähnbar, und mir fehlt dort das "
        "Recht **{permission}**. Mach die Rolle in ihren Einstellungen für alle erwähnbar oder gib mir das Recht, und "
        "versuch es dann noch einmal."
    ),
    "report.too_many_symbols": "Der Bericht handelt von höchstens {most} ETFs, und du hast {count} genannt.",
    "weekly.title": "Wochenprognose, {horizon} Handelstage voraus",
    "weekly.as_of": "Stand: Schluss vom {close}; in Klammern der Bereich für 80 %.",
    "weekly.as_of_no_session": (
        "Heute wird nicht gehandelt. Stand: letzter Schluss, {close}; in Klammern der Bereich für 80 %."
    ),
    "weekly.record": (
        "**Letzte Woche:** {inside} von {closes} Schlusskursen in den 80-%-Bändern; am Ende lag der Median bei "
        "{nearer} von {etfs} ETFs näher als „keine Änderung“. `/track` zeigt die ganze Bilanz."
    ),
    "weekly.head": " · Bilanz {head}",
    "weekly.all_old": (
        "**Nicht neu:** das Training dieser Woche ist gescheitert; diese Prognosen stammen von einem früheren Modell."
    ),
    "weekly.some_old": (
        "**Nicht neu:** das Training dieser Woche ist gescheitert; von einem früheren Modell stammt: {symbols}."
    ),
    "weekly.more": "Das Menü unten zeigt dir einen ETF im Bild; `/scores` sagt, wie gut solche Prognosen waren.",
    "weekly.to": "bis",
    "weekly.week": "Woche {change}",
    "weekly.behind": "Stand {session}",
    "weekly.not_new": "nicht neu",
    "weekly.young": "zu jung für einen eigenen Rückblick",
    "weekly.young_short": "noch ohne Note",
    "weekly.skill": "Güte {skill}",
    "weekly.changes": "Was sich diese Woche geändert hat",
    "weekly.promoted": "Mit neuem Modell: {symbols}.",
    "weekly.faults": "Nicht verwendete Kurse: {faults}.",
    "weekly.failed": "{symbol}: {message}",
    "weekly.scores": "Fehlermaße",
    "weekly.track": "Frühere Prognosen",
    "weekly.menu": "Einen ETF zeigen, nur dir",
    "weekly.alt": (
        "Ein Balken je ETF: Median und Bereich für 80 % in {horizon} Handelstagen, in % vom letzten Schluss."
    ),
    "weekly.alt_line": "{symbol}: {median}, {low} bis {high}.",
}
