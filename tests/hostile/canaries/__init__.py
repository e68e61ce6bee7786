"""Known secrets are planted, and everything that leaves the program is searched for them."""
