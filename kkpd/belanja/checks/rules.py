"""All checks in the order in which their findings are read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kkpd.belanja.checks import amount, forbidden
from kkpd.belanja.checks import card as checks_card
from kkpd.belanja.checks.facts import PurchaseFacts
from kkpd.core.errors import Finding

#: Every rule reads the whole fact and returns one finding or none.
RULES: Final[tuple[Callable[[PurchaseFacts], Finding | None], ...]] = (
    checks_card.jenis,
    checks_card.state_of,
    forbidden.coverage,
    forbidden.words_forbidden,
    forbidden.mata_uang,
    forbidden.use_cutoff,
    checks_card.first_one,
    checks_card.twins,
    amount.extra,
    amount.arithmetic,
    amount.taxes,
    amount.exempt,
    amount.still_withheld,
    amount.refund_amount,
    amount.last_year_refund,
    forbidden.weekend,
)


def check(known_facts: PurchaseFacts) -> list[Finding]:
    """Every finding about this purchase, in the order of RULES."""
    return [found for rule in RULES if (found := rule(known_facts)) is not None]
