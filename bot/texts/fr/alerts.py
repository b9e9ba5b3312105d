"""``/alert`` et les messages qu’elle envoie."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.alert": "Être alerté quand une clôture franchit un seuil ou sort de la bande de prévision",
    "command.alert.add": "M’alerter quand une clôture franchit un seuil ou sort de la bande de prévision",
    "option.alert.symbol": "Symbole ou nom d’un ETF, ou nom d’un de vos portefeuilles enregistrés",
    "option.alert.condition": "Quand vous alerter",
    "choice.alert.above": "au-dessus d’un prix",
    "choice.alert.below": "au-dessous d’un prix",
    "choice.alert.band": "sort de sa bande",
    "option.alert.price": (
        "Seuil, dans la devise de l’ETF\u202f; pour un portefeuille, en points (100 = sa valeur actuelle)"
    ),
    "option.alert.where": "Où vous alerter (par défaut\u00a0: en message privé)",
    "choice.alert.direct": "en message privé",
    "choice.alert.channel": "dans ce salon",
    "command.alert.list": "Afficher vos alertes et leur état",
    "command.alert.remove": "Supprimer une alerte",
    "option.alert.alert": "Quelle alerte",
    "alert.above": "{symbol} clôture au-dessus de {price}",
    "alert.below": "{symbol} clôture au-dessous de {price}",
    "alert.band": "{symbol} clôture hors de la bande à 80\u202f% de sa prévision actuelle (valable jusqu’au {until})",
    "alert.needs_price": (
        "Au-dessus ou au-dessous de quel prix\u202f? Indiquez-le dans l’option `price`, dans la devise de l’ETF\u202f; "
        "pour un portefeuille en points, 100 étant sa valeur actuelle."
    ),
    "alert.has_no_price": (
        "La bande vient de la prévision\u00a0: laissez `price` vide, ou choisissez «\u00a0au-dessus\u00a0» ou "
        "«\u00a0au-dessous\u00a0» d’un prix."
    ),
    "alert.too_many_here": "Ce serveur a déjà le nombre maximal d’alertes. Créez la vôtre en message privé avec moi.",
    "alert.too_many": "Vous avez déjà {most} alertes, le maximum. Supprimez-en une avec `/alert remove`.",
    "alert.not_a_member": (
        "Je ne suis pas membre de ce serveur et ne peux donc rien y publier. Laissez `where` vide et je vous enverrai "
        "un message privé."
    ),
    "alert.unknown": "Vous n’avez pas d’alerte portant ce numéro. `/alert list` affiche les vôtres.",
    "alert.has_it": "Vous avez déjà cette alerte\u00a0: {what}.",
    "alert.added": (
        "Alerte {id} créée\u00a0: {what}. {last} Je vérifie les cours une fois par jour après la clôture et vous "
        "alerte {way}, une fois par franchissement. {note} Ceci n’est pas un conseil en investissement."
    ),
    "alert.splits": "Les fractionnements ajustent le prix.",
    "alert.points": (
        "Un portefeuille se compte en points\u00a0: 100 est sa valeur à la clôture du {since}, s’il est acheté alors "
        "et conservé, dividendes réinvestis."
    ),
    "alert.last": "La dernière clôture est de {close} ({session}).",
    "alert.there": (
        "La dernière clôture ({close}, {session}) remplit déjà cette condition\u202f; je vous alerterai au prochain "
        "franchissement."
    ),
    "alert.removed": "Supprimée\u00a0: {what}.",
    "alert.none": "Vous n’avez pas d’alerte. `/alert add` en crée une.",
    "alert.yours": "Vos alertes, {count} sur {most}",
    "alert.direct": "en message privé",
    "alert.channel": "dans {channel}",
    "alert.line": "{what} → {way}",
    "alert.line_points": "{line} (100\u00a0: clôture du {since}\u202f; dernière vérification\u00a0: {checked})",
    "alert.crossed": "{line}\u202f; condition remplie à la clôture du {session} ({close})",
    "alert.doubt": "{line}\u202f; en suspens depuis le {session}, où les clôtures passées ont été recalculées",
    "alert.sent": "{crossed}, alerte envoyée {when}",
    "alert.failed": "{crossed}\u202f; l’envoi a échoué {when}, nouvel essai à venir",
    "alert.given_up": "{crossed}\u202f; **alerte non remise**, dernier essai {when}",
    "alert.unconfirmed": "{crossed}\u202f; alerte non confirmée par Discord {when}, je vérifierai si elle est arrivée",
    "alert.lost": "{crossed}\u202f; alerte non confirmée par Discord ({when}), et elle ne sera pas envoyée deux fois",
    "alert.refused": "{crossed}\u202f; **alerte non remise**\u00a0: {why}",
    "alert.direct_closed": (
        "je ne peux pas vous écrire\u202f; autorisez les messages privés des membres dans les paramètres de "
        "confidentialité de ce serveur"
    ),
    "alert.channel_forbidden": "je n’ai pas le droit de publier dans ce salon et je ne peux pas vous écrire",
    "alert.channel_gone": "ce salon n’existe plus et je ne peux pas vous écrire",
    "alert.tell_above": "**{symbol}** a clôturé à **{close}** le {session}, au-dessus de vos {price}.",
    "alert.tell_below": "**{symbol}** a clôturé à **{close}** le {session}, au-dessous de vos {price}.",
    "alert.tell_band": (
        "**{symbol}** a clôturé à **{close}** le {session}, hors de la bande à 80\u202f% de sa prévision."
    ),
    "alert.tell_doubt": (
        "Pour **{symbol}**, les clôtures passées ont été recalculées au plus tard le {session}, et la source des cours "
        "ne dit pas si c’est à cause d’un fractionnement ou d’un gros dividende. Votre alerte reste à {price}. Si "
        "c’était un fractionnement, supprimez-la et créez-en une nouvelle."
    ),
    "alert.more_points": (
        "En points\u00a0: 100 était sa valeur à la clôture du {since}. `/portfolio` montre ce qui peut suivre. Ceci "
        "n’est pas un conseil en investissement."
    ),
    "alert.more": "`/forecast {symbol}` montre ce qui peut suivre. Ceci n’est pas un conseil en investissement.",
}
