"""What stands in the way of taking an import out: each a sentence that says what to undo first.

Files number equal lines from the first on, so that of two files one has all lines of the other:
then what stays is what the greater one shows. Where a bank reference or another way of writing made
two files point at different ones of equal lines, more would stay than either of them shows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from kkpd.core.moments import period_name
from kkpd.ledger.active import is_given, pair_holds, visible, withdrawn_files
from kkpd.ledger.difference_kinds import LABELS
from kkpd.models import (
    BarisBank,
    Berkas,
    Cocok,
    DtsFinal,
    Impor,
    ImporTagihan,
    Periode,
    Selisih,
    SumberBaris,
    Tagihan,
    Transaksi,
)
from kkpd.tagihan.identity import BILL_COMPLETE
from kkpd.tagihan.withdraw.plan import ImportScope, file_name


class _Row(NamedTuple):
    id: int
    kunci: str
    look: Hashable


def unclear_files(session: Session, this_one: ImportScope) -> set[int]:
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


#: So many of one kind are named; the rest is counted.
_SHOWN_AT_MOST: Final = 5
#: Of lines whose other files are named, so many are looked at.
_AT_ONCE: Final = 500
#: States of a purchase that nobody has submitted yet.
_NOT_YET: Final = ("tercatat", "berbukti")


def blockers(session: Session, this_one: ImportScope) -> tuple[str, ...]:
    """Every hindrance, the gravest first; empty when the import may go."""
    return tuple(
        sentence
        for rule in (
            _closed,
            _linked,
            _together,
            _explained,
            _interim,
            _left_out,
            _elsewhere,
            _unclear,
        )
        for sentence in rule(session, this_one)
    )


def _closed(session: Session, this_one: ImportScope) -> Iterator[str]:
    months = {
        (tahun, bulan)
        for model, which in ((BarisBank, this_one.going), (Tagihan, this_one.tagihan))
        for tahun, bulan in session.execute(
            select(model.tahun, model.bulan).where(which).distinct()
        )
    }
    joined = (
        select(BarisBank.tahun, BarisBank.bulan)
        .join(Cocok, Cocok.baris_bank_id == BarisBank.id)
        .where(this_one.shared)
    )
    months |= {(tahun, bulan) for tahun, bulan in session.execute(joined.distinct())}
    for tahun, bulan in sorted(months):
        found = session.get(Periode, (this_one.opd_id, tahun, bulan))
        if found is not None and found.status != "terbuka":
            yield (
                f"Ada baris pada {period_name(tahun, bulan)} yang sudah ditutup. "
                "Minta inspektorat membuka periodenya dahulu."
            )


def _linked(session: Session, this_one: ImportScope) -> Iterator[str]:
    """Pairs that a person decided, and those whose purchase has gone on."""
    rows = session.execute(
        select(BarisBank.merchant, BarisBank.nilai, Transaksi.merchant, Transaksi.status)
        .join(Cocok, Cocok.baris_bank_id == BarisBank.id)
        .join(Transaksi, Transaksi.id == Cocok.transaksi_id)
        .where(
            this_one.going,
            Cocok.dicabut_at.is_(None),
            or_(Cocok.status != "pasti", Transaksi.status.not_in(_NOT_YET)),
        )
        .order_by(BarisBank.id, Cocok.id)
    ).all()
    for text, amount, payee, status in rows[:_SHOWN_AT_MOST]:
        if status in _NOT_YET:
            yield (
                f"Baris “{text}” Rp {amount} sudah dipasangkan dengan belanja {payee}. "
                "Urungkan pasangannya di halaman Cocokkan dahulu."
            )
        else:
            yield (
                f"Belanja {payee} yang dipasangkan dengan baris “{text}” Rp {amount} sudah masuk "
                f"DPR atau DPT (keadaan: {status}). Batalkan langkah itu dahulu, lalu urungkan "
                "pasangannya di halaman Cocokkan."
            )
    yield from _rest(len(rows), "pasangan lain yang harus diurungkan dahulu")


def _together(session: Session, this_one: ImportScope) -> Iterator[str]:
    """Lines that stay and that a person joined to a purchase which a line that goes paid too."""
    rows = session.execute(
        select(BarisBank.merchant, BarisBank.nilai, Transaksi.merchant)
        .join(Cocok, Cocok.baris_bank_id == BarisBank.id)
        .join(Transaksi, Transaksi.id == Cocok.transaksi_id)
        .where(this_one.shared, Cocok.status != "pasti")
        .order_by(BarisBank.id, Cocok.id)
    ).all()
    for text, amount, payee in rows[:_SHOWN_AT_MOST]:
        yield (
            f"Baris “{text}” Rp {amount} dari berkas lain dipasangkan bersama baris berkas ini "
            f"dengan belanja {payee}. Urungkan pasangannya di halaman Cocokkan dahulu."
        )
    yield from _rest(len(rows), "pasangan bersama yang harus diurungkan dahulu")


def _explained(session: Session, this_one: ImportScope) -> Iterator[str]:
    rows = session.execute(
        select(BarisBank.merchant, Selisih.jenis, Selisih.nilai)
        .join(Selisih, Selisih.baris_bank_id == BarisBank.id)
        .where(this_one.going, Selisih.dicabut_at.is_(None))
        .order_by(BarisBank.id, Selisih.id)
    ).all()
    for text, jenis, amount in rows[:_SHOWN_AT_MOST]:
        yield (
            f"Baris “{text}” sudah dijelaskan sebagai {LABELS[jenis]}, Rp {amount}. "
            "Urungkan penjelasannya di halaman Cocokkan dahulu."
        )
    yield from _rest(len(rows), "penjelasan lain yang harus diurungkan dahulu")


def _rest(count: int, what: str) -> Iterator[str]:
    if count > _SHOWN_AT_MOST:
        yield f"Masih ada {count - _SHOWN_AT_MOST} {what}."


def _interim(session: Session, this_one: ImportScope) -> Iterator[str]:
    """Interim lines that a final bill has closed."""
    final = select(DtsFinal.final_id).where(
        DtsFinal.dts_id.in_(select(BarisBank.id).where(this_one.going)), pair_holds()
    )
    count, files = _files(session, BarisBank.id.in_(final))
    if count:
        yield (
            f"{count} baris DTS sudah menjadi baris tagihan final dari berkas {files}. "
            "Keluarkan pengambilan berkas itu dahulu."
        )


def _files(session: Session, where: ColumnElement[bool]) -> tuple[int, str]:
    """How many lines there are, and the names of the files that brought them."""
    rows = session.execute(
        select(BarisBank.berkas_id, func.count()).where(where).group_by(BarisBank.berkas_id)
    ).all()
    return sum(row[1] for row in rows), file_name(session, [row[0] for row in rows])


def _left_out(session: Session, this_one: ImportScope) -> Iterator[str]:
    """Later files of the same bill whose lines were left out, since this one had completed it."""
    bills = select(ImporTagihan.tagihan_id).where(ImporTagihan.impor_id == this_one.impor_id)
    sharing = select(ImporTagihan.impor_id).where(ImporTagihan.tagihan_id.in_(bills))
    rows = session.execute(
        select(Berkas.nama, Impor.lewat)
        .join(Impor, Impor.berkas_id == Berkas.id)
        .where(this_one.other_imports(), Impor.id > this_one.impor_id, Impor.id.in_(sharing))
        .order_by(Impor.id)
    )
    for name, skipped in rows:
        count = sum(row["sebab"] == BILL_COMPLETE for row in skipped)
        if count:
            yield (
                f"{count} baris berkas {name} dilewati karena tagihannya sudah lengkap dari berkas "
                f"ini. Keluarkan pengambilan {name} dahulu, lalu ambil lagi sesudahnya."
            )


def to_go_first(session: Session, this_one: ImportScope) -> tuple[tuple[int, str], ...]:
    """Imports (id, file name) that must go out before this one, and come in again after it."""
    files = {*_moved(session, this_one)[1], *unclear_files(session, this_one)}
    rows = session.execute(
        select(Impor.id, Berkas.nama)
        .join(Berkas, Berkas.id == Impor.berkas_id)
        .where(this_one.other_imports(), Impor.berkas_id.in_(files))
        .order_by(Impor.id)
    )
    return tuple((id_, name) for id_, name in rows)


def _moved(session: Session, this_one: ImportScope) -> tuple[int, list[int]]:
    """How many lines other files have as part of another bill or month, and those files."""
    ids = session.scalars(select(BarisBank.id).where(this_one.moving)).all()
    files = select(SumberBaris.berkas_id).where(
        SumberBaris.baris_bank_id.in_(ids[:_AT_ONCE]),
        SumberBaris.berkas_id != this_one.berkas_id,
        visible(),
    )
    return len(ids), list(session.scalars(files.distinct())) if ids else []


def _elsewhere(session: Session, this_one: ImportScope) -> Iterator[str]:
    """Lines that other files have as part of another bill or month."""
    count, files = _moved(session, this_one)
    if count:
        yield (
            f"{count} baris juga diberikan oleh {file_name(session, files)}, tetapi pada "
            "tagihan lain. Keluarkan pengambilan berkas itu dahulu, lalu ambil lagi sesudahnya."
        )


def _unclear(session: Session, this_one: ImportScope) -> Iterator[str]:
    """Equal lines that two other files give in ways that cannot be told apart."""
    files = unclear_files(session, this_one)
    if files:
        yield (
            "Beberapa baris yang sama isinya diberikan juga oleh "
            f"{file_name(session, sorted(files))}, dan tidak dapat dipastikan mana yang tinggal. "
            "Keluarkan pengambilan berkas-berkas itu dahulu, lalu ambil lagi sesudahnya."
        )
