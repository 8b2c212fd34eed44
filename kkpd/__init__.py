"""KKPD: the ledger of a regional government's credit card (Permendagri 79/2022)."""

__version__ = "0.2.0"
