"""Messages that more than one front end shows."""
