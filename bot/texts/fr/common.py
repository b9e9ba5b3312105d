"""Ce que plusieurs fonctions partagent : sources, dates, tâches, erreurs, permissions."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "option.symbol": "Symbole ou nom de l’ETF",
    "option.symbol_or_all": "Symbole ou nom d’un ETF (par défaut\u00a0: tous)",
    "percent": "{number}\u202f%",
    "number.point": ",",
    "number.thousands": "\u202f",
    "price.sign": "{figure}\u00a0{sign}",
    "price.code": "{figure}\u00a0{sign}",
    "price.pence": "{figure}\u00a0p",
    "advice": "Ceci n’est pas un conseil en investissement",
    "and_more": "… et {count} de plus",
    "day.all": "chaque jour de bourse",
    "day.mon": "lundi",
    "day.tue": "mardi",
    "day.wed": "mercredi",
    "day.thu": "jeudi",
    "day.fri": "vendredi",
    "day.sat": "samedi",
    "day.sun": "dimanche",
    "day.1st": "le 1er du mois",
    "language.name": "Français",
    "source.simulated": "des cours simulés",
    "source.csv": "des cours de fichiers CSV",
    "source.yahoo": "des cours de Yahoo",
    "small_print": "D’après {source} · dividendes supposés réinvestis · pas un conseil en investissement",
    "odds.under": "moins de {bound}",
    "odds.over": "plus de {bound}",
    "as_of.one": "Données au {newest}.",
    "as_of.many": "Données au {newest}\u202f; les plus anciennes au {oldest}.",
    "stale.one": "**Cours périmés\u00a0:** la dernière clôture remonte à plus de deux séances.",
    "stale.many": "**Cours périmés** ({which})\u00a0: la dernière clôture remonte à plus de deux séances.",
    "stale.all": "tous les ETF",
    "model.lstm": "LSTM",
    "model.har": "HAR",
    "model.random_walk": "Inchangé",
    "model.drift": "Dérive",
    "model.climatology": "Climatologie",
    "skill.same": "à égalité avec «\u00a0inchangé\u00a0»",
    "skill.better": "{size} mieux que «\u00a0inchangé\u00a0»",
    "skill.worse": "{size} moins bien que «\u00a0inchangé\u00a0»",
    "record.young": "{symbol} est trop récent pour avoir son propre test historique.",
    "record.line": (
        "Sur {cutoffs} dates de test passées, ce modèle s’est trompé de {mae} en moyenne (MAE), {skill}. Le cours est "
        "resté dans la bande à 80\u202f% dans {held} des cas."
    ),
    "term.mae": "MAE\u00a0: l’écart moyen",
    "term.rmse": "RMSE\u00a0: de même, mais les grands écarts pèsent davantage",
    "term.mse": "MSE\u00a0: la RMSE au carré",
    "term.skill": "habileté\u00a0: de combien la MAE est plus petite qu’avec «\u00a0inchangé\u00a0»",
    "term.coverage": "80\u202f%, 95\u202f%\u00a0: part des cours restés dans ces bandes",
    "term.median": "médiane\u00a0: la moitié des scénarios au-dessus, l’autre moitié au-dessous",
    "term.band": "fourchette à 80\u202f%\u00a0: 8 clôtures sur 10 devraient y tomber",
    "term.correlation": "corrélation\u00a0: 1 = ils évoluent ensemble, 0 = ils n’ont rien en commun",
    "term.random_walk": "inchangé\u00a0: le cours reste où il est",
    "term.drift": "dérive\u00a0: il continue à son rythme moyen passé",
    "term.har": "HAR\u00a0: un modèle linéaire simple de la volatilité",
    "term.climatology": "climatologie\u00a0: les mouvements passés se répètent",
    "term.cutoff": "date de test\u00a0: un jour passé, prévu sans les cours suivants",
    "term.promised": "promis\u00a0: les mêmes chiffres dans le test historique",
    "term.more": "en savoir plus\u00a0: `/explain`",
    "job.retrain": "entraînement ({symbols})",
    "job.refresh": "actualisation ({symbols})",
    "job.and_more": "{symbols} et {count} de plus",
    "job.since": "{job}, début {when}",
    "job.step": "{job}\u00a0: {symbol}, {stage} ({done} sur {of})",
    "job.stage_prices": "cours",
    "job.stage_backtest": "test historique",
    "job.stage_fit": "ajustement",
    "job.stage_calibrate": "calibrage",
    "job.stage_report": "rapport",
    "failure.under_way": (
        "Il n’y a pas encore de prévision pour {symbol}. En cours\u00a0: {job}. Réessayez quand ce sera terminé."
    ),
    "failure.unknown_symbol": (
        "Je ne connais pas d’ETF appelé «\u00a0{text}\u00a0». Vérifiez l’orthographe. Disponibles ici\u00a0: {known}."
    ),
    "failure.did_you_mean": "Vouliez-vous dire {near}\u202f?",
    "failure.no_forecast": "Il n’y a pas encore de prévision pour {symbol}. Le prochain entraînement en produira une.",
    "failure.too_young": (
        "{symbol} n’a de cours que pour {sessions:,} séances\u202f; une prévision en demande {needed:,}."
    ),
    "failure.no_past_returns": (
        "Il manque à la dernière prévision pour {symbol} l’historique des cours nécessaire ici. Cela fonctionnera "
        "après la prochaine actualisation."
    ),
    "failure.too_little_in_common": (
        "L’historique des cours est trop court\u00a0: il faut environ un an et demi pendant lequel tous ces ETF ont "
        "été cotés."
    ),
    "failure.unexpected": (
        "Une erreur inattendue s’est produite. Veuillez communiquer cette référence au propriétaire du bot\u00a0: "
        "`{reference}`."
    ),
    "failure.discord_refuses": (
        "Discord a refusé ({reason}). Vérifiez que le salon existe toujours et ce que j’ai le droit d’y faire."
    ),
    "failure.discord_fails": "Discord a du mal à me répondre en ce moment. Veuillez réessayer dans quelques minutes.",
    "failure.database": (
        "La base de données du bot n’a pas répondu à temps\u202f; rien n’a donc été fait. Veuillez réessayer dans une "
        "minute. Si le problème persiste, communiquez cette référence au propriétaire du bot\u00a0: `{reference}`."
    ),
    "failure.storage": (
        "Rien n’a été fait\u00a0: {cause}. Seul le propriétaire du bot peut y remédier\u202f; veuillez lui communiquer "
        "cette référence\u00a0: `{reference}`."
    ),
    "storage.full": "le disque de la machine du bot est plein",
    "storage.read-only": "la base de données du bot peut être lue, mais pas modifiée",
    "storage.damaged": "la base de données du bot est endommagée",
    "failure.member_lacks": (
        "Pour utiliser `/{command}`, il vous faut la permission **{permissions}** sur le serveur **{server}**."
    ),
    "failure.bot_lacks": (
        "Il me manque les permissions **{permissions}** dans {channel}. Accordez-les à mon rôle dans les paramètres du "
        "salon, puis réessayez."
    ),
    "failure.bot_lacks.one": (
        "Il me manque la permission **{permissions}** dans {channel}. Accordez-la à mon rôle dans les paramètres du "
        "salon, puis réessayez."
    ),
    "failure.only_in_servers": "`/{command}` ne fonctionne que sur un serveur.",
    "failure.channel_unseen": (
        "Je ne vois pas {channel}\u00a0: ce salon m’est caché ou a été supprimé. Accordez à mon rôle la permission "
        "**{permission}** dans les paramètres du salon, ou choisissez-en un autre."
    ),
    "failure.bad_option": (
        "«\u00a0{value}\u00a0» n’est pas valable ici. Choisissez l’une des options proposées par Discord."
    ),
    "failure.outdated": (
        "`/{command}` a été mise à jour, mais votre application Discord affiche encore l’ancienne version. Redémarrez "
        "Discord (Ctrl+R) et réessayez."
    ),
    "failure.too_fast": "Doucement\u00a0: vous pourrez réutiliser cette commande {in_time}.",
    "permission.manage_guild": "Gérer le serveur",
    "permission.view_channel": "Voir le salon",
    "permission.send_messages": "Envoyer des messages",
    "permission.create_posts": "Créer des posts",
    "permission.send_messages_in_threads": "Envoyer des messages dans les fils",
    "permission.embed_links": "Intégrer des liens",
    "permission.mention_everyone": "Mentionner @everyone, @here et tous les rôles",
    "permission.attach_files": "Joindre des fichiers",
}
