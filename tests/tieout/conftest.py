"""The demo year, built once: what the tie-out and the other hand look at."""

from __future__ import annotations

from tests.demo.conftest import year

__all__ = ["year"]
