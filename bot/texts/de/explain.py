"""``/explain``"""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.explain": "Warum die Mitte einer Prognose fast flach ist und es auf die Bänder ankommt",
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
}
