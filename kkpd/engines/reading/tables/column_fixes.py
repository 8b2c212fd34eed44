"""What cells say where titles mislead: net beside gross, whole beside parts, a later day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kkpd.engines.reading.cells import evidence as cells_evidence
from kkpd.engines.reading.profile import DAYS, Profile
from kkpd.engines.reading.sheet import Row
from kkpd.engines.reading.tables import headerless, naming


def reviewed(
    found: Mapping[str, int], titles: Sequence[str], body: Sequence[Row], profile: Profile
) -> dict[str, int]:
    """The columns of a table after a look at what their cells say of each other."""
    columns = dict(found)
    free = [i for i in range(len(titles)) if i not in columns.values()]
    if "amount" in columns:
        _reckoned(columns, titles, free, body)
    _date_twice(columns, titles, free, body, profile)
    if "merchant" not in columns and "description" not in columns:
        words = headerless.telling(body, columns.values())
        columns |= {"description": words} if words is not None else {}
    return columns


def _reckoned(
    columns: dict[str, int], titles: Sequence[str], free: Sequence[int], body: Sequence[Row]
) -> None:
    """The amount and its sign, where the columns beside it tell of another one."""
    taxes = [i for i, title in enumerate(titles) if naming.names_tax(title)]
    others = [i for i in free if i not in taxes or naming.holds_tax(titles[i])]
    same = [columns[role] for role in (*DAYS, "merchant", "reference") if role in columns]
    found = cells_evidence.gross(columns["amount"], others, taxes, body)
    if found is None:
        found = cells_evidence.parts(columns["amount"], others, same, body)
    columns["amount"] = columns["amount"] if found is None else found
    lone = "credit" in columns and "debit" not in columns
    if lone and cells_evidence.takes_turns(columns["amount"], columns["credit"], body):
        columns["debit"] = columns.pop("amount")
    elif "sign" not in columns:
        sign = cells_evidence.marks(columns["amount"], free, body)
        columns |= {"sign": sign} if sign is not None else {}


def _date_twice(
    columns: dict[str, int],
    titles: Sequence[str],
    free: Sequence[int],
    body: Sequence[Row],
    profile: Profile,
) -> None:
    """An earlier day is that of the purchase, where the one taken for it has no such title."""
    named = [columns[role] for role in DAYS if role in columns]
    if not named or not body:
        return
    own = named[0]
    if len(named) == 1 and cells_evidence.only_months(own, body):
        days = [i for i in free if cells_evidence.shows_days(i, body)]
        columns |= {DAYS[0]: days[0]} if len(days) == 1 else {}
        return
    ranks = [
        naming.rank(DAYS[0], titles[index], profile, exact=False) if index < len(titles) else None
        for index in named
    ]
    if any(rank is not None and rank[0] == 0 for rank in ranks):
        return
    others = free if len(named) == 1 else named[1:] if not any(ranks) else []
    before = [i for i in others if cells_evidence.earlier(i, own, body)]
    if len(before) == 1 and not (named[1:] and cells_evidence.earlier(own, before[0], body)):
        columns[DAYS[0]], columns[DAYS[1]] = before[0], own
