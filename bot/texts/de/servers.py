"""``/servers``, und was der Bot sagt, bevor er einen Server verlässt."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.servers": "Die Server, auf denen dieser Bot ist (nur für seinen Besitzer)",
    "option.servers.leave": "Diesen Server verlassen; seine Einstellungen werden nach 30 Tagen gelöscht",
    "servers.title": "{count} Server",
    "servers.title.one": "1 Server",
    "servers.line": (
        "**{name}** ({id}) · Mitglieder {members} · eigene ETFs {etfs} · Berichte {reports} · Alarme {alerts}"
    ),
    "servers.shards": (
        "Das sind die Server eines einzelnen Prozesses (Shards {ids} von {count}). Die anderen zeigt `/servers` auf "
        "einem Server eines anderen Shards."
    ),
    "servers.none": "Dieser Bot ist auf keinem Server.",
    "servers.left": (
        "Ich habe den Server **{name}** verlassen. Seine Einstellungen werden nach 30 Tagen gelöscht, wenn ich nicht "
        "wieder eingeladen werde."
    ),
    "servers.unknown": "Auf einem Server „{text}“ bin ich nicht. Wähle einen aus der Liste.",
    "servers.owner_only": "`/servers` ist nur für den Besitzer des Bots.",
    "servers.not_allowed": (
        "Danke für die Einladung! Wer diesen Bot betreibt, lässt ihn nur auf bestimmten Servern arbeiten. Dieser "
        "gehört nicht dazu; darum gehe ich jetzt wieder."
    ),
}
