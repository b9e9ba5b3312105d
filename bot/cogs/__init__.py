"""The slash commands. A cog reads what was asked, calls one function, and hands the result to ``message``."""
