"""``/retrain``, and the progress of a training."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.retrain": "Retrain one ETF or all of them now (operators only)",
    "retrain.done": "Trained: {symbols}.",
    "retrain.failed": "{symbol} failed. {message}",
    "retrain.lacks_role": (
        "`/retrain` is only for the bot's owner and for members with the role {role} in the server **{server}**."
    ),
    "retrain.no_role": (
        "`/retrain` is only for the bot's owner and for members with the operators' role (the bot's setting "
        "OPERATOR_ROLE). The server **{server}** does not have that role."
    ),
    "training.starting": "Training of {symbols} is starting …",
    "training.waiting": "{symbols}: waiting for training, number {place} in the queue.",
    "training.running": "Training of {symbols}, started {since}: {steps}",
    "training.prices": "fetch",
    "training.backtest": "backtest",
    "training.fit": "fit",
    "training.done": "done",
    "training.count": " ({done} of {of})",
    "training.continued": "{member}: {text}",
    "training.stopped": (
        "Training of {symbols} was stopped because the bot is shutting down. Try again once it is back."
    ),
    "training.failed": "Training of {symbols} failed. {message}",
}
