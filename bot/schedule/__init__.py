"""The weekly and the daily work: what is due, who does it, and how it is remembered."""

from bot.schedule.edition import Newsroom
from bot.schedule.posting import Postman
from bot.schedule.service import Schedule
from bot.schedule.timetable import Timetable

__all__ = ["Newsroom", "Postman", "Schedule", "Timetable"]
