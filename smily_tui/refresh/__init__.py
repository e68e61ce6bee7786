"""The one way to get new tokens for an account: the protocol, its recovery, the detached helper."""
