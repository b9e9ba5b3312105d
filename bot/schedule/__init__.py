"""The weekly and the daily work: what is due, who does it, and how it is remembered."""
