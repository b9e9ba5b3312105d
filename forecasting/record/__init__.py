"""The record: every forecast that was issued, chained so that none can be changed unseen, and scored as time goes on.

chain         the hash that each row carries
verification  whether all of them hold together
baselines     what random walk and drift said on the day of issue
fans          what a forecast says, from its column
outcomes      a forecast meets the closes that came
scoring       all open ones, for the job
totals        what outcomes add up to, renewed with them
monitoring    whether an ETF's forecasts still do what their backtest promised
record, week, past, export   what is shown: figures, last week, the picture, every scored session
book          all of it, for the bot
"""
