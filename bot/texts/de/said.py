"""Sätze aus ``forecasting`` und von Aufträgen, die Mitglieder lesen: Hinweise, Gründe, Warnungen."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "said.of": "{thing}: {message}",
    "said.and_others": "{days} und weitere Tage",
    "said.note.young": (
        "{symbol} wird erst seit {sessions} Handelstagen gehandelt, weniger als drei Jahre: Die Prognose stützt "
        "sich auf das, was das Modell von anderen ETFs gelernt hat."
    ),
    "said.note.unscored": (
        "{symbol} ist zu jung für einen Backtest; darum gibt es noch keine früheren Fehler zu zeigen."
    ),
    "said.note.not_accepted": (
        "Ein neueres Modell wurde trainiert, aber nicht angenommen; das frühere bleibt im Einsatz."
    ),
    "said.note.not_used": "Die neuesten Kurse von {symbol} ({days}) bleiben unbenutzt: {reason}.",
    "said.why.level_shift": (
        "Sie springen ohne auffälligen Handel auf ein neues Niveau, und erst der nächste Tag entscheidet"
    ),
    "said.why.repeated": "Sie wiederholen den Vortag, als wäre die Quelle stehen geblieben",
    "said.why.unfinished": "Ihr Umsatz ist der eines Tages, der noch nicht vorbei war",
    "said.why.no_price": "Ein Kurs fehlt",
    "said.why.no_volume": "Der Umsatz fehlt",
    "said.why.inconsistent": "Sie widersprechen einander",
    "said.why.doubled": "Für diesen Tag gibt es zwei verschiedene Zeilen",
    "said.why.none": "Es gibt noch keine",
    "said.why.wrong": "Sie sind an der Quelle falsch",
    "said.fault.tick": "{symbol} {day}: falscher Kurs ({details})",
    "said.fault.spike": "{symbol} {day}: Ausreißer ({details})",
    "said.fault.level_shift": "{symbol} {day}: Sprung auf ein neues Niveau ({details})",
    "said.fault.repeated": "{symbol} {day}: wiederholte Zeilen ({details})",
    "said.fault.unfinished": "{symbol} {day}: Handelstag nicht zu Ende ({details})",
    "said.fault.adjustment": "{symbol} {day}: Bereinigung ohne Dividende oder Split ({details})",
    "said.fault.doubled": "{symbol} {day}: zwei Zeilen für einen Handelstag ({details})",
    "said.fault.no_price": "{symbol} {day}: kein positiver Kurs ({details})",
    "said.fault.no_volume": "{symbol} {day}: kein Umsatz ({details})",
    "said.fault.range": "{symbol} {day}: Kurse widersprechen einander ({details})",
    "said.note.lost": "Kurse von {symbol} ({days}) fehlen an der Quelle oder sind dort falsch und wurden weggelassen.",
    "said.note.doubtful": (
        "Die bereinigten Schlusskurse von {symbol} springen ({days}), ohne dass eine Ausschüttung bekannt wäre."
    ),
    "said.note.recomputed": (
        "Bereinigte Schlusskurse von {symbol} waren an der Quelle falsch und wurden neu berechnet: {days}."
    ),
    "said.note.stored": "Neuere Kurse ließen sich nicht holen; diese enden am {session}.",
    "said.note.closes_alone": (
        "Die Kurse von {symbol} sind Schlusskurse ohne bekannte Ausschüttungen; diese sehen darum wie Verluste aus."
    ),
    "said.note.same_prices": (
        "Die letzten {count} Schlusskurse von {symbol} sind genau die von {other}: Einer der beiden ist eine Kopie "
        "des anderen."
    ),
    "said.note.another_security": (
        "{symbol} bezeichnet jetzt ein anderes Wertpapier ({details}). Seine Kurse beginnen am {session}; ältere "
        "Prognosen galten dem vorigen."
    ),
    "said.vix.no_market": "Es gibt keine Kurse von {symbol}; darum nutzt die Prognose weder den Markt noch den VIX.",
    "said.vix.unknown": "Der VIX ist nicht bekannt; darum wird die Volatilität nur aus früheren Kursen vorhergesagt.",
    "said.vix.incomplete": (
        "Der VIX der letzten Tage fehlt oder ist unvollständig (der neueste ist vom {newest}); darum wird die "
        "Volatilität nur aus früheren Kursen vorhergesagt."
    ),
    "said.vix.untrained": (
        "Das Modell wurde ohne den VIX trainiert; darum wird die Volatilität nur aus früheren Kursen vorhergesagt."
    ),
    "said.model.withdrawn": (
        "Ein Betreiber hat dieses Modell zurückgenommen; etf-forecast rollback --to holt es wieder."
    ),
    "said.model.first": "Das erste Modell für diesen ETF.",
    "said.model.no_price": "Die Prognose des neuen Modells hat Tage ohne Kurs.",
    "said.model.crossing": "Die Quantile der Prognose des neuen Modells kreuzen sich.",
    "said.model.widths": "Die Bänder des neuen Modells sind {low}- bis {high}-mal so breit wie die des vorigen.",
    "said.model.limits": "Die Grenzen sind {low} und {high}.",
    "said.model.losses": (
        "An {count} Stichtagen vom {first} bis {last}, die nicht ins Training eingingen, ist sein mittlerer Fehler "
        "(Pinball Loss) {ours} des Kurses und der des vorigen Modells {theirs}: ein Unterschied von {gap} bei "
        "einem Standardfehler von {error}."
    ),
    "said.model.previous_unusable": "Das vorige Modell ist nicht mehr verwendbar.",
    "said.model.previous_unreadable": "Diese Version des Programms kann das vorige Modell nicht lesen.",
    "said.model.previous_no_price": "Die Prognose des vorigen Modells hat Tage ohne Kurs.",
    "said.model.few_dates": (
        "Es gibt zu wenige Stichtage, mit denen keines der beiden Modelle trainiert wurde, um ihre Fehler zu "
        "vergleichen."
    ),
    "said.model.no_losses": (
        "Die Fehler des vorigen Modells lassen sich nicht berechnen und wurden darum nicht verglichen."
    ),
    "said.job.not_accepted": (
        "Das neue Modell von {symbol} wurde nicht angenommen, und es gibt kein früheres, das einspringen könnte."
    ),
    "said.job.check_prices": "Prüf die Kurse: etf-forecast prices check",
    "said.job.unsound": (
        "Die Prognose des Modells {version} von {symbol} hat Tage ohne Kurs oder Quantile, die sich kreuzen, und "
        "wird darum nicht gezeigt. Prüf die Kurse (etf-forecast prices check), oder nimm ein früheres Modell: "
        "{command}"
    ),
    "said.job.unknown": "Ein ETF namens {name} ist hier nicht bekannt. Prüf die Schreibweise.",
    "said.job.no_fund": (
        "{symbol} ({name}) ist von der Art {kind}, kein ETF, keine börsengehandelte Schuldverschreibung und kein "
        "Index. Wähle etwas davon."
    ),
    "said.job.too_young": (
        "{symbol} hat erst Kurse von {sessions} Handelstagen, und für {purpose} braucht es mindestens {needed}. "
        "Warte, bis er länger gehandelt wurde."
    ),
    "said.job.a_forecast": "eine Prognose",
    "said.job.alone": "ein Modell, dem kein anderer ETF mit längerer Vergangenheit hilft,",
    "said.job.vix_late": "Der VIX vom {day} ist noch nicht da. Versuch es in einer Stunde wieder.",
    "said.source.limited": "Yahoo begrenzt die Zahl der Anfragen. Versuch es in einer Stunde wieder.",
    "said.source.refused": "Yahoo hat die Anfrage abgelehnt ({reason}). Versuch es in einer Stunde wieder.",
    "said.source.unreachable": "Yahoo ist nicht zu erreichen ({error}). Versuch es später wieder.",
    "said.source.no_prices": (
        "Yahoos Antwort enthält keine Kurse ({error}). Versuch es in einer Stunde wieder; bleibt es so, "
        "aktualisiere yfinance."
    ),
    "said.source.none_until": "Yahoos Antwort enthält keine Kurse bis {day}. Versuch es später wieder.",
    "said.source.other": (
        "Yahoo hat mit Kursen von {other} geantwortet; sie bleiben unbenutzt. Versuch es später wieder."
    ),
    "said.source.down": "Nicht angefragt, weil die Quelle ausgefallen ist: {why}",
    "said.source.ended": (
        "{source} kennt {symbol} seit {day} nicht mehr; unter diesem Kürzel wird es also nicht mehr gehandelt. "
        "Nimm es aus deinen Listen, oder nutze den Nachfolger."
    ),
    "said.source.untrusted": (
        "{finding}. Den Kursen ab diesem Tag ist nicht zu trauen; darum gibt es keine neuere Prognose von "
        "{symbol}. Berichtige die Quelle, oder warte, bis sie berichtigt ist."
    ),
    "said.source.no_rows": "Die Quelle {source} hat keine Zeilen geliefert. Prüf, ob sie diesen ETF führt.",
    "said.security.gone": (
        "{symbol} ({name}) ist seiner Quelle seit {day} unbekannt; vielleicht wird es nicht mehr gehandelt. Bleibt "
        "es so, nimm es aus deinen Listen, oder nutze den Nachfolger."
    ),
    "said.security.changed": (
        "{symbol} bezeichnet seit {day} ein anderes Wertpapier: {now}, vorher {before}. Prognosen des vorigen gibt "
        "es nicht mehr; die alten werden an dessen eigenen Kursen gemessen. Ein Modell des neuen trainiert: "
        "{command}"
    ),
    "said.alarm.coverage": (
        "Die Bänder sind zu eng. Von den letzten {weeks} Wochen schlossen {failures} außerhalb des 80-%-Bands, "
        "deutlich mehr, als der Backtest versprach."
    ),
    "said.alarm.median": (
        "Der Median ist schlechter als „unverändert“. In {failures} der letzten {weeks} Wochen lag der Schlusskurs "
        "näher am Anfangskurs, deutlich öfter als durch Zufall."
    ),
    "said.job.training": "Training",
    "said.job.refreshing": "Aktualisierung",
    "said.job.broke": "{kind} von {symbols} kam nicht zu Ende: {reason}. Mehr steht im Log des Bots.",
    "said.job.broke_saying": (
        "{kind} von {symbols} kam nicht zu Ende: {reason}. Letzte Meldung: {said} Mehr steht im Log des Bots."
    ),
    "said.job.stopped": "abgebrochen nach JOB_TIME_LIMIT ({minutes} min)",
    "said.job.exit": "Exit-Code {code}",
    "said.job.other": (
        "Ein anderer Auftrag nutzt diese Datenbank: {purpose}, Prozess {pid} auf {host}, seit {at} UTC. Warte, bis "
        "er zu Ende ist, oder beende ihn; starte diesen dann noch einmal."
    ),
    "said.job.just_ended": "Ein anderer Auftrag ist gerade zu Ende gegangen. Starte diesen noch einmal.",
    "said.job.taken_over": (
        "Dieser Auftrag hat sich zu lange nicht gemeldet, und ein anderer hat übernommen; er speichert nichts "
        "mehr. Starte ihn noch einmal."
    ),
    "said.storage.locked": "Ein anderes Programm sperrt die Datenbank. Sieh nach, welches, und versuch es dann wieder.",
    "said.storage.full": "Der Speicherplatz ist voll. Schaff Platz, und versuch es dann wieder.",
    "said.storage.read_only": (
        "Die Datenbank lässt sich lesen, aber nicht beschreiben. Prüf die Rechte ihrer Datei und ihres Ordners, und "
        "versuch es dann wieder."
    ),
    "said.storage.damaged": (
        "Die Datei der Datenbank ist beschädigt. Beende die Programme, die sie nutzen, und spiel eine Sicherung zurück."
    ),
    "said.storage.gone": (
        "Die Datenbank antwortet nicht: {reason}. Prüf, ob sie läuft und erreichbar ist, und versuch es dann wieder."
    ),
    "said.ops.stale": (
        "{symbol}: Die Kurse enden am {session}, und seither sind mehr als zwei Handelstage vergangen. Was schiefging, "
        "sagt `/status`."
    ),
    "said.ops.not_taken": "{symbol}: {challenger} wurde nicht angenommen; im Einsatz: {champion}.",
    "said.ops.no_model": "kein Modell",
    "said.ops.forbidden": (
        "In {channel} kann ich keine Berichte senden: Ich darf dort nicht schreiben. Erlaube mir dort, den Kanal zu "
        "sehen, Nachrichten zu senden, Links einzubetten und Dateien anzuhängen, und nimm dann `/report resume`."
    ),
    "said.ops.gone": (
        "In {channel} kann ich keine Berichte senden: Den Kanal gibt es nicht mehr. Wähle mit `/report set` einen "
        "anderen."
    ),
    "said.ops.lost": (
        "Der Bericht für {period} in {channel} fehlt vielleicht: Discord hat ihn nicht bestätigt, und den "
        "Nachrichtenverlauf des Kanals darf ich nicht lesen. Ich sende ihn nicht noch einmal."
    ),
    "said.ops.refused": "Der Bericht für {period} in {channel} wurde nicht gesendet: Discord hat ihn nicht angenommen.",
    "said.ops.unconfirmed": (
        "Der Bericht für {period} in {channel} ist nicht angekommen: Discord hat ihn nicht bestätigt."
    ),
    "said.ops.empty": (
        "Der Bericht für {period} in {channel} wurde nicht gesendet: Keiner seiner ETFs hat eine Prognose."
    ),
    "said.ops.gave_up": "Ich habe es aufgegeben.",
    "said.ops.later": "Ich versuche es in ein paar Tagen noch einmal.",
    "said.ops.alerts": (
        "Alarme, die Discord in der letzten Woche nicht angenommen oder nicht bestätigt hat: {undelivered}. Wen es "
        "betrifft, der sieht es in `/alert list`."
    ),
    "said.ops.outage": (
        "Discord nimmt keine Nachrichten an, auch keine Berichte und Alarme ({why}). Ich versuche es mindestens "
        "einmal in der Stunde."
    ),
    "said.ops.broke": "{step} ging unerwartet schief, Versuch {attempt} von {most}; Näheres steht im Log des Bots.",
    "said.ops.retrain": "Das wöchentliche Training",
    "said.ops.missing": "Das Training der ETFs ohne Prognose",
    "said.ops.refresh": "Die Aktualisierung",
    "said.ops.report": "Das Senden der Berichte",
    "said.ops.again": "Es wird später noch einmal versucht.",
    "said.ops.not_again": "Es wird erst nach einem Neustart des Bots noch einmal versucht.",
    "said.ops.standstill": (
        "Zurzeit wird nicht trainiert, aktualisiert oder berichtet. {why} Der Bot versucht es alle {minutes} Minuten."
    ),
    "said.ops.unexpected": "Etwas Unerwartetes ist schiefgegangen; Näheres steht im Log des Bots.",
    "said.stored_model.format": (
        "Das gespeicherte Modell hat das Format {format}, und diese Version des Programms liest nur Format "
        "{newest}. Trainiere den ETF neu."
    ),
    "said.stored_model.no_recipe": (
        "Das Rezept des gespeicherten Modells ist nicht lesbar: {error}. Trainiere den ETF neu."
    ),
    "said.stored_model.unreadable": "Das gespeicherte Modell ist nicht lesbar: {error}. Trainiere den ETF neu.",
    "said.stored_model.none_yet": (
        "Für {symbol} gibt es noch kein Modell aus Kursen von {source}. Trainiere eines: {command}"
    ),
    "said.stored_model.pointer": (
        "Die Datei {file}, die das eingesetzte Modell nennt, ist nicht lesbar: {error}. Trainiere ein neues: {command}"
    ),
    "said.stored_model.named_wrongly": (
        "Die Datei {file} soll das eingesetzte Modell nennen, aber {name} ist kein Name eines Modells von "
        "{symbol}. Trainiere ein neues: {command}"
    ),
    "said.stored_model.damaged": (
        "Das Modell {version} von {symbol} ist nicht lesbar: {damage}. Trainiere ein neues: {command}"
    ),
}
