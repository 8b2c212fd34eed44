"""Whether the lines that stay after a withdrawal are exactly the greatest count of any one file.

Files number equal lines from the first on, so that of two files one has all lines of the other:
then what stays is what the greater one shows. Where a bank reference or another way of writing made
two files point at different ones of equal lines, more would stay than either of them shows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.ledger.active import is_given, withdrawn_files
from kkpd.models import BarisBank, SumberBaris, Tagihan
from kkpd.tagihan.withdraw.plan import ImportScope

#: Keys asked for in one statement: within what a database takes as parameters.
_AT_ONCE: Final = 500


class _Row(NamedTuple):
    id: int
    kunci: str
    look: Hashable


def berkas(session: Session, this_one: ImportScope) -> set[int]:
    """The files whose lines cannot be told apart; empty when all is clear."""
    if session.scalar(select(BarisBank.id).where(this_one.tetap).limit(1)) is None:
        return set()
    lines = list(_lines(session, this_one, with_looks=_any_bill(session, this_one)))
    groups = list(_groups(lines))
    given = _given(session, this_one, sorted(set().union(*groups)))
    unclear: set[int] = set()
    for group in groups:
        unclear |= _crossing(group, given)
    return unclear


def _any_bill(session: Session, this_one: ImportScope) -> bool:
    """Whether a printed bill shows lines that stay: bills are paired by their looks."""
    bills = select(Tagihan.id).where(Tagihan.identitas.not_like("daftar:%"))
    stays = select(BarisBank.id).where(this_one.tetap)
    brought = select(BarisBank.id).where(this_one.tetap, BarisBank.tagihan_id.in_(bills))
    seen = select(SumberBaris.id).where(
        SumberBaris.baris_bank_id.in_(stays), SumberBaris.tagihan_id.in_(bills)
    )
    return any(session.scalar(one.limit(1)) is not None for one in (brought, seen))


def _lines(session: Session, this_one: ImportScope, *, with_looks: bool) -> Iterator[_Row]:
    """The given lines that are equal to one that stays, where there are several."""
    day = func.coalesce(BarisBank.tanggal_transaksi, BarisBank.tanggal_posting)
    mine = (BarisBank.opd_id == this_one.opd_id, is_given())
    first, last = session.execute(select(func.min(day), func.max(day)).where(this_one.tetap)).one()
    if with_looks:
        near = day.between(first, last)
    else:
        keys = select(BarisBank.kunci_dasar).where(this_one.tetap)
        several = select(BarisBank.kunci_dasar).where(*mine, BarisBank.kunci_dasar.in_(keys))
        several = several.group_by(BarisBank.kunci_dasar).having(func.count() > 1)
        near = BarisBank.kunci_dasar.in_(several)
    leaving = set(session.scalars(select(BarisBank.id).where(this_one.going)))
    rows = session.execute(
        select(
            BarisBank.id, BarisBank.kunci_dasar, BarisBank.kartu_akhir, day, BarisBank.nilai
        ).where(*mine, near)
    )
    for id_, key, card, when, amount in rows:
        if id_ not in leaving:
            looks = (key[:2] == "d:", card, when, amount.sen) if with_looks else None
            yield _Row(id_, key, looks)


def _given(session: Session, this_one: ImportScope, ids: Sequence[int]) -> Mapping[int, set[int]]:
    """File -> which of these lines it gives, of other imports in force."""
    found: dict[int, set[int]] = defaultdict(set)
    gone = set(session.scalars(withdrawn_files())) | {this_one.berkas_id}
    for line, file in (
        (BarisBank.id, BarisBank.berkas_id),
        (SumberBaris.baris_bank_id, SumberBaris.berkas_id),
    ):
        for start in range(0, len(ids), _AT_ONCE):
            part = ids[start : start + _AT_ONCE]
            for id_, berkas_id in session.execute(select(line, file).where(line.in_(part))):
                if berkas_id not in gone:
                    found[berkas_id].add(id_)
    return found


def _groups(lines: Iterable[_Row]) -> Iterator[set[int]]:
    """Lines of one key, and of one look, where there are several."""
    found: dict[Hashable, set[int]] = defaultdict(set)
    for line in lines:
        found[line.kunci].add(line.id)
        if line.look is not None:
            found[line.look].add(line.id)
    return (group for group in found.values() if len(group) > 1)


def _crossing(group: set[int], given: Mapping[int, set[int]]) -> set[int]:
    """The files that show different ones of the group's lines, neither all of the other's."""
    shown = sorted(
        ((group & lines, file) for file, lines in given.items()), key=lambda one: len(one[0])
    )
    return {
        file
        for (less, one), (more, two) in pairwise(shown)
        if not less <= more
        for file in (one, two)
    }
