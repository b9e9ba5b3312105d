"""The record: every forecast that was issued, chained so that none can be changed unseen, and scored as time goes on.

chain: the hash that each row carries. outcomes: a forecast meets the closes that came. scoring: all open ones, for the
job. record: how they did, in sums. monitoring: whether an ETF's bands still hold what its backtest promised.
"""
