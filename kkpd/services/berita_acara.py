"""Berita Acara Rekonsiliasi: the figures of a month as they stand when it closes, frozen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.domain.documents import Dokumen
from kkpd.domain.documents import Orang as Pejabat
from kkpd.domain.documents.daftar import mengetahui
from kkpd.domain.documents.rekonsiliasi import (
    KartuRekon,
    PenjelasanRekon,
    RekonInput,
)
from kkpd.domain.documents.rekonsiliasi import rekonsiliasi as form_rekonsiliasi
from kkpd.domain.money import total
from kkpd.domain.peran import Actor, Peran
from kkpd.domain.selisih import SEBUTAN
from kkpd.domain.waktu import business_day, kode_periode, nama_periode
from kkpd.models import Kartu, Opd, Orang, Selisih
from kkpd.queries import cocok, penutupan
from kkpd.queries.cocok import Baris
from kkpd.queries.pejabat import pejabat as pemegang_jabatan
from kkpd.queries.rangka import pejabat, rangka
from kkpd.services.dokumen import Rencana


def rencana(
    session: Session, actor: Actor, opd_id: int, periode: tuple[int, int], now: datetime
) -> Rencana:
    """The minutes of the month: bill against books per card, and every explanation.

    The closing treasurer signs, the PA takes note. A month closed again replaces its older minutes.
    """
    opd, on = session.get_one(Opd, opd_id), business_day(now)
    lines = cocok.baris_bulan(session, actor, opd_id, periode)
    cards, reasons = _cards(session, lines), _reasons(session, opd_id, lines)
    pa = pemegang_jabatan(session, opd_id, Peran.PA, on)
    signers = mengetahui(
        pejabat(pa) if pa else Pejabat(""), pejabat(session.get_one(Orang, actor.orang_id))
    )
    older = penutupan.berita_terakhir(session, opd_id, periode)
    files = sorted({line.berkas for line in lines})

    def naskah(nomor: str) -> Dokumen:
        return form_rekonsiliasi(
            RekonInput(
                rangka=rangka(session, opd, kode_periode(*periode), nomor, on),
                opd=opd.nama,
                sebutan_periode=f"bulan {nama_periode(*periode)}",
                tagihan=", ".join(files) or "tidak ada",
                kartu=cards,
                penjelasan=reasons,
                penanda=signers,
            )
        )

    return Rencana(
        jenis="rekonsiliasi",
        opd_id=opd_id,
        tahun=periode[0],
        bulan=periode[1],
        tanggal=on,
        total=total(line.nilai for line in lines),
        baris=(),
        naskah=naskah,
        menggantikan_id=older.id if older else None,
    )


def _cards(session: Session, lines: Sequence[Baris]) -> list[KartuRekon]:
    """Bill and books of each card, by its last figures."""
    holders = dict[int, str]()
    for id_, name in session.execute(
        select(Kartu.id, Orang.nama)
        .join(Orang, Orang.id == Kartu.pemegang_id)
        .where(Kartu.id.in_({line.kartu_id for line in lines}))
    ):
        holders[id_] = name
    groups: dict[tuple[str, int], list[Baris]] = {}
    for line in lines:
        groups.setdefault((line.kartu_akhir, line.kartu_id or 0), []).append(line)
    return [
        KartuRekon(
            holders.get(card, "kartu tidak dikenal" if last4 else "tanpa kartu"),
            last4,
            total(line.nilai for line in rows),
            total(line.cocok for line in rows),
        )
        for (last4, card), rows in sorted(groups.items())
    ]


def _reasons(session: Session, opd_id: int, lines: Sequence[Baris]) -> list[PenjelasanRekon]:
    """Every living explanation of these lines, in the lines' order."""
    told: dict[int, list[tuple[Selisih, str]]] = {}
    ids = [line.id for line in lines if line.dijelaskan]
    rows = session.execute(
        select(Selisih, Orang.nama)
        .join(Orang, Orang.id == Selisih.pemilik_id)
        .where(
            Selisih.opd_id == opd_id,
            Selisih.baris_bank_id.in_(ids),
            Selisih.dicabut_at.is_(None),
        )
        .order_by(Selisih.id)
    )
    for row, owner in rows:
        assert row.baris_bank_id is not None
        told.setdefault(row.baris_bank_id, []).append((row, owner))
    return [
        PenjelasanRekon(
            line.tanggal or business_day(row.at),
            line.merchant or line.keterangan,
            f"{SEBUTAN[row.jenis]}: {row.catatan} (diselesaikan {owner})",
            row.nilai,
        )
        for line in lines
        for row, owner in told.get(line.id, ())
    ]
