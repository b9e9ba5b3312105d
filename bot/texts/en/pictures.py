"""The words in pictures, which ``forecasting`` has in English: to translate them, copy those of PICTURE_WORDS."""

from __future__ import annotations

from forecasting import PICTURE_WORDS

TEXTS = PICTURE_WORDS
