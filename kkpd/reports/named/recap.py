"""Realisation by SKPD, use of the UP's card share, smart-city programmes, evidence completeness."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import exists, func, select

from kkpd import ledger
from kkpd.core.errors import Conflict
from kkpd.core.indonesian_dates import panjang
from kkpd.core.money import NOL, Rupiah, total
from kkpd.engines.paper import Dokumen as Naskah
from kkpd.engines.paper.list_form import Penanda
from kkpd.ledger import Part, cancelled
from kkpd.models import Bukti, Dokumen, DokumenBaris, Opd, Pencairan, Program, Transaksi
from kkpd.pagu.forms.up_statement import PernyataanUp, pernyataan_up
from kkpd.payment import charges
from kkpd.records.report_request import Bahan
from kkpd.reports.forms.oversight import BatasBaris, KelengkapanBaris, ProgramBaris, lembar
from kkpd.reports.forms.recap import RekapBaris, rekap
from kkpd.reports.named.cash_books import Up, keputusan_biasa, keputusan_up

MODAL: Final = "5.2"
#: Group and row of what DPTs charge for no programme.
TANPA_PROGRAM: Final = "Tanpa program"


def susun_rekap(bahan: Bahan) -> Naskah:
    """Charged by DPT against the DPA, goods and services beside capital, a row for each SKPD."""
    budget = _by_kind(charges.pagu(bahan.session, bahan.lingkup.ids, bahan.rentang.tahun))
    spent: dict[tuple[int, bool], Rupiah] = defaultdict(lambda: NOL)
    for row in _charged(bahan):
        spent[row.opd_id, row.modal] += row.amount
    waiting = _without_sp2d(bahan)
    rows = [
        RekapBaris(
            skpd=opd.nama,
            anggaran_barang=budget[opd.id, False],
            realisasi_barang=spent[opd.id, False],
            anggaran_modal=budget[opd.id, True],
            realisasi_modal=spent[opd.id, True],
            keterangan=f"Belum SP2D Rp {waiting[opd.id]}" if waiting.get(opd.id) else "",
        )
        for opd in _with_budget(bahan, budget, spent)
    ]
    if not rows:
        raise bahan.kosong("Anggaran dan realisasi KKPD")
    return rekap(bahan.rangka, bahan.rentang.tahun, bahan.rentang.nama, rows, bahan.penanda)


def _with_budget(bahan: Bahan, *sums: dict[tuple[int, bool], Rupiah]) -> list[Opd]:
    known = {opd_id for found in sums for opd_id, _ in found}
    return [opd for opd in bahan.lingkup.anggota if opd.id in known]


def _by_kind(amounts: dict[charges.Kunci, Rupiah]) -> dict[tuple[int, bool], Rupiah]:
    """(OPD, is it capital) -> sum."""
    found: dict[tuple[int, bool], Rupiah] = defaultdict(lambda: NOL)
    for (opd_id, _, account), amount in amounts.items():
        found[opd_id, account.startswith(MODAL)] += amount
    return found


@dataclass(frozen=True, slots=True)
class _Dimuat:
    """What DPTs of the months charge to one account for one programme, or for none."""

    opd_id: int
    program_id: int | None
    modal: bool
    count: int
    amount: Rupiah


def _charged(bahan: Bahan) -> list[_Dimuat]:
    rows = bahan.session.execute(
        select(
            Transaksi.opd_id,
            Transaksi.program_id,
            Transaksi.rekening,
            func.count(),
            func.sum(DokumenBaris.nilai),
        )
        .join(DokumenBaris, DokumenBaris.transaksi_id == Transaksi.id)
        .join(Dokumen, Dokumen.id == DokumenBaris.dokumen_id)
        .where(*bahan.dalam(Dokumen), Dokumen.jenis == "dpt", cancelled.berlaku(Dokumen))
        .group_by(Transaksi.opd_id, Transaksi.program_id, Transaksi.rekening)
        .order_by(Transaksi.opd_id, Transaksi.program_id, Transaksi.rekening)
    )
    return [
        _Dimuat(opd_id, program_id, account.startswith(MODAL), count, amount)
        for opd_id, program_id, account, count, amount in rows
    ]


def _without_sp2d(bahan: Bahan) -> dict[int, Rupiah]:
    paid = select(Pencairan.dpt_id).where(Pencairan.langkah == "sp2d", cancelled.berlaku(Pencairan))
    rows = bahan.session.execute(
        select(Dokumen.opd_id, func.sum(Dokumen.total))
        .where(*bahan.dalam(Dokumen), Dokumen.jenis == "dpt", Dokumen.id.not_in(paid))
        .where(cancelled.berlaku(Dokumen))
        .group_by(Dokumen.opd_id)
    )
    return {opd_id or 0: amount for opd_id, amount in rows}


def susun_batas(bahan: Bahan) -> Naskah:
    """The UP of each OPD, cash and card, and how the card share stood on the last day."""
    decisions = keputusan_up(bahan, bahan.rentang.sampai)
    if not decisions:
        raise bahan.kosong("Keputusan UP")
    held: dict[int, list[Part]] = defaultdict(list)
    for part in bahan.pada(bahan.rentang.sampai).parts:
        held[part.opd_id].append(part)
    rows = [
        _limits(opd, decisions.get(opd.id, Up(NOL, NOL)), ledger.held(held[opd.id]))
        for opd in bahan.lingkup.anggota
        if opd.id in decisions or any(ledger.held(held[opd.id]))
    ]
    return lembar("batas", bahan.rangka, rows, bahan.penanda, f"Per akhir {bahan.rentang.nama}")


def _limits(opd: Opd, row: Up, state: tuple[Rupiah, Rupiah]) -> BatasBaris:
    return BatasBaris(
        skpd=opd.nama,
        up=row.up,
        up_tunai=row.up - row.up_kkpd,
        up_kkpd=row.up_kkpd,
        dicadangkan=state[0],
        terpakai=state[1],
    )


#: What UP may pay by card: goods and services, and capital (kkpd.md 1.3).
_DENGAN_UP: Final = ("5.1.02", MODAL)


def susun_pernyataan_up(bahan: Bahan) -> Naskah:
    """PA's statement of the UP in force on the last day, beside the budget that it may pay."""
    opd = bahan.lingkup.opd
    if opd is None:
        raise Conflict("Surat Pernyataan UP dibuat oleh PA satu OPD. Pilih satu OPD.", field="opd")
    decisions = keputusan_biasa(bahan, opd.id)
    if not decisions:
        raise bahan.kosong("Keputusan UP")
    budget = charges.pagu(bahan.session, bahan.lingkup.ids, bahan.rentang.tahun)
    now, before = decisions[-1], [row.up for row in decisions[-2:-1]]
    figures = PernyataanUp(
        pagu=total(budget.values()),
        pagu_up=total(amount for key, amount in budget.items() if key[2].startswith(_DENGAN_UP)),
        up=now.up,
        up_kkpd=now.up_kkpd,
        sebelumnya=total(before),
    )
    decision = f"Nomor {now.nomor}, berlaku sejak {panjang(now.mulai)}"
    signer = Penanda(bahan.penanda[0].selaku, bahan.penanda[0].orang)
    year = bahan.rentang.tahun
    return pernyataan_up(bahan.rangka, year, opd.nama, decision, figures, signer)


