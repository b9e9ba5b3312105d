"""The texts in English: the original, and the list of keys."""

from __future__ import annotations

from typing import Final

ENGLISH: Final[dict[str, str]] = {
    # Days of the week
    "day.mon": "Monday",
    "day.tue": "Tuesday",
    "day.wed": "Wednesday",
    "day.thu": "Thursday",
    "day.fri": "Friday",
    "day.sat": "Saturday",
    "day.sun": "Sunday",
    # /report
    "report.set": (
        "The weekly report comes to {channel} from now on, every {day} at {at} in {zone}: next {next} ({in_time})."
    ),
    "report.role": "It mentions {role}.",
    "report.symbols": "It is about {symbols}.",
    "report.weekend": "A {day} has no session, and you asked to skip the weekend: so it comes on Mondays.",
    "report.training": "The models are trained anew once a week; the next training is due {next}.",
    "report.off": "No more weekly reports in this server.",
    "report.off_anyway": "This server gets no weekly report anyway.",
    "report.none": "This server gets no weekly report. `/report here` or `/report set` has it posted.",
    "report.goes": "The weekly report goes to {channel}, every {day} at {at} in {zone}: next {next} ({in_time}).",
    "report.should_go": "The weekly report should go to {channel}, every {day} at {at} in {zone}.",
    "report.is_paused": "It is paused: `/report resume` goes on with it.",
    "report.paused": "The weekly report is paused. Its settings are kept; `/report resume` goes on with it.",
    "report.resumed": "The weekly report goes on in {channel}: next {next} ({in_time}).",
    "report.forbidden": (
        "Discord says that I may not post there, so I stopped trying. Let me view the channel, send messages, embed "
        "links and attach files there, then use `/report resume`."
    ),
    "report.gone": "The channel is gone, so I stopped trying. Choose another one with `/report set` or `/report here`.",
    "report.sent": "The report of week {week} was posted {when}.",
    "report.sending": "I was stopped while posting the report of week {week} {when}, and won't post it twice.",
    "report.failed": "The report of week {week} could not be posted {when}; I try again.",
    "report.refused": "The report of week {week} could not be posted {when}.",
    "report.preview": "Only you see this. So would the report look now:",
    "report.test": "**Test** of the weekly report. The real one comes {next}.",
    "report.tested": "Posted in {channel}: {link}",
    "report.bad_time": "{text!r} is no time of the day. Write it like 09:00, 21:30 or 9 pm.",
    "report.bad_zone": "{text!r} names no time zone. Choose one of those that I suggest while you type, {such}.",
    "report.such_as": "such as {zones}",
    "report.such_as_city": "by city or country code, such as Europe/London",
    "report.everyone": (
        "The report cannot mention @everyone. Choose a role that people can take or leave, or leave the option empty."
    ),
    "report.role_forbidden": (
        "I may not mention {role} in {channel}: nobody may mention that role, and I lack the permission "
        "**{permission}** there. Let everybody mention the role in its settings, or grant me that permission, then try "
        "again."
    ),
    "report.too_many_symbols": "The report is about {most} ETFs at most, and you named {count}.",
    # The weekly report
    "weekly.title": "Weekly forecast, {horizon} sessions ahead",
    "weekly.as_of": "As of the close of {close}; in brackets the 80 % range.",
    "weekly.as_of_no_session": ("No session today: as of the last close, {close}; in brackets the 80 % range."),
    "weekly.record": (
        "**Last week:** {inside} of {closes} closes inside the 80 % bands; at its end the median was nearer than no "
        "change for {nearer} of {etfs} ETFs. `/track` shows the whole record."
    ),
    "weekly.head": " · record {head}",
    "weekly.all_old": (
        "**Not new:** this week's training failed, and these forecasts are from the model of an earlier week."
    ),
    "weekly.some_old": (
        "**Not new:** this week's training failed, and {symbols}: the forecast is from the model of an earlier week."
    ),
    "weekly.more": "Choose an ETF below for its chart; `/scores` shows how such forecasts did.",
    "weekly.and_more": "… and {count} more",
    "weekly.to": "to",
    "weekly.week": "week {change}",
    "weekly.behind": "as of {session}",
    "weekly.not_new": "not new",
    "weekly.young": "too young for a backtest of its own",
    "weekly.young_short": "no scores yet",
    "weekly.skill": "skill {skill}",
    "weekly.changes": "What changed this week",
    "weekly.promoted": "A new model forecasts: {symbols}.",
    "weekly.faults": "Prices that were not used: {faults}.",
    "weekly.failed": "{symbol}: {message}",
    "weekly.menu": "Show one ETF, to you alone",
    "weekly.alt": ("One bar for each ETF: median and 80 % range in {horizon} sessions, in % from its last close."),
    "weekly.alt_line": "{symbol}: {median}, {low} to {high}.",
    # Trainings that members ask for
    "training.waiting": "Training of {symbols}: in the queue, place {place}.",
    "training.running": "Training of {symbols}, since {since}: {steps}",
    "training.prices": "fetch",
    "training.backtest": "backtest",
    "training.fit": "fit",
    "training.done": "done",
    "training.count": " ({done} of {of})",
    "training.continued": "{member}: {text}",
    "training.failed": "Training of {symbols} came to no end. {message}",
    # /watch
    "watch.added": (
        "This server follows {symbol} now ({count} of {limit}): {close} at the close of {session}, the median in 60 "
        "sessions {change}. `/forecast {symbol}` shows it; it is trained anew each week."
    ),
    "watch.already": "This server follows {symbol} already.",
    "watch.for_everybody": "{symbol} is one of the ETFs that every server has; there is no need to follow it.",
    "watch.full": "This server follows {limit} ETFs, as many as it may. Take one off with `/watch remove` first.",
    "watch.refused": "{symbol} cannot be followed. {reason}",
    "watch.not_now": "{symbol} cannot be followed just now. {reason} Please try again later.",
    "watch.removed": (
        "This server follows {symbol} no more. Where nobody else does, it is trained for 30 days yet and then rests."
    ),
    "watch.not_followed": "This server does not follow {symbol}. `/watch list` shows what it follows.",
    "watch.list": "This server's own ETFs, {count} of {limit}: {own}\nEverybody's: {universe}",
    "watch.none": "none yet",
    # /retrain
    "retrain.done": "Trained: {symbols}.",
    "retrain.failed": "{symbol} failed. {message}",
    "retrain.forbidden": (
        "`/retrain` is for the bot's owner, and for members with the role that its settings name (OPERATOR_ROLE)."
    ),
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
    "privacy.table.subscriptions": "Settings of the weekly report: {count}",
    "privacy.table.deliveries": "Weeks of which a report was posted or tried: {count}",
    "privacy.table.departures": "That the bot left this server: {count}",
    "privacy.table.watches": "ETFs followed now or before: {count}",
    "privacy.table.ops_channels": "Channel for operators: {count}",
    "privacy.table.ops_notes": "Troubles told there: {count}",
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
    "alert.yours": "Your alerts, {count} of {most}:",
    "alert.direct": "in a direct message",
    "alert.channel": "in {channel}",
    "alert.line": "{what}, told {way}",
    "alert.crossed": "{line}; crossed at the close of {session} ({close})",
    "alert.sent": "{crossed}, told {when}",
    "alert.failed": "{crossed}, could not be told {when}; I try again a few times",
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
    "permission.attach_files": "Attach Files",
}
