"""Descriptions of commands and their options, and names of choices, by their English.

Names of commands and options stay English: sentences here and in the documents name them, and people help each other by
them.
"""

from __future__ import annotations

from typing import Final

GERMAN: Final[dict[str, str]] = {
    "The next 60 sessions of an ETF, and how far off such forecasts were": (
        "Die nächsten 60 Handelstage eines ETFs, und wie weit solche Prognosen danebenlagen"
    ),
    "Ticker or name of the ETF": "Kürzel oder Name des ETFs",
    "Sessions that the picture shows; 60 without it": "Handelstage im Bild; ohne Angabe 60",
    "Show it to you alone": "Nur dir zeigen",
    "How far off the forecasts were, beside forecasts anybody could make": (
        "Wie weit die Prognosen danebenlagen, neben solchen, die jeder machen kann"
    ),
    "Ticker or name of one ETF; all of them without it": "Kürzel oder Name eines ETFs; ohne Angabe alle",
    "How the forecasts that were posted have done, beside what was promised": (
        "Was aus den gezeigten Prognosen wurde, neben dem, was sie versprachen"
    ),
    "Two to six ETFs side by side, and how they go together": (
        "Zwei bis sechs ETFs nebeneinander, und wie sie zusammenhängen"
    ),
    "Tickers or names, separated by commas: ARKK, SPY, FNGU": "Kürzel oder Namen, durch Kommas getrennt: ARKK, SPY",
    "The model behind an ETF's forecast: when and on what it was trained": (
        "Das Modell hinter der Prognose: wann und womit es trainiert wurde"
    ),
    "Why the middle of a forecast is nearly flat, and why the bands matter": (
        "Warum die Mitte einer Prognose fast flach ist und es auf die Bänder ankommt"
    ),
    "Be told when a close crosses a price or leaves the band": (
        "Melden lassen, wenn ein Schlusskurs einen Preis kreuzt oder das Band verlässt"
    ),
    "Be told once for each crossing, after the daily refresh": "Einmal je Kreuzung melden, nach der täglichen Prognose",
    "What to wait for": "Worauf zu warten ist",
    "above a price": "über einem Preis",
    "below a price": "unter einem Preis",
    "leaves its band": "verlässt sein Band",
    "In dollars, for above and below": "In Dollar, für „über“ und „unter“",
    "How to tell you; a direct message without it": "Wie zu melden ist; ohne Angabe als Direktnachricht",
    "in a direct message": "als Direktnachricht",
    "in this channel": "in diesem Kanal",
    "Your alerts, and what became of them": "Deine Alarme, und was aus ihnen wurde",
    "Take an alert back": "Einen Alarm zurücknehmen",
    "Which one": "Welchen",
    "The weekly report of this server": "Der Wochenbericht dieses Servers",
    "Have the weekly report posted at a time of your choice": "Den Wochenbericht zu einer Zeit deiner Wahl bestellen",
    "Where it is posted": "Wo er erscheint",
    "Day of the week": "Wochentag",
    "Monday": "Montag",
    "Tuesday": "Dienstag",
    "Wednesday": "Mittwoch",
    "Thursday": "Donnerstag",
    "Friday": "Freitag",
    "Saturday": "Samstag",
    "Sunday": "Sonntag",
    "Time of the day, such as 09:00 or 9 pm": "Uhrzeit, etwa 09:00 oder 21:30",
    "City or zone, such as New York or Asia/Kolkata": "Stadt oder Zone, etwa Berlin oder Asia/Kolkata",
    "Role that the post mentions": "Rolle, die der Bericht erwähnt",
    "ETFs that it is about, such as ARKK, SPY; all of them without it": (
        "ETFs, von denen er handelt, etwa ARKK, SPY; ohne Angabe alle"
    ),
    "Post a Saturday's or Sunday's report on Monday": "Was auf Samstag oder Sonntag fällt, am Montag senden",
    "Have the weekly report posted in this channel, Saturdays at 9:00": (
        "Den Wochenbericht in diesen Kanal bestellen, samstags um 9:00"
    ),
    "See how the weekly report would look now; nobody else does": "Sehen, wie der Wochenbericht jetzt aussähe; nur du",
    "Post the weekly report now, as a test": "Den Wochenbericht jetzt zur Probe senden",
    "No weekly report until you resume it; its settings are kept": "Pause für den Wochenbericht; Einstellungen bleiben",
    "Go on with the weekly report after a pause or a failure": "Nach Pause oder Störung mit dem Bericht fortfahren",
    "No more weekly reports in this server": "Keine Wochenberichte mehr auf diesem Server",
    "Where the weekly report goes, and when it comes next": "Wo der Wochenbericht erscheint und wann der nächste kommt",
    "This server's own ETFs": "Die eigenen ETFs dieses Servers",
    "Follow one more ETF in this server": "Auf diesem Server einen weiteren ETF verfolgen",
    "Its ticker; one that is new here is trained first, which takes minutes": (
        "Sein Kürzel; ein neuer wird erst trainiert, das dauert Minuten"
    ),
    "Follow an ETF no more in this server": "Einen ETF auf diesem Server nicht mehr verfolgen",
    "One of those that this server follows": "Einer von denen, die dieser Server verfolgt",
    "The ETFs that this server follows": "Die ETFs, die dieser Server verfolgt",
    "Train now, out of turn: one ETF, or all; for operators": (
        "Jetzt trainieren, außer der Reihe: einen ETF oder alle; für Betreiber"
    ),
    "What this bot stores about you and this server": "Was dieser Bot über dich und diesen Server speichert",
    "Delete what this bot stores about you or this server": "Löschen, was über dich oder diesen Server gespeichert ist",
    "Yours, or this server's, which needs Manage Server; yours without it": (
        "Deines oder, mit „Server verwalten“, das dieses Servers; ohne Angabe deines"
    ),
    "mine": "meines",
    "this server's": "das dieses Servers",
    "How old the data is, what runs now and what comes next": (
        "Wie alt die Daten sind, was läuft und was als Nächstes kommt"
    ),
    "Where operators are told what goes wrong": "Wo Betreiber von Störungen erfahren",
    "Tell what goes wrong in a channel of this server": "Störungen in einem Kanal dieses Servers melden",
    "Where; this channel without it": "Wo; ohne Angabe in diesem Kanal",
    "Tell this server no more what goes wrong": "Diesem Server keine Störungen mehr melden",
    "What is wrong now, and where it is told": "Was gerade gestört ist und wo es gemeldet wird",
    "What you can ask this bot": "Was du diesen Bot fragen kannst",
}

COMMANDS: Final[dict[str, dict[str, str]]] = {"de": GERMAN}
"""By language; English needs none."""
