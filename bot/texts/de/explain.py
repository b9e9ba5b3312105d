"""``/explain``"""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.explain": "Wie man eine Prognose liest, und was MAE, RMSE, Güte und die anderen Wörter bedeuten",
    "option.explain.topic": "Was erklärt werden soll (ohne Angabe: wie man eine Prognose liest)",
    "choice.explain.reading": "Wie man eine Prognose liest: Median und Bänder",
    "choice.explain.errors": "MAE, MSE und RMSE: wie Fehler gemessen werden",
    "choice.explain.skill": "Güte: ist es besser als „unverändert“?",
    "choice.explain.coverage": "Treffer der Bänder: wie oft sie stimmten",
    "choice.explain.dates": "Stichtage, Backtest und Handelstage",
    "choice.explain.models": "LSTM und HAR: die Modelle",
    "choice.explain.baselines": "Unverändert, Trend, Klimatologie: die einfachen Verfahren",
    "explain.title_reading": "Wie man eine Prognose liest",
    "explain.title_errors": "MAE, MSE und RMSE",
    "explain.title_skill": "Güte",
    "explain.title_coverage": "Treffer der Bänder",
    "explain.title_dates": "Stichtage, Backtest und Handelstage",
    "explain.title_models": "LSTM und HAR",
    "explain.title_baselines": "Unverändert, Trend und Klimatologie",
    "explain.why_flat": (
        "**Warum ist der Median fast flach?** Weil das die ehrliche Antwort ist. Was alle über einen ETF wissen "
        "können, steckt schon im Preis; die beste einzelne Schätzung für die nächsten 60 Handelstage liegt darum nahe "
        "am heutigen Kurs. Kein Modell, hier oder anderswo, schlägt das verlässlich. Eine Linie, die kühn steigt oder "
        "fällt, sieht klüger aus, irrt aber öfter; `/scores` zeigt, wie wenig selbst ein gutes Modell gegenüber "
        "einfachen Schätzungen gewinnt."
    ),
    "explain.bands": (
        "**Wozu sind die Bänder da?** Sie zeigen, wie weit sich der Kurs bewegen kann, und das lässt sich vorhersagen: "
        "Ruhige und unruhige Zeiten halten meist an, und das Modell lernt dieses Muster. 8 von 10 Schlusskursen sollen "
        "im 80-%-Band liegen und 19 von 20 im 95-%-Band. Ein breites Band heißt „alles ist möglich“, ein schmales "
        "„wohl nicht viel“. Bei jeder Prognose steht, wie oft die Bänder an vergangenen Stichtagen hielten, die nicht "
        "ins Training eingingen."
    ),
    "explain.median": "Median",
    "explain.close": "Schluss",
    "explain.miss": "Fehler",
    "explain.square": "Fehler²",
    "explain.miss_of_no_change": "unverändert",
    "explain.low": "von",
    "explain.high": "bis",
    "explain.is_inside": "darin",
    "explain.inside": "ja",
    "explain.outside": "nein",
    "explain.about_errors": (
        "Sie sagen, wie weit der Median vom Schlusskurs entfernt war, der dann kam. Ein Beispiel: fünf Prognosen, jede "
        "bei einem Kurs von {start}.\n{table}\n"
        "**MAE** (mittlerer absoluter Fehler) ist der Durchschnitt der Fehler: {total} / {count} = **{mae}**.\n"
        "**MSE** (mittlerer quadratischer Fehler) ist der Durchschnitt der Quadrate: {squares} / {count} = **{mse}**, "
        "in Dollar zum Quadrat.\n"
        "**RMSE** ist dessen Wurzel: **{rmse}**. Er liegt über dem MAE, weil große Fehler stärker zählen.\n\n"
        "Bei allen dreien ist weniger besser. Ein zehnmal so teurer ETF hat zehnmal so große Fehler; **MAE %** rechnet "
        "in Prozent des Kurses am Anfang, damit man ETFs vergleichen kann."
    ),
    "explain.about_skill": (
        "Die Güte sagt, wie viel besser der Median war als **unverändert**, also als die Annahme, dass der Kurs "
        "bleibt, wo er ist. Ein Beispiel: fünf Prognosen, jede bei einem Kurs von {start}.\n"
        "{table}\n"
        "Die Prognosen lagen im Mittel um {mae} daneben (MAE), „unverändert“ um {mae_of_no_change}.\n"
        "Güte = 1 − {mae} / {mae_of_no_change} = **{skill}**: Die Prognosen waren {better} besser.\n"
        "\n"
        "0 ist so gut wie „unverändert“, 1 wäre perfekt, unter 0 ist schlechter. Kurse lassen sich schwer "
        "vorhersagen: 0,05 über viele Stichtage ist gut. Das ± in `/scores` sagt, wie viel davon Zufall der Stichtage "
        "sein kann."
    ),
    "explain.about_coverage": (
        "Gezählt wird, wie oft der Schlusskurs in einem Band lag. 8 von 10 sollen im 80-%-Band liegen. Ein Beispiel: "
        "fünf Prognosen und ihre 80-%-Bänder.\n{table}\n"
        "{inside} von {count} lagen darin, das sind **{coverage}**.\n\n"
        "Sind es deutlich weniger als 80\u00a0%, sind die Bänder zu schmal und versprechen zu viel; sind es deutlich "
        "mehr, sind sie breiter als nötig. Wenige Prognosen sagen wenig: Von 20 mit perfekten Bändern liegen allein "
        "durch Zufall 13 bis 19 darin. `/track` zeigt die Treffer der Prognosen, die wirklich gezeigt wurden."
    ),
    "explain.about_dates": (
        "Ein **Stichtag** ist ein vergangener Tag, an dem das Modell so vorhersagt, als wäre es dieser Tag: Es sieht "
        "die Kurse bis dahin und keine danach. Dann wird die Prognose mit dem verglichen, was kam.\n\n"
        "Der **Backtest** tut das an vielen Stichtagen der letzten Jahre, mit Modellen, die nur mit früheren Kursen "
        "trainiert wurden. Seine Zahlen stehen in `/scores`. `/track` zeigt Prognosen, die wirklich gezeigt wurden.\n\n"
        "Ein **Handelstag** ist ein Tag, an dem die Börse geöffnet ist. 5 sind etwa eine Woche, 20 ein Monat und 60 "
        "ein "
        "Vierteljahr."
    ),
    "explain.about_models": (
        "Beide sagen vorher, wie stark sich Kurse bewegen, denn das geht, und nicht, wohin, denn das geht kaum.\n\n"
        "**HAR** ist ein lineares Modell: wie stark sich ein ETF in den letzten Tagen, Wochen und Monaten bewegt hat "
        "und wie nervös der Markt ist, jeweils mit einem Gewicht. Es ist schwer zu schlagen.\n\n"
        "**LSTM** ist ein neuronales Netz, das die letzten Wochen Tag für Tag liest und HAR dort verbessert, wo es "
        "etwas gelernt hat. Seine Prognose wird gezeigt. Ob sich das gelohnt hat, steht in `/scores`."
    ),
    "explain.about_baselines": (
        "Eine Prognose ist nur so gut wie ihr Vorsprung vor Verfahren, die kein Modell brauchen.\n\n"
        "**Unverändert**: Der Kurs bleibt, wo er ist. Viel besser kann es niemand.\n"
        "**Trend**: Der Kurs bewegt sich weiter wie bisher im Mittel.\n"
        "**Klimatologie**: Die Bewegungen über 60 Handelstage wiederholen die der Vergangenheit dieses ETFs. Die "
        "Bänder "
        "sind darum etwa so breit wie sonst auch, was immer der Markt gerade tut."
    ),
}
