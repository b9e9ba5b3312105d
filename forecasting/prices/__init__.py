"""Prices: what they are (history), where they come from (sources), what is kept (store), what is wrong (quality)."""
