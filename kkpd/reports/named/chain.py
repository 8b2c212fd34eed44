"""The papers of the chain as a report shows them: DPR, DPT and refusals of a span of months."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Final, TypeVar

from sqlalchemy import select

from kkpd.approval.forms.dpr import DprBaris, DprInput, JenisDpr, dpr, dpr_gabungan
from kkpd.approval.forms.dpt import DptBaris, DptInput, dpt
from kkpd.approval.forms.refusal import (
    PenolakanBaris,
    PenolakanInput,
    penolakan,
    penolakan_gabungan,
)
from kkpd.approval.reads import jenis_dpr
from kkpd.core.choices import STATUS_TRANSAKSI
from kkpd.core.money import NOL, Rupiah
from kkpd.core.permissions import Peran
from kkpd.engines.paper import Dokumen as Naskah
from kkpd.engines.paper import TandaTangan
from kkpd.engines.paper.form_frame import kartu_tersamar
from kkpd.ledger import bill_chain, cancelled
from kkpd.models import Bukti, Dokumen, DokumenBaris, Kartu, Orang, Persetujuan, Transaksi
from kkpd.records.form_header import pejabat
from kkpd.records.report_request import Bahan

#: From the DPR on: what was put forward stays on the DPR, refused lines too.
DIAJUKAN: Final = tuple(
    status for status in STATUS_TRANSAKSI if status not in {"tercatat", "berbukti", "dibatalkan"}
)
_BENTUK: Final[dict[str, tuple[JenisDpr, str]]] = {
    "perjalanan": ("perjalanan_dinas", "Perjalanan Dinas"),
    "modal": ("belanja_modal", "Belanja Modal"),
    "barang_jasa": ("barang_jasa", "Belanja Barang dan Jasa"),
}
_T = TypeVar("_T")
_K = TypeVar("_K")


def dpr_jenis(jenis: str) -> Callable[[Bahan], Naskah]:
    """The maker of the DPR of this kind (perjalanan, modal, barang_jasa)."""

    def susun(bahan: Bahan) -> Naskah:
        form, words = _BENTUK[jenis]
        found = [row for row in _lines(bahan) if jenis_dpr(row[1].jenis, row[0].kelas) == jenis]
        if not found:
            raise bahan.kosong(f"Pengeluaran {words} yang diajukan")
        proved = _with_evidence(bahan)
        groups = [
            (kartu, [_dpr_row(line, words, line.id in proved) for line, _ in rows])
            for kartu, rows in _by(found, lambda row: row[1])
        ]
        return _dpr(bahan, form, groups)

    return susun


def _dpr(
    bahan: Bahan, form: JenisDpr, groups: Sequence[tuple[Kartu, Sequence[DprBaris]]]
) -> Naskah:
    pptk = bahan.pejabat(Peran.PPTK)
    if len(groups) == 1:
        kartu, rows = groups[0]
        holder = bahan.session.get_one(Orang, kartu.pemegang_id)
        return dpr(
            DprInput(
                rangka=bahan.rangka,
                jenis=form,
                pemegang=pejabat(holder),
                opd=bahan.skpd(kartu.opd_id),
                kartu=kartu.nomor_akhir,
                baris=rows,
                pptk=pptk,
            )
        )
    named = [(_judul_kartu(bahan, kartu), rows) for kartu, rows in groups]
    return dpr_gabungan(bahan.rangka, form, bahan.lingkup.nama, named, pptk)


def _judul_kartu(bahan: Bahan, kartu: Kartu) -> str:
    holder = bahan.session.get_one(Orang, kartu.pemegang_id).nama
    said = f"{holder}, {kartu_tersamar(kartu.nomor_akhir)}"
    return said if len(bahan.lingkup.anggota) == 1 else f"{bahan.skpd(kartu.opd_id)}: {said}"


def _lines(bahan: Bahan) -> list[tuple[Transaksi, Kartu]]:
    statement = (
        select(Transaksi, Kartu)
        .join(Kartu, Kartu.id == Transaksi.kartu_id)
        .where(*bahan.dalam(Transaksi), Transaksi.status.in_(DIAJUKAN))
        .order_by(Kartu.opd_id, Kartu.nomor_akhir, Kartu.id, Transaksi.tanggal, Transaksi.id)
    )
    if bahan.kartu:
        statement = statement.where(Kartu.nomor_akhir == bahan.kartu)
    return [(line, kartu) for line, kartu in bahan.session.execute(statement)]


def _with_evidence(bahan: Bahan) -> set[int]:
    rows = bahan.session.scalars(
        select(Bukti.transaksi_id)
        .join(Transaksi, Transaksi.id == Bukti.transaksi_id)
        .where(*bahan.dalam(Transaksi), Bukti.dicabut_at.is_(None))
    )
    return set(rows)


def _dpr_row(line: Transaksi, words: str, proved: bool) -> DprBaris:
    return DprBaris(
        uraian=f"{line.uraian} ({line.merchant})",
        jenis_belanja=words,
        sub_kegiatan=line.sub_kegiatan,
        rekening=line.rekening,
        ada_bukti=proved,
        jumlah=line.nilai,
    )


def dpt_terbit(bahan: Bahan) -> list[Dokumen]:
    """The issued DPTs of the months, oldest first."""
    return list(
        bahan.session.scalars(
            select(Dokumen)
            .where(*bahan.dalam(Dokumen), Dokumen.jenis == "dpt", cancelled.berlaku(Dokumen))
            .order_by(Dokumen.opd_id, Dokumen.id)
        )
    )


def susun_dpt(bahan: Bahan) -> Naskah:
    """The DPT: what issued DPTs carry and what is approved and on none yet."""
    groups = [*_issued_groups(bahan), *_approved_groups(bahan)]
    if not groups:
        raise bahan.kosong("Tagihan yang disetujui")
    rows = [row for _, lines in groups for row in lines]
    several = [(heading, len(lines)) for heading, lines in groups] if len(groups) > 1 else ()
    keterangan = [("Periode", bahan.rentang.nama)]
    if len(groups) == 1:
        keterangan.append(("Dasar", groups[0][0]))
    return dpt(
        DptInput(
            rangka=bahan.rangka,
            bank=_bank(bahan),
            baris=rows,
            penanda_tangan=bahan.penanda[0].orang,
            selaku=bahan.penanda[0].selaku,
            keterangan=keterangan,
            kelompok=several,
        )
    )


def _bank(bahan: Bahan) -> str:
    banks = bahan.session.scalars(
        select(Kartu.bank).where(Kartu.opd_id.in_(bahan.lingkup.ids)).distinct()
    )
    return ", ".join(sorted(banks))


def _issued_groups(bahan: Bahan) -> list[tuple[str, list[DptBaris]]]:
    rows = bahan.session.execute(
        select(Dokumen, Transaksi, DokumenBaris.nilai)
        .join(DokumenBaris, DokumenBaris.dokumen_id == Dokumen.id)
        .join(Transaksi, Transaksi.id == DokumenBaris.transaksi_id)
        .where(*bahan.dalam(Dokumen), Dokumen.jenis == "dpt", cancelled.berlaku(Dokumen))
        .order_by(Dokumen.opd_id, Dokumen.id, DokumenBaris.id)
    ).all()
    return [
        (f"DPT Nomor {paper.nomor}", [_dpt_row(bahan, line, amount) for _, line, amount in lines])
        for paper, lines in _by(rows, lambda row: row[0])
    ]


def _approved_groups(bahan: Bahan) -> list[tuple[str, list[DptBaris]]]:
    """What DPTs of the months' bills can carry now, by OPD."""
    found = []
    for opd_id in bahan.lingkup.ids:
        amounts = _ready(bahan, opd_id)
        lines = bahan.belanja(amounts)
        rows = [_dpt_row(bahan, lines[id_], amount) for id_, amount in amounts.items()]
        if rows:
            found.append((f"Disetujui, menunggu DPT: {bahan.skpd(opd_id)}", rows))
    return found


