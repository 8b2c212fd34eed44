"""Open data of one month: spending by OPD, kind, account and channel, and the cards' numbers.

No person, card, merchant or description leaves the office. A group of fewer purchases than
SEL_KECIL is folded into the OPD's line `lainnya`, and that line goes without its amount where it
is itself so small: no single purchase can be read out of the tables, nor by subtraction, since no
other total of the OPD's month is published.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.domain.documents.codec import rupiah_text
from kkpd.domain.errors import NotFound
from kkpd.domain.money import NOL, Rupiah, total
from kkpd.domain.rentang import Rentang
from kkpd.models import Dokumen, DokumenBaris, Opd, Transaksi
from kkpd.queries import batal
from kkpd.queries.beban import nama_rekening

#: Fewer purchases than this are not shown by themselves.
SEL_KECIL: Final = 3
LAINNYA: Final = "lainnya"


@dataclass(frozen=True, slots=True)
class BarisTerbuka:
    """One group of an OPD's charged purchases; `nilai` None: too few to be told."""

    periode: str
    kode_opd: str
    nama_opd: str
    jenis: str
    rekening: str
    nama_rekening: str
    kanal: str
    transaksi: int | None
    nilai: Rupiah | None

    def sel(self) -> list[str]:
        """The cells as text, in the order of the published columns."""
        return [
            self.periode,
            self.kode_opd,
            self.nama_opd,
            self.jenis,
            self.rekening,
            self.nama_rekening,
            self.kanal,
            "" if self.transaksi is None else str(self.transaksi),
            "" if self.nilai is None else rupiah_text(self.nilai),
        ]


def tersedia(session: Session, rentang: Rentang) -> list[BarisTerbuka]:
    """The same; NotFound where DPTs of these months have charged nothing yet."""
    rows = belanja(session, rentang)
    if not rows:
        raise NotFound(
            f"Belum ada belanja yang dibebankan lewat DPT untuk {rentang.nama}. "
            "Pilih periode lain.",
            field="periode",
        )
    return rows


def belanja(session: Session, rentang: Rentang) -> list[BarisTerbuka]:
    """What DPTs of the months charged, grouped; small groups folded, in a total order."""
    groups = _groups(session, rentang)
    names = nama_rekening(session, rentang.tahun, ((0, "", key[1]) for _, key, _, _ in groups))
    opds = {opd.id: opd for opd in session.scalars(select(Opd))}
    found: list[BarisTerbuka] = []
    small: dict[int, list[tuple[int, Rupiah]]] = defaultdict(list)
    for opd_id, (channel, account), count, amount in groups:
        if count < SEL_KECIL:
            small[opd_id].append((count, amount))
            continue
        kind = "modal" if account.startswith("5.2") else "operasi"
        opd, name = opds[opd_id], names.get(account, "")
        found.append(
            BarisTerbuka(
                rentang.kode, opd.kode, opd.nama, kind, account, name, channel, count, amount
            )
        )
    found += [_rest(opds[opd_id], rentang, parts) for opd_id, parts in small.items()]
    return sorted(
        found, key=lambda row: (row.kode_opd, row.rekening == "", row.rekening, row.kanal)
    )


def _rest(opd: Opd, rentang: Rentang, parts: list[tuple[int, Rupiah]]) -> BarisTerbuka:
    count = sum(one for one, _ in parts)
    told = count >= SEL_KECIL
    amount = total(nilai for _, nilai in parts) if told else None
    return BarisTerbuka(
        rentang.kode, opd.kode, opd.nama, LAINNYA, "", "", LAINNYA, count if told else None, amount
    )


def _groups(session: Session, rentang: Rentang) -> list[tuple[int, tuple[str, str], int, Rupiah]]:
    """(OPD, (channel, account), purchases, amount) of what the months' DPTs charged."""
    rows = session.execute(
        select(
            Transaksi.opd_id,
            Transaksi.kanal,
            Transaksi.rekening,
            func.count(),
            func.sum(DokumenBaris.nilai),
        )
        .join(DokumenBaris, DokumenBaris.transaksi_id == Transaksi.id)
        .join(Dokumen, Dokumen.id == DokumenBaris.dokumen_id)
        .where(
            Dokumen.jenis == "dpt",
            batal.berlaku(Dokumen),
            Dokumen.tahun == rentang.tahun,
            Dokumen.bulan.between(rentang.awal, rentang.akhir),
        )
        .group_by(Transaksi.opd_id, Transaksi.kanal, Transaksi.rekening)
    )
    return [(opd_id, (k, account), n, amount or NOL) for opd_id, k, account, n, amount in rows]
