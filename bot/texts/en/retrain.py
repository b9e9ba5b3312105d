"""``/retrain``, and the progress of a training."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.retrain": "Train now, out of turn: one ETF, or all; for operators",
    "training.waiting": "Training of {symbols}: in the queue, place {place}.",
    "training.running": "Training of {symbols}, since {since}: {steps}",
    "training.prices": "fetch",
    "training.backtest": "backtest",
    "training.fit": "fit",
    "training.done": "done",
    "training.count": " ({done} of {of})",
    "training.continued": "{member}: {text}",
    "training.stopped": "Training of {symbols} was stopped, because the bot ends. Please ask again when it is back.",
    "training.failed": "Training of {symbols} came to no end. {message}",
    "retrain.done": "Trained: {symbols}.",
    "retrain.failed": "{symbol} failed. {message}",
    "retrain.lacks_role": (
        "`/retrain` is for the bot's owner, and for members with the role {role} in the server **{server}**, which you "
        "lack."
    ),
    "retrain.no_role": (
        "`/retrain` is for the bot's owner, and for members with the role that its settings name (OPERATOR_ROLE). The "
        "server **{server}** has no such role."
    ),
}