def _ready(bahan: Bahan, opd_id: int) -> dict[int, Rupiah]:
    """Purchase -> approved amount; what one bill hands on to later ones stays with its own."""
    first: dict[int, bill_chain.Ready] = {}
    for bill in bill_chain.all_ready(bahan.session, opd_id, bahan.hari):
        for id_ in bill.lines:
            first.setdefault(id_, bill)
    months = bahan.rentang.bulan
    return {id_: one.lines[id_] for id_, one in first.items() if one.bill.month in months}


def _decided(bahan: Bahan) -> list[tuple[Transaksi, Persetujuan]]:
    """Lines with the newest decision of PA or KPA on each."""
    rows = bahan.session.execute(
        select(Transaksi, Persetujuan)
        .join(Persetujuan, Persetujuan.transaksi_id == Transaksi.id)
        .where(*bahan.dalam(Transaksi), Persetujuan.peran.in_((Peran.PA, Peran.KPA)))
        .order_by(Transaksi.opd_id, Transaksi.tanggal, Transaksi.id, Persetujuan.id)
    )
    newest = {line.id: (line, said) for line, said in rows}
    return list(newest.values())


def _dpt_row(bahan: Bahan, line: Transaksi, amount: Rupiah) -> DptBaris:
    kartu = bahan.session.get_one(Kartu, line.kartu_id)
    return DptBaris(
        nama=bahan.session.get_one(Orang, line.pemegang_id).nama,
        kartu=kartu.nomor_akhir,
        jenis_belanja=_BENTUK[jenis_dpr(kartu.jenis, line.kelas)][1],
        rincian=f"{line.uraian} ({line.merchant})",
        sub_kegiatan=line.sub_kegiatan,
        rekening=line.rekening,
        jumlah=amount,
    )


