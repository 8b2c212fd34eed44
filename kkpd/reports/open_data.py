"""Open data of some months: spending by OPD, function, kind, account and channel.

No person, card, merchant or description leaves the office. A group of fewer purchases than
SEL_KECIL is folded step by step: into the object of its account, its kind, its function, the OPD.
What is left of a kind or a function and still as small takes the smallest group beside it along.
What is so small even of the OPD goes without its amount: no single purchase can be read out of the
table, nor by subtraction, since a purchase stands in one row and no other total is published.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.core.errors import NotFound
from kkpd.core.money import NOL, Rupiah
from kkpd.core.span import Rentang
from kkpd.engines.paper.model import rupiah_text
from kkpd.ledger import cancelled
from kkpd.models import Dokumen, DokumenBaris, Opd, Transaksi
from kkpd.pagu.functions import TAK_DIKENAL, Fungsi, fungsi
from kkpd.payment.charges import nama_rekening

#: Fewer purchases than this are not shown by themselves.
SEL_KECIL: Final = 3
LAINNYA: Final = "lainnya"


class _Kunci(NamedTuple):
    """What a group is grouped by."""

    opd_id: int
    fungsi: Fungsi
    jenis: str
    rekening: str
    kanal: str


#: From the finest group to the coarsest; an object is the fourth level of an account's code.
_LIPAT: Final[tuple[Callable[[_Kunci], _Kunci], ...]] = (
    lambda one: one._replace(rekening=".".join(one.rekening.split(".")[:4]), kanal=LAINNYA),
    lambda one: one._replace(rekening=""),
    lambda one: one._replace(jenis=LAINNYA),
    lambda one: one._replace(fungsi=TAK_DIKENAL),
)
#: The folds (from 1) whose remainder takes another group along: by kind and by function.
_MENGAMBIL: Final = (2, 3)
_Isi = tuple[int, Rupiah]


@dataclass(frozen=True, slots=True)
class BarisTerbuka:
    """One group of an OPD's charged purchases; `nilai` None: too few to be told."""

    periode: str
    kode_opd: str
    nama_opd: str
    fungsi: Fungsi
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
            self.fungsi.kode or LAINNYA,
            self.fungsi.nama,
            self.jenis,
            self.rekening or LAINNYA,
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
    groups = _folded(_groups(session, rentang))
    names = nama_rekening(session, rentang.tahun, ((0, "", key.rekening) for key in groups))
    opds = {opd.id: opd for opd in session.scalars(select(Opd))}
    found = []
    for key, (count, amount) in groups.items():
        opd, told = opds[key.opd_id], count >= SEL_KECIL
        found.append(
            BarisTerbuka(
                rentang.kode, opd.kode, opd.nama, key.fungsi, key.jenis, key.rekening,
                names.get(key.rekening, ""), key.kanal,
                count if told else None, amount if told else None,
            )
        )  # fmt: skip
    return sorted(found, key=_order)


def _order(row: BarisTerbuka) -> tuple[str | bool, ...]:
    """By OPD, function, account and channel, what was folded behind."""
    code = row.fungsi.kode
    return row.kode_opd, code == "", code, row.rekening == "", row.rekening, row.jenis, row.kanal


def _folded(groups: dict[_Kunci, _Isi]) -> dict[_Kunci, _Isi]:
    """The groups that are large enough, small ones together in the next coarser one."""
    found: dict[_Kunci, _Isi] = {}
    for level, fold in enumerate(_LIPAT, 1):
        small = {key: part for key, part in groups.items() if part[0] < SEL_KECIL}
        found |= {key: part for key, part in groups.items() if key not in small}
        groups = _summed((fold(key), part) for key, part in small.items())
        if level in _MENGAMBIL:
            groups = _summed([*groups.items(), *_taken_along(found, groups, level)])
    return found | groups


def _taken_along(
    found: dict[_Kunci, _Isi], groups: dict[_Kunci, _Isi], level: int
) -> list[tuple[_Kunci, _Isi]]:
    """For every group that is still small the smallest one that folds into it, no longer found."""
    taken = []
    for key in [key for key, (count, _) in groups.items() if count < SEL_KECIL]:
        beside = [one for one in found if _coarse(one, level) == key]
        if beside:
            taken.append((key, found.pop(min(beside, key=lambda one: (found[one][0], one)))))
    return taken


def _coarse(key: _Kunci, level: int) -> _Kunci:
    """The key after so many folds."""
    for fold in _LIPAT[:level]:
        key = fold(key)
    return key


def _summed(parts: Iterable[tuple[_Kunci, _Isi]]) -> dict[_Kunci, _Isi]:
    found: dict[_Kunci, _Isi] = defaultdict(lambda: (0, NOL))
    for key, (count, amount) in parts:
        before = found[key]
        found[key] = before[0] + count, before[1] + amount
    return dict(found)


def _groups(session: Session, rentang: Rentang) -> dict[_Kunci, _Isi]:
    """How many purchases the months' DPTs charged, and what, by the finest groups."""
    columns = (Transaksi.opd_id, Transaksi.sub_kegiatan, Transaksi.rekening, Transaksi.kanal)
    rows = session.execute(
        select(*columns, func.count(), func.sum(DokumenBaris.nilai))
        .join(DokumenBaris, DokumenBaris.transaksi_id == Transaksi.id)
        .join(Dokumen, Dokumen.id == DokumenBaris.dokumen_id)
        .where(
            Dokumen.jenis == "dpt",
            cancelled.berlaku(Dokumen),
            Dokumen.tahun == rentang.tahun,
            Dokumen.bulan.between(rentang.awal, rentang.akhir),
        )
        .group_by(*columns)
    )
    return _summed(
        (
            _Kunci(
                opd_id,
                fungsi(sub_kegiatan),
                "modal" if account.startswith("5.2") else "operasi",
                account,
                channel,
            ),
            (count, amount or NOL),
        )
        for opd_id, sub_kegiatan, account, channel, count, amount in rows
    )
