"""smily-tui: from a Client ID to a token that stays valid, for the Smily (BookingSync) API v3."""

__version__ = "0.1.0"