def susun_program(bahan: Bahan) -> Naskah:
    """What DPTs charge for each smart-city programme under its dimension, and for none."""
    rows: dict[tuple[int, int | None], list[_Dimuat]] = defaultdict(list)
    for row in _charged(bahan):
        rows[row.opd_id, row.program_id].append(row)
    programmes = bahan.session.scalars(
        select(Program)
        .where(Program.id.in_({key for _, key in rows if key is not None}))
        .order_by(Program.dimensi, Program.nama, Program.id)
    ).all()
    groups: dict[str, list[ProgramBaris]] = defaultdict(list)
    for one in programmes:
        for opd in bahan.lingkup.anggota:
            if (opd.id, one.id) in rows:
                groups[one.dimensi].append(_programme(one.nama, opd, rows[opd.id, one.id]))
    for opd in bahan.lingkup.anggota:
        if (opd.id, None) in rows:
            groups[TANPA_PROGRAM].append(_programme(TANPA_PROGRAM, opd, rows[opd.id, None]))
    return lembar("program", bahan.rangka, list(groups.items()), bahan.penanda, bahan.rentang.nama)


def _programme(nama: str, opd: Opd, rows: Sequence[_Dimuat]) -> ProgramBaris:
    return ProgramBaris(
        program=nama,
        skpd=opd.nama,
        transaksi=sum(row.count for row in rows),
        operasi=total(row.amount for row in rows if not row.modal),
        modal=total(row.amount for row in rows if row.modal),
    )


def susun_kelengkapan(bahan: Bahan) -> Naskah:
    """How many purchases of each OPD have evidence, and what is without."""
    proved = exists().where(Bukti.transaksi_id == Transaksi.id, Bukti.dicabut_at.is_(None))
    rows = bahan.session.execute(
        select(Transaksi.opd_id, proved, func.count(), func.sum(Transaksi.nilai))
        .where(*bahan.dalam(Transaksi), Transaksi.status != "dibatalkan")
        .group_by(Transaksi.opd_id, proved)
    )
    found: dict[int, dict[bool, tuple[int, Rupiah]]] = defaultdict(dict)
    for opd_id, has, count, amount in rows:
        found[opd_id][bool(has)] = (count, amount)
    lines = [
        _completeness(opd.nama, found[opd.id]) for opd in bahan.lingkup.anggota if opd.id in found
    ]
    return lembar("kelengkapan", bahan.rangka, lines, bahan.penanda, bahan.rentang.nama)


def _completeness(nama: str, parts: dict[bool, tuple[int, Rupiah]]) -> KelengkapanBaris:
    whole, open_ = parts.get(True, (0, NOL)), parts.get(False, (0, NOL))
    return KelengkapanBaris(
        skpd=nama,
        transaksi=whole[0] + open_[0],
        lengkap=whole[0],
        nilai=whole[1] + open_[1],
        nilai_belum=open_[1],
    )
