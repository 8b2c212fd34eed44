"""LPJ of the UP KKPD, Buku Kas Umum and Buku Pembantu KKPD over a span of months."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from kkpd.core.money import NOL, Rupiah, total
from kkpd.core.permissions import Peran
from kkpd.engines.paper import Dokumen as Naskah
from kkpd.ledger import cancelled
from kkpd.ledger.shapes import Purchase
from kkpd.models import Dokumen, Pencairan, UpKeputusan
from kkpd.payment import basis as payment_basis
from kkpd.payment import charges
from kkpd.records.report_request import Bahan, Saat
from kkpd.reports.forms.cash_books import BukuBaris, BukuInput, Penutupan, buku
from kkpd.reports.forms.lpj import LpjBaris, LpjUp, lpj
from kkpd.reports.named.chain import dpt_terbit


def susun_lpj(bahan: Bahan) -> Naskah:
    """What DPTs of the months charge, by sub kegiatan, against the UP KKPD."""
    rows = charges.baris_pencairan(bahan.session, dpt_terbit(bahan))
    groups: dict[str, list[LpjBaris]] = defaultdict(list)
    for row in rows:
        groups[row.sub_kegiatan].append(LpjBaris(row.rekening, row.uraian, row.nilai))
    names = payment_basis.nama_sub_kegiatan(bahan.session, bahan.rentang.tahun, groups)
    return lpj(
        bahan.rangka,
        bahan.rentang.nama,
        _up(bahan),
        [(f"Sub kegiatan {code} {names.get(code, '')}".strip(), g) for code, g in groups.items()],
        bahan.penanda[0].orang,
        bahan.pejabat(Peran.BENDAHARA),
        bahan.penanda[0].selaku,
    )


def _up(bahan: Bahan) -> LpjUp:
    """UP KKPD free at both ends of the span: what is in force, less what is held of it."""
    year_began = date(bahan.rentang.tahun, 1, 1)  # before it another year's decision was in force
    first = up_berlaku(bahan, max(bahan.malam, year_began))
    last = up_berlaku(bahan, bahan.rentang.sampai)
    return LpjUp(
        awal=first - bahan.pada(bahan.malam).owed,
        akhir=last - bahan.pada(bahan.rentang.sampai).owed,
        pulih=total(row.nilai for row in _payments(bahan)),
        berubah=last - first,
    )


def up_berlaku(bahan: Bahan, on: date) -> Rupiah:
    """UP KKPD in force on that day, over all OPDs of the report."""
    return total(row.up_kkpd for row in keputusan_up(bahan, on).values())


@dataclass(frozen=True, slots=True)
class Up:
    """An OPD's UP on a day: the newest decision and every TUP in its days (kkpd.md 1.12)."""

    up: Rupiah
    up_kkpd: Rupiah


def keputusan_up(bahan: Bahan, on: date) -> dict[int, Up]:
    """The UP in force on that day for each OPD that has a decision this year."""
    rows = bahan.session.scalars(
        select(UpKeputusan)
        .where(
            UpKeputusan.opd_id.in_(bahan.lingkup.ids),
            UpKeputusan.tahun == bahan.rentang.tahun,
            UpKeputusan.mulai <= on,
        )
        .order_by(UpKeputusan.mulai, UpKeputusan.id)
    )
    newest: dict[int, Up] = {}
    extra: dict[int, list[UpKeputusan]] = defaultdict(list)
    for row in rows:
        if row.sampai is None:
            newest[row.opd_id] = Up(row.up, row.up_kkpd)
        elif on <= row.sampai:
            extra[row.opd_id].append(row)
    return {
        opd_id: Up(
            up.up + total(row.up for row in extra[opd_id]),
            up.up_kkpd + total(row.up_kkpd for row in extra[opd_id]),
        )
        for opd_id, up in newest.items()
    }


def keputusan_biasa(bahan: Bahan, opd_id: int) -> list[UpKeputusan]:
    """The OPD's UP decisions of the year up to the last day, TUP left out, oldest first."""
    rows = bahan.session.scalars(
        select(UpKeputusan)
        .where(
            UpKeputusan.opd_id == opd_id,
            UpKeputusan.tahun == bahan.rentang.tahun,
            UpKeputusan.jenis == "up",
            UpKeputusan.mulai <= bahan.rentang.sampai,
        )
        .order_by(UpKeputusan.mulai, UpKeputusan.id)
    )
    return list(rows)


def _payments(bahan: Bahan) -> list[Pencairan]:
    """Debits to the bank within the months, oldest first."""
    return [row for row in _steps(bahan, ("bayar",)) if row.tanggal >= bahan.rentang.mulai]


def _steps(bahan: Bahan, langkah: tuple[str, ...]) -> list[Pencairan]:
    """SP2D and debits up to the last day, oldest first."""
    return list(
        bahan.session.scalars(
            select(Pencairan)
            .where(
                Pencairan.opd_id.in_(bahan.lingkup.ids),
                Pencairan.langkah.in_(langkah),
                cancelled.berlaku(Pencairan),
                Pencairan.tanggal <= bahan.rentang.sampai,
            )
            .order_by(Pencairan.tanggal, Pencairan.id)
        )
    )


