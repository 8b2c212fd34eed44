"""Budgets, UP KKPD and what room is left, in the web."""
