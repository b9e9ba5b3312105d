"""What members read beside forecasts, in English: privacy, help, alerts, and what did not work."""

from __future__ import annotations

from typing import Final

ENGLISH: Final[dict[str, str]] = {
    # /privacy and /delete-data
    "privacy.title": "What this bot stores",
    "privacy.what": (
        "Ids of servers, channels, roles and members as far as somebody asked for something there: the weekly report, "
        "ETFs to follow, a channel for operators, alerts. Which posts a server got. No messages, no names, no list of "
        "members. Forecasts are about ETFs and belong to nobody. Whoever runs the bot can read its database and its "
        "log, which names servers and channels by id."
    ),
    "privacy.mine": "Of you, now",
    "privacy.server": "Of this server, now",
    "privacy.how": "How it goes away",
    "privacy.delete": (
        "`/delete-data` deletes what is yours, at once and for good; with Manage Server also what is this server's. "
        "When the bot leaves a server, that server's settings are deleted after 30 days."
    ),
    "privacy.nothing": "Nothing is stored.",
    "privacy.nothing_mine": "Nothing is stored about you.",
    "privacy.nothing_server": "Nothing is stored about this server.",
    "privacy.table.subscriptions": "Settings of the weekly report: {count}",
    "privacy.table.deliveries": "Weeks of which a report was posted or tried: {count}",
    "privacy.table.departures": "That the bot left this server: {count}",
    "privacy.table.watches": "ETFs followed now or before: {count}",
    "privacy.table.ops_channels": "Channel for operators: {count}",
    "privacy.table.ops_notes": "Problems told there: {count}",
    "privacy.table.alerts": "Alerts: {count}",
    "privacy.confirm_mine": "This would be deleted for good, in every server:\n{what}",
    "privacy.confirm_server": (
        "This would be deleted for good, and the weekly report and the ETFs of this server with it:\n{what}"
    ),
    "privacy.button": "Delete for good",
    "privacy.deleted_mine": "Deleted. Nothing is stored about you any more.",
    "privacy.deleted_server": "Deleted. Nothing is stored about this server any more, but its members' own alerts.",
    # /help
    "help.title": "What you can ask",
    "help.intro": (
        "Forecasts of ETFs, 60 sessions ahead. The middle hardly moves, and that is honest: nobody knows where an "
        "ETF will stand in three months. The bands carry the information: 8 in 10 outcomes should fall into the "
        "80 % band, and `/scores` shows how many did."
    ),
    # /explain
    "explain.title": "How to read a forecast",
    "explain.middle": (
        "**Why is the middle nearly flat?** Because that is the honest answer. What everybody can know about an ETF "
        "is in its price already, so the best single guess for the next 60 sessions is close to today's close, and "
        "no model here or elsewhere reliably beats it. A line that climbs or falls boldly looks cleverer and is "
        "wrong more often; `/scores` shows how little there is to win, beside forecasts that anybody could make."
    ),
    "explain.bands": (
        "**What are the bands for?** They carry the information. How far an ETF may move can be forecast: calm and "
        "wild times last, and the model learns them. 8 in 10 closes should end inside the 80 % band and 19 in 20 "
        "inside the 95 % band, so a wide band says “anything may happen” and a narrow one that little should. "
        "Whether they keep that promise is measured on past sessions that the model had not seen, and told with "
        "every forecast."
    ),
    "explain.advice": "not investment advice",
    # /alert
    "alert.above": "{symbol} above {price}",
    "alert.below": "{symbol} below {price}",
    "alert.band": "{symbol} leaves the 80 % band of its forecast, that of the sessions until {until}",
    "alert.needs_price": "Above or below which price? Name it in the option `price`, in dollars and above 0.",
    "alert.has_no_price": (
        "The band is the forecast's own: leave out `price`, or choose to be told above or below a price."
    ),
    "alert.too_many": "You have {most} alerts, which is as many as one may have. `/alert remove` takes one back.",
    "alert.not_a_member": (
        "I am no member of this server, so I cannot post here. Leave out `where`, and I tell you in a direct message."
    ),
    "alert.unknown": "You have no alert of that number. `/alert list` shows yours.",
    "alert.has_it": "You have that alert already: {what}.",
    "alert.added": (
        "Alert {id}: {what}. {last} I look once a day, after the refresh that follows each session, at the "
        "session's close, and tell you {way}, once for each crossing. A split re-bases the price. Not investment "
        "advice."
    ),
    "alert.last": "The last close is {close}, {session}.",
    "alert.there": (
        "The last close ({close}, {session}) is there already, so I tell you when it has been away and comes back."
    ),
    "alert.removed": "Taken back: {what}.",
    "alert.none": "You have no alerts. `/alert add` makes one.",
    "alert.yours": "Your alerts, {count} of {most}",
    "alert.direct": "in a direct message",
    "alert.channel": "in {channel}",
    "alert.line": "{what}: I tell you {way}",
    "alert.crossed": "{line}; crossed at the close of {session} ({close})",
    "alert.sent": "{crossed}, told {when}",
    "alert.failed": "{crossed}, could not be told {when}; I try again a few times",
    "alert.given_up": "{crossed}, **not told**: it did not get through, {when} for the last time",
    "alert.lost": "{crossed}, and I was stopped while telling you {when}, so I don't tell it twice",
    "alert.refused": "{crossed}, **not told**: {why}",
    "alert.direct_closed": (
        "I may not write to you: allow direct messages from this server's members in its privacy settings"
    ),
    "alert.channel_forbidden": "I may not post in that channel, nor write to you",
    "alert.channel_gone": "that channel is gone, and I may not write to you",
    "alert.tell_above": "**{symbol}** is above your {price}: it closed at **{close}**, {session}.",
    "alert.tell_below": "**{symbol}** is below your {price}: it closed at **{close}**, {session}.",
    "alert.tell_band": "**{symbol}** has left the 80 % band of its forecast: it closed at **{close}**, {session}.",
    "alert.more": "`/forecast {symbol}` shows what may come. Not investment advice.",
    # What did not work
    "failure.under_way": (
        "There is no forecast for {symbol} yet. A job is under way: {job}. Please ask again when it is done."
    ),
    "failure.unknown_symbol": (
        "No ETF is known here by the name {text!r}. Check the ticker's spelling. Known here: {known}"
    ),
    "failure.no_forecast": "There is no forecast for {symbol} yet. It comes with the next training.",
    "failure.too_young": "{symbol} has only {sessions} sessions of prices, and a forecast needs at least {needed}.",
    "failure.unexpected": (
        "Something went wrong here that nobody foresaw. It is in the bot's log under the reference `{reference}`; "
        "please tell whoever runs the bot."
    ),
    "failure.database": (
        "The bot's database did not answer in time, so this was not done. Please try again in a minute. It is in the "
        "bot's log under the reference `{reference}`."
    ),
    "failure.member_lacks": (
        "`/{command}` needs the permission **{permissions}** in the server **{server}**, which you lack."
    ),
    "failure.bot_lacks": (
        "I lack the permission **{permissions}** in {channel}. Grant it to my role in that channel's settings, then "
        "try again."
    ),
    "failure.only_in_servers": "`/{command}` works in the channels of a server only.",
    "failure.channel_unseen": (
        "I cannot see {channel}: it is hidden from me, or gone. Grant my role the permission **{permission}** in that "
        "channel's settings, or choose another channel."
    ),
    "failure.bad_option": "This command can make nothing of {value!r}. Choose what Discord offers while you type.",
    "failure.outdated": (
        "`/{command}` has changed, and your Discord shows it as it was. Restart Discord (Ctrl+R), then try again."
    ),
    "failure.too_fast": "That was a lot in a short time. Please try again {in_time} ({at}).",
    "permission.manage_guild": "Manage Server",
    "permission.view_channel": "View Channel",
    "permission.send_messages": "Send Messages",
    "permission.send_messages_in_threads": "Send Messages in Threads",
    "permission.embed_links": "Embed Links",
    "permission.mention_everyone": "Mention @everyone, @here, and All Roles",
    "permission.attach_files": "Attach Files",
}