def susun_bku(bahan: Bahan) -> Naskah:
    """SP2D in, debits to the bank out, by their dates; closed at the foot."""
    entries = _steps(bahan, ("sp2d", "bayar"))
    before = [row for row in entries if row.tanggal < bahan.rentang.mulai]
    this_year = [row for row in before if row.tanggal.year == bahan.rentang.tahun]
    papers = {dpt.id: dpt.nomor for dpt in _papers(bahan, entries)}
    saldo_lalu, grown = _balance(before), _balance(this_year)
    masuk = total(row.nilai for row in this_year if row.langkah == "sp2d")
    return buku(
        BukuInput(
            rangka=bahan.rangka,
            buku="bku",
            sebutan_periode=bahan.rentang.nama,
            saldo_lalu=saldo_lalu,
            baris=[
                _cash(bahan, row, papers[row.dpt_id])
                for row in entries
                if row.tanggal >= bahan.rentang.mulai
            ],
            penanda=bahan.penanda,
            penutupan=Penutupan(
                saldo_lalu - grown, masuk, masuk - grown, min(bahan.hari, bahan.rentang.sampai)
            ),
        )
    )


def _balance(steps: Iterable[Pencairan]) -> Rupiah:
    """What came in less what went out."""
    return total(row.nilai if row.langkah == "sp2d" else -row.nilai for row in steps)


def _papers(bahan: Bahan, entries: Iterable[Pencairan]) -> list[Dokumen]:
    ids = {row.dpt_id for row in entries}
    return list(bahan.session.scalars(select(Dokumen).where(Dokumen.id.in_(ids))))


def _cash(bahan: Bahan, row: Pencairan, dpt: str) -> BukuBaris:
    told = "SP2D-GU KKPD" if row.langkah == "sp2d" else "Pendebetan kepada bank"
    words = f"{told} atas DPT {dpt}{_of(bahan, row.opd_id)}"
    amount = row.nilai
    if row.langkah == "sp2d":
        return BukuBaris(row.tanggal, row.nomor, words, penerimaan=amount)
    return BukuBaris(row.tanggal, row.nomor, words, pengeluaran=amount)


def _of(bahan: Bahan, opd_id: int) -> str:
    return f", {bahan.skpd(opd_id)}" if len(bahan.lingkup.anggota) > 1 else ""


def susun_pembantu(bahan: Bahan) -> Naskah:
    """Purchases as they were booked, less what was refused of them, and debits; the balance is what
    the budget owes to the bank.
    """
    before, after = bahan.pada(bahan.malam), bahan.pada(bahan.rentang.sampai)
    paid = _payments(bahan)
    papers = {dpt.id: dpt.nomor for dpt in _papers(bahan, paid)}
    rows = [
        *_booked(bahan, before, after),
        *(_cash(bahan, row, papers[row.dpt_id]) for row in paid),
    ]
    return buku(
        BukuInput(
            rangka=bahan.rangka,
            buku="buku_pembantu",
            sebutan_periode=bahan.rentang.nama,
            saldo_lalu=before.owed,
            saldo_akhir=after.owed,
            baris=sorted(rows, key=lambda row: row.tanggal),
            penanda=bahan.penanda,
        )
    )


def _booked(bahan: Bahan, before: Saat, after: Saat) -> Iterator[BukuBaris]:
    """What the months changed of what the budget bears: booked with its day, refused with that of
    the decision.
    """
    was, now = _shares(before, "budget"), _shares(after, "budget")
    holders = _shares(after, "holder")
    changed: list[tuple[Purchase, date, Rupiah, str]] = []
    for one in after.facts.purchases.values():
        new = one.id not in before.facts.purchases
        booked = now[one.id] + holders[one.id] if new else NOL
        refused = now[one.id] - was[one.id] - booked
        if booked:
            changed.append((one, one.day, booked, ""))
        if refused:
            words = "Ditolak: " if refused < NOL else "Ditanggung pemegang: "
            changed.append((one, _decided(bahan, after, one), refused, words))
    lines = bahan.belanja([one.id for one, *_ in changed])
    for one, day, amount, words in changed:
        line = lines[one.id]
        told = f"{words}{line.uraian} ({line.merchant}){_of(bahan, line.opd_id)}"
        yield BukuBaris(day, line.nota, told, penerimaan=amount)


def _shares(when: Saat, bearer: str) -> dict[int, Rupiah]:
    """Purchase -> what this bearer has of it."""
    found: dict[int, Rupiah] = defaultdict(lambda: NOL)
    for part in when.parts:
        if part.purchase_id is not None and part.bearer == bearer:
            found[part.purchase_id] += part.amount
    return found


def _decided(bahan: Bahan, when: Saat, one: Purchase) -> date:
    """The day in the span on which the budget was relieved of (a part of) the purchase."""
    origin = when.facts.purchases.get(one.origin_id or 0, one)
    days = [day for day in (one.day, one.decided_on, origin.decided_on) if day is not None]
    return min(max(bahan.rentang.mulai, *days), bahan.rentang.sampai)
