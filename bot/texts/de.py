"""Die Texte auf Deutsch."""

from __future__ import annotations

from typing import Final

GERMAN: Final[dict[str, str]] = {
    "day.mon": "Montag",
    "day.tue": "Dienstag",
    "day.wed": "Mittwoch",
    "day.thu": "Donnerstag",
    "day.fri": "Freitag",
    "day.sat": "Samstag",
    "day.sun": "Sonntag",
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
    "report.refused": "Der Bericht der Woche {week} ließ sich {when} nicht senden.",
    "report.preview": "Das siehst nur du. So sähe der Bericht jetzt aus:",
    "report.test": "**Probe** des Wochenberichts. Der echte kommt {next}.",
    "report.tested": "Gesendet in {channel}: {link}",
    "report.bad_time": "{text!r} ist keine Uhrzeit. Schreib sie wie 09:00, 21:30 oder 9 pm.",
    "report.bad_zone": (
        "{text!r} bezeichnet keine Zeitzone. Wähle eine von denen, die ich beim Tippen vorschlage, {such}."
    ),
    "report.such_as": "etwa {zones}",
    "report.such_as_city": "nach Stadt oder Land, etwa Europe/Berlin",
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
    "weekly.and_more": "… und {count} weitere",
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
    "weekly.menu": "Einen ETF zeigen, nur dir",
    "weekly.alt": (
        "Ein Balken je ETF: Median und Bereich für 80 % in {horizon} Handelstagen, in % vom letzten Schluss."
    ),
    "weekly.alt_line": "{symbol}: {median}, {low} bis {high}.",
    "training.waiting": "Training von {symbols}: in der Warteschlange, Platz {place}.",
    "training.running": "Training von {symbols}, begonnen {since}: {steps}",
    "training.prices": "Kurse",
    "training.backtest": "Rückblick",
    "training.fit": "Anpassung",
    "training.done": "fertig",
    "training.count": " ({done} von {of})",
    "training.continued": "{member}: {text}",
    "training.failed": "Das Training von {symbols} kam zu keinem Ende. {message}",
    "watch.added": (
        "Dieser Server verfolgt jetzt {symbol} ({count} von {limit}): {close} zum Schluss vom {session}, der Median in "
        "60 Handelstagen {change}. `/forecast {symbol}` zeigt ihn; trainiert wird er jede Woche neu."
    ),
    "watch.already": "Dieser Server verfolgt {symbol} schon.",
    "watch.for_everybody": "{symbol} gehört zu den ETFs, die jeder Server hat; man muss ihn nicht eigens verfolgen.",
    "watch.full": "Dieser Server verfolgt schon {limit} ETFs, mehr geht nicht. Streich erst einen mit `/watch remove`.",
    "watch.refused": "{symbol} lässt sich nicht verfolgen. {reason}",
    "watch.not_now": "{symbol} lässt sich gerade nicht verfolgen. {reason} Bitte versuch es später noch einmal.",
    "watch.removed": (
        "Dieser Server verfolgt {symbol} nicht mehr. Tut es auch sonst niemand, wird er noch 30 Tage trainiert und "
        "ruht dann."
    ),
    "watch.not_followed": "Dieser Server verfolgt {symbol} nicht. `/watch list` zeigt, was er verfolgt.",
    "watch.list": "Eigene ETFs dieses Servers, {count} von {limit}: {own}\nDie aller Server: {universe}",
    "watch.none": "noch keine",
    "retrain.done": "Trainiert: {symbols}.",
    "retrain.failed": "{symbol} ist gescheitert. {message}",
    "retrain.forbidden": (
        "`/retrain` ist für den Besitzer des Bots und für Mitglieder mit der Rolle, die seine Einstellungen nennen "
        "(OPERATOR_ROLE)."
    ),
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
    "alert.yours": "Deine Alarme, {count} von {most}:",
    "alert.direct": "in einer Direktnachricht",
    "alert.channel": "in {channel}",
    "alert.line": "{what}, gemeldet {way}",
    "alert.crossed": "{line}; überschritten zum Schlusskurs vom {session} ({close})",
    "alert.sent": "{crossed}, gemeldet {when}",
    "alert.failed": "{crossed}, konnte {when} nicht gemeldet werden; ich versuche es noch einige Male",
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
    "permission.attach_files": "Dateien anhängen",
}
