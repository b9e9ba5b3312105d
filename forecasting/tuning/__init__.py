"""Parameter searches: what is tried, how it is judged inside the training data, and whether its gain holds after it."""
