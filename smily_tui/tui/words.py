"""How times and amounts are said; every front end says them alike."""

from smily_tui.messages.accounts import countdown, day_and_time, in_words, listed, time_of_day

__all__ = ["countdown", "day_and_time", "in_words", "listed", "time_of_day"]
