"""The record: every issued forecast, chained so that none can be changed unnoticed, and scored as sessions close.

schema        the tables
chain         the hash that each row carries
issued        putting a forecast on the record, and reading it
verification  whether the chain holds
baselines     what random walk and drift forecast on the day of issue
outcomes      what the sessions closed at, and how far off the forecast was
scoring       the same for all open forecasts: the job's part
totals        what the outcomes of an ETF add up to, stored with each scoring
record        all that is shown of one source: the figures of each ETF, live and replayed apart
calibration   how often closes fell inside the bands, of forecasts that do not overlap
monitoring    whether forecasts still do what their backtest promised
week          last week's closes and the forecasts before them
past          past forecasts and closes for the picture
export        every scored session as a row
reproduce     an issued forecast made again
"""
