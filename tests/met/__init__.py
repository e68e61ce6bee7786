"""What people met: each fault that smily-tui was shown, and the kind it belongs to."""
