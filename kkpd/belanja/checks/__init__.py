"""What is looked at when a purchase is recorded: remarks on facts, never a refusal (law 1).

`periksa(Fakta(...))` gives the findings of one purchase; each carries its rule, what the rule
looked at with its legal source, and one sentence that says what to do.
"""

from kkpd.belanja.checks.facts import Fakta
from kkpd.belanja.checks.rules import ATURAN, periksa
from kkpd.belanja.checks.seller import rapikan_npwp

__all__ = ["ATURAN", "Fakta", "periksa", "rapikan_npwp"]