_MENOLAK: Final = DIAJUKAN[2:]


def ditolak(bahan: Bahan) -> list[tuple[Transaksi, Rupiah, str]]:
    """(line, refused amount, reason) of what was refused, whole or in part."""
    found = []
    for line, said in _decided(bahan):
        if line.status not in _MENOLAK:
            continue
        amount = line.nilai if said.keputusan == "tolak" else line.nilai - said.nilai
        if amount != NOL:
            found.append((line, amount, said.alasan))
    return found


def susun_penolakan(bahan: Bahan) -> Naskah:
    """The refusal notice to one user of one card, or all refusals in groups."""
    found = [row for row in ditolak(bahan) if row[1] > NOL]  # a notice asks for payment
    if not found:
        raise bahan.kosong("Penolakan")
    groups = _by(
        sorted(found, key=lambda row: (row[0].opd_id, row[0].pemakai_id, row[0].kartu_id)),
        lambda row: (row[0].pemakai_id, row[0].kartu_id),
    )
    if len(groups) == 1:
        return _one_refusal(bahan, groups[0][1])
    first = bahan.penanda[0]
    return penolakan_gabungan(
        bahan.rangka,
        bahan.lingkup.nama,
        [(_kepada(bahan, rows[0][0]), _refused_rows(rows)) for _, rows in groups],
        TandaTangan(first.selaku, first.orang),
    )


def _kepada(bahan: Bahan, line: Transaksi) -> str:
    user = bahan.session.get_one(Orang, line.pemakai_id).nama
    kartu = bahan.session.get_one(Kartu, line.kartu_id)
    return f"{user}, {kartu_tersamar(kartu.nomor_akhir)}"


def _one_refusal(bahan: Bahan, rows: Sequence[tuple[Transaksi, Rupiah, str]]) -> Naskah:
    line = rows[0][0]
    kartu = bahan.session.get_one(Kartu, line.kartu_id)
    first = bahan.penanda[0]
    return penolakan(
        PenolakanInput(
            rangka=bahan.rangka,
            kepada=pejabat(bahan.session.get_one(Orang, line.pemakai_id)),
            pemegang=pejabat(bahan.session.get_one(Orang, line.pemegang_id)),
            kartu=kartu.nomor_akhir,
            tagihan=f"{kartu.bank}, {bahan.rentang.nama}",
            baris=_refused_rows(rows),
            penanda_tangan=first.orang,
            selaku=first.selaku,
        )
    )


def _refused_rows(rows: Sequence[tuple[Transaksi, Rupiah, str]]) -> list[PenolakanBaris]:
    return [
        PenolakanBaris(line.tanggal, line.merchant, line.uraian, reason or "(tanpa alasan)", amount)
        for line, amount, reason in rows
    ]


def _by(rows: Iterable[_T], key: Callable[[_T], _K]) -> list[tuple[_K, list[_T]]]:
    """The rows, sorted already, in their groups."""
    return [(name, list(group)) for name, group in groupby(rows, key)]
