"""The protocol: what is asked, what is answered, what it means."""
