"""``/explain``"""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.explain": "Comment lire une prévision, et ce que veulent dire MAE, RMSE, habileté et les autres termes",
    "option.explain.topic": "Ce qu’il faut expliquer (par défaut\u00a0: comment lire une prévision)",
    "choice.explain.reading": "Comment lire une prévision\u00a0: médiane et bandes",
    "choice.explain.errors": "MAE, MSE et RMSE\u00a0: comment on mesure les erreurs",
    "choice.explain.skill": "Habileté\u00a0: est-ce mieux que «\u00a0inchangé\u00a0»\u202f?",
    "choice.explain.coverage": "Taux de couverture\u00a0: combien de fois les bandes ont eu raison",
    "choice.explain.dates": "Dates de test, test historique et séances",
    "choice.explain.models": "LSTM et HAR\u00a0: les modèles",
    "choice.explain.baselines": "Inchangé, dérive, climatologie\u00a0: les méthodes simples",
    "explain.title_reading": "Comment lire une prévision",
    "explain.title_errors": "MAE, MSE et RMSE",
    "explain.title_skill": "Habileté",
    "explain.title_coverage": "Taux de couverture",
    "explain.title_dates": "Dates de test, test historique et séances",
    "explain.title_models": "LSTM et HAR",
    "explain.title_baselines": "Inchangé, dérive et climatologie",
    "explain.why_flat": (
        "**Pourquoi la médiane est-elle presque plate\u202f?** Parce que c’est la réponse honnête. Ce que tout le "
        "monde peut savoir d’un ETF est déjà dans son cours\u202f; la meilleure estimation unique pour les 60 "
        "prochaines séances est donc proche du cours d’aujourd’hui. Aucun modèle, ici ou ailleurs, ne fait durablement "
        "mieux. Une ligne qui monte ou descend hardiment paraît plus savante, mais se trompe plus souvent\u202f; "
        "`/scores` montre combien même un bon modèle gagne peu sur des méthodes simples."
    ),
    "explain.bands": (
        "**À quoi servent les bandes\u202f?** Elles montrent jusqu’où le cours peut aller, et cela se prévoit\u00a0: "
        "les périodes calmes et les périodes agitées ont tendance à durer, et le modèle apprend ce comportement. 8 "
        "clôtures sur 10 devraient tomber dans la bande à 80\u202f% et 19 sur 20 dans celle à 95\u202f%. Une bande "
        "large dit «\u00a0tout peut arriver\u00a0», une bande étroite «\u00a0sans doute pas grand-chose\u00a0». Chaque "
        "prévision indique combien de fois les bandes ont eu raison à des dates de test passées, exclues de "
        "l’entraînement."
    ),
    "explain.median": "médiane",
    "explain.close": "clôture",
    "explain.miss": "écart",
    "explain.square": "écart²",
    "explain.miss_of_no_change": "inchangé",
    "explain.low": "de",
    "explain.high": "à",
    "explain.is_inside": "dedans",
    "explain.inside": "oui",
    "explain.outside": "non",
    "explain.about_errors": (
        "Ces mesures disent à quelle distance la médiane était de la clôture qui a suivi. Un exemple\u00a0: cinq "
        "prévisions, chacune faite quand le cours était de {start}.\n"
        "{table}\n"
        "**MAE** (erreur absolue moyenne) est la moyenne des écarts\u00a0: {total} / {count} = **{mae}**.\n"
        "**MSE** (erreur quadratique moyenne) est la moyenne des carrés\u00a0: {squares} / {count} = **{mse}**, en "
        "dollars au carré.\n"
        "**RMSE** en est la racine\u00a0: **{rmse}**. Elle dépasse la MAE parce que les grands écarts pèsent "
        "davantage.\n\n"
        "Pour les trois, moins, c’est mieux. Un ETF dix fois plus cher a des écarts dix fois plus grands\u202f; "
        "**MAE\u202f%** est en pourcentage du cours de départ, pour que l’on puisse comparer les ETF."
    ),
    "explain.about_skill": (
        "L’habileté dit de combien la médiane a fait mieux que **inchangé**, c’est-à-dire que de supposer que le cours "
        "reste où il est. Un exemple\u00a0: cinq prévisions, chacune faite quand le cours était de {start}.\n"
        "{table}\n"
        "Les prévisions se sont trompées de {mae} en moyenne (MAE), et «\u00a0inchangé\u00a0» de {mae_of_no_change}.\n"
        "Habileté = 1 − {mae} / {mae_of_no_change} = **{skill}**\u00a0: les prévisions ont fait {better} mieux.\n"
        "\n"
        "0 ne vaut pas mieux que «\u00a0inchangé\u00a0», 1 serait parfait, et au-dessous de 0, c’est pire. Les cours "
        "sont difficiles à prévoir\u00a0: 0,05 sur de nombreuses dates de test, c’est bien. Le ± de `/scores` dit "
        "quelle part peut tenir au hasard des dates de test."
    ),
    "explain.about_coverage": (
        "Le taux de couverture dit combien de fois la clôture est tombée dans une bande. 8 sur 10 devraient tomber "
        "dans la bande à 80\u202f%. Un exemple\u00a0: cinq prévisions et leurs bandes à 80\u202f%.\n"
        "{table}\n"
        "{inside} sur {count} y sont tombées\u00a0: le taux de couverture est de **{coverage}**.\n\n"
        "Bien au-dessous de 80\u202f%, les bandes sont trop étroites et promettent trop. Bien au-dessus, elles sont "
        "plus larges que nécessaire. Quelques prévisions disent peu de chose\u00a0: sur 20 aux bandes parfaites, de 13 "
        "à 19 y tombent par le seul effet du hasard. `/track` montre le taux de couverture de ce qui a été publié."
    ),
    "explain.about_dates": (
        "Une **date de test** est un jour passé où le modèle fait sa prévision comme si l’on y était\u00a0: il voit "
        "les cours jusque-là et aucun après. La prévision est ensuite comparée à ce qui s’est passé.\n\n"
        "Le **test historique** (backtest) fait cela à de nombreuses dates de test des dernières années, avec des "
        "modèles entraînés sur les seuls cours antérieurs. Ses chiffres sont dans `/scores`. `/track` montre les "
        "prévisions réellement publiées.\n\n"
        "Une **séance** est un jour où la bourse est ouverte. 5 font environ une semaine, 20 un mois et 60 un "
        "trimestre."
    ),
    "explain.about_models": (
        "Les deux prévoient l’ampleur des mouvements du cours, ce qui est possible, et non leur sens, ce qui ne l’est "
        "guère.\n\n"
        "**HAR** est un modèle linéaire\u00a0: l’ampleur des mouvements de l’ETF ces derniers jours, semaines et mois, "
        "et la nervosité du marché, chacune avec un poids. Il est difficile à battre.\n\n"
        "**LSTM** est un réseau de neurones qui lit les dernières semaines jour par jour et corrige HAR là où il a "
        "appris quelque chose. C’est sa prévision qui est publiée. `/scores` montre si cela en valait la peine."
    ),
    "explain.about_baselines": (
        "Une prévision ne vaut que par son avance sur des méthodes qui se passent de modèle.\n\n"
        "**Inchangé**\u00a0: le cours reste où il est. Personne ne fait beaucoup mieux.\n"
        "**Dérive**\u00a0: le cours continue à son rythme moyen passé.\n"
        "**Climatologie**\u00a0: les mouvements sur 60 séances répètent ceux du passé de l’ETF\u202f; les bandes sont "
        "donc à peu près aussi larges que d’habitude, quoi que fasse le marché en ce moment."
    ),
}
