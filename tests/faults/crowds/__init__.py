"""Many processes at once, and processes that hold a lock and die, hang or are cut off."""
