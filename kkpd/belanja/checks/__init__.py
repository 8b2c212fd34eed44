"""The checks when a purchase is recorded: they give findings, never a refusal (law 1).

`check(Fakta(...))` gives the findings of one purchase; each has its rule, the inputs with the
legal source, and one sentence that says what to do.
"""

from kkpd.belanja.checks.facts import PurchaseFacts
from kkpd.belanja.checks.rules import RULES, check
from kkpd.belanja.checks.seller import tidy_npwp

__all__ = ["RULES", "PurchaseFacts", "check", "tidy_npwp"]
