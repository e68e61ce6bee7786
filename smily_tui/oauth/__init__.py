"""Protocol: requests, responses, and their meaning."""
