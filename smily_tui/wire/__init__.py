"""Requests and answers as they may be shown: masked, explained, as curl commands, as a transcript."""
