"""Authorization queue: its rows, its file, the lists it is read from, and what was done today."""
