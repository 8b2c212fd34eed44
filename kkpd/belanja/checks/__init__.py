"""What is looked at when a purchase is recorded: remarks on facts, never a refusal (law 1).

`periksa(Fakta(...))` gives the findings of one purchase; each carries its rule, what the rule
looked at with its legal source, and one sentence that says what to do.
"""

from kkpd.belanja.checks.facts import PurchaseFacts
from kkpd.belanja.checks.rules import RULES, periksa
from kkpd.belanja.checks.seller import tidy_npwp

__all__ = ["RULES", "PurchaseFacts", "periksa", "tidy_npwp"]
