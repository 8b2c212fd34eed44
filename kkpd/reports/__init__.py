"""Frozen document -> bytes. Draws, never computes."""
