"""``/explain``"""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.explain": "Wie man eine Prognose liest: warum ihr Median fast flach ist und wozu die Bänder da sind",
    "explain.title": "Wie man eine Prognose liest",
    "explain.middle": (
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
}
