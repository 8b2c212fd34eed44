"""Realisation by SKPD, use of the UP's card share, smart-city programmes, evidence completeness."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from datetime import time as clock
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import exists, func, select

from kkpd.domain import ceilings
from kkpd.domain.documents import Dokumen as Naskah
from kkpd.domain.documents.daftar import Penanda
from kkpd.domain.documents.pengawasan import BatasBaris, KelengkapanBaris, ProgramBaris, lembar
from kkpd.domain.documents.pernyataan_up import PernyataanUp, pernyataan_up
from kkpd.domain.documents.rekap import RekapBaris, rekap
from kkpd.domain.errors import Conflict
from kkpd.domain.money import NOL, Rupiah, total
from kkpd.domain.pengembalian import BUKAN_BEBAN
from kkpd.domain.tanggal import panjang
from kkpd.models import (
    Bukti,
    Ceiling,
    CeilingMovement,
    Dokumen,
    DokumenBaris,
    Opd,
    Pencairan,
    Program,
    Transaksi,
)
from kkpd.queries import batal, beban, utang
from kkpd.queries.laporan.bahan import Bahan
from kkpd.queries.laporan.buku import Up, keputusan_biasa, keputusan_up

MODAL: Final = "5.2"
#: Purchases that never were, or that the holder pays.


def susun_rekap(bahan: Bahan) -> Naskah:
    """Charged by DPT against the DPA, goods and services beside capital, a row for each SKPD."""
    budget = _by_kind(beban.pagu(bahan.session, bahan.lingkup.ids, bahan.rentang.tahun))
    spent = _by_kind(_charged(bahan))
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


def _by_kind(amounts: dict[beban.Kunci, Rupiah]) -> dict[tuple[int, bool], Rupiah]:
    """(OPD, is it capital) -> sum."""
    found: dict[tuple[int, bool], Rupiah] = defaultdict(lambda: NOL)
    for (opd_id, _, account), amount in amounts.items():
        found[opd_id, account.startswith(MODAL)] += amount
    return found


def _charged(bahan: Bahan) -> dict[beban.Kunci, Rupiah]:
    rows = bahan.session.execute(
        select(
            Transaksi.opd_id,
            Transaksi.sub_kegiatan,
            Transaksi.rekening,
            func.sum(DokumenBaris.nilai),
        )
        .join(DokumenBaris, DokumenBaris.transaksi_id == Transaksi.id)
        .join(Dokumen, Dokumen.id == DokumenBaris.dokumen_id)
        .where(*bahan.dalam(Dokumen), Dokumen.jenis == "dpt", batal.berlaku(Dokumen))
        .group_by(Transaksi.opd_id, Transaksi.sub_kegiatan, Transaksi.rekening)
    )
    return {(opd_id, activity, account): amount for opd_id, activity, account, amount in rows}


def _without_sp2d(bahan: Bahan) -> dict[int, Rupiah]:
    paid = select(Pencairan.dpt_id).where(Pencairan.langkah == "sp2d", batal.berlaku(Pencairan))
    rows = bahan.session.execute(
        select(Dokumen.opd_id, func.sum(Dokumen.total))
        .where(*bahan.dalam(Dokumen), Dokumen.jenis == "dpt", Dokumen.id.not_in(paid))
        .where(batal.berlaku(Dokumen))
        .group_by(Dokumen.opd_id)
    )
    return {opd_id or 0: amount for opd_id, amount in rows}


def susun_batas(bahan: Bahan) -> Naskah:
    """The UP of each OPD, cash and card, and how the card share stood on the last day."""
    decisions = keputusan_up(bahan, bahan.rentang.sampai)
    if not decisions:
        raise bahan.kosong("Keputusan UP")
    states = _up_states(bahan)
    rows = [
        _limits(opd, decisions[opd.id], states.get(opd.id, (NOL, NOL)))
        for opd in bahan.lingkup.anggota
        if opd.id in decisions
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
    budget = beban.pagu(bahan.session, bahan.lingkup.ids, bahan.rentang.tahun)
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


def _up_states(bahan: Bahan) -> dict[int, tuple[Rupiah, Rupiah]]:
    """OPD -> (reserved, posted) of UP KKPD, recounted from the movements up to the last day."""
    zone = ZoneInfo("Asia/Jakarta")
    end = datetime.combine(bahan.rentang.sampai + timedelta(days=1), clock(), zone)
    rows = bahan.session.execute(
        select(CeilingMovement.opd_id, CeilingMovement.kind, func.sum(CeilingMovement.amount))
        .join(Ceiling, Ceiling.id == CeilingMovement.ceiling_id)
        .where(
            Ceiling.opd_id.in_(bahan.lingkup.ids),
            Ceiling.tahun == bahan.rentang.tahun,
            Ceiling.jenis == "up_kkpd",
            CeilingMovement.at < end,
        )
        .group_by(CeilingMovement.opd_id, CeilingMovement.kind)
    )
    moved: dict[int, list[tuple[ceilings.Kind, Rupiah]]] = defaultdict(list)
    for opd_id, kind, amount in rows:
        moved[opd_id].append((kind, amount))
    found = {opd_id: ceilings.recount(NOL, steps) for opd_id, steps in moved.items()}
    return {opd_id: (state.reserved, state.posted) for opd_id, state in found.items()}


def susun_program(bahan: Bahan) -> Naskah:
    """Spending of each smart-city programme under its dimension."""
    rows = bahan.session.execute(
        select(Program.id, Transaksi.rekening, func.count(), func.sum(utang.beban()))
        .join(Transaksi, Transaksi.program_id == Program.id)
        .where(*bahan.dalam(Transaksi), Transaksi.status.not_in(BUKAN_BEBAN))
        .group_by(Program.id, Transaksi.rekening)
    )
    parts: dict[int, list[tuple[str, int, Rupiah]]] = defaultdict(list)
    for program_id, account, count, amount in rows:
        parts[program_id].append((account, count, amount))
    programmes = bahan.session.scalars(
        select(Program)
        .where(Program.id.in_(parts))
        .order_by(Program.dimensi, Program.nama, Program.id)
    )
    groups: dict[str, list[ProgramBaris]] = defaultdict(list)
    for one in programmes:
        groups[one.dimensi].append(_programme(bahan, one, parts[one.id]))
    return lembar("program", bahan.rangka, list(groups.items()), bahan.penanda, bahan.rentang.nama)


def _programme(
    bahan: Bahan, program: Program, parts: Iterable[tuple[str, int, Rupiah]]
) -> ProgramBaris:
    found = list(parts)
    return ProgramBaris(
        program=program.nama,
        skpd=bahan.session.get_one(Opd, program.opd_id).nama,
        transaksi=sum(count for _, count, _ in found),
        operasi=total(amount for account, _, amount in found if not account.startswith(MODAL)),
        modal=total(amount for account, _, amount in found if account.startswith(MODAL)),
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
