"""Plain mode: the same jobs line by line, for screen readers and terminals without a cursor."""
