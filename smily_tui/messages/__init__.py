"""Messages: words that more than one front end shows; no toolkit in here."""
