"""Prices: what they are (history), where they come from (csv, simulated, yahoo)."""
