"""Fixtures of the store's tests."""

from __future__ import annotations

from tests.support.keyrings import locked_secret_service, secret_service, stand_in

__all__ = ["locked_secret_service", "secret_service", "stand_in"]
