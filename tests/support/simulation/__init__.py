"""A simulator of the whole: bots, jobs, database, Discord and Yahoo in one process, on a virtual clock, with faults.

After FoundationDB's simulation. ``world`` runs a seed, ``machine`` stands for the operating system, ``jobs`` for the
programs that a bot starts, ``market`` for Yahoo, ``plan`` for what goes wrong, and ``invariants`` for what must hold.
Run it with ``python -m tests.support.faults seeds --count 10``.

Real: the bot with its schedule, outbox, report sender, notifiers and leases, discord.py and its HTTP, SQLite, and
of a job the command line, the pipeline, the publisher, the registry, the record and (in every fifth seed) the price
store. Replaced: the networks (a model is a few bytes), the pictures, Yahoo's answers, processes and time.
"""
