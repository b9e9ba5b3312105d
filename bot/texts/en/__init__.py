"""English: the original, and the list of all keys."""
