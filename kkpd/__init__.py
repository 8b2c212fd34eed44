"""KKPD: the ledger of a regional government's credit card (Permendagri 79/2022)."""

__version__ = "0.2.0"
#: The day of this version: what it promises (`/.well-known/security.txt`) ends a year later.
RELEASED = "2026-12-01"
