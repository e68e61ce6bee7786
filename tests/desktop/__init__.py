"""What leaves the terminal, with real child processes."""
