"""Open data of some months: spending by OPD, function, kind, account and channel.

No person, card, merchant or description leaves the office. A group with too few purchases is merged
step by step: into the object of its account, its kind, its function, the OPD. If the rest of a kind
or a function is still too small, the smallest group beside it is merged too. If even the OPD's rest
is too small, its amount is left out. So no single purchase can be derived, not even by subtraction,
because a purchase is in one row and no other totals are published.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Final, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.core.errors import NotFound
from kkpd.core.moments import Span
from kkpd.core.money import ZERO, Rupiah
from kkpd.engines.paper.model import rupiah_text
from kkpd.ledger import active
from kkpd.models import Dokumen, DokumenBaris, Opd, Transaksi
from kkpd.pagu.functions import UNKNOWN, BudgetFunction, budget_function
from kkpd.payment.payment_facts import nama_rekening
from kkpd.reports.package.write import data_table

#: Groups with fewer purchases than this are not shown separately.
SMALL_CELL: Final = 3
OTHERS: Final = "lainnya"


class _GroupKey(NamedTuple):
    """The key of a group."""

    opd_id: int
    budget_function: BudgetFunction
    jenis: str
    rekening: str
    kanal: str


#: From the finest group to the coarsest; an object is the fourth level of an account's code.
_FOLDS: Final[tuple[Callable[[_GroupKey], _GroupKey], ...]] = (
    lambda one: one._replace(rekening=".".join(one.rekening.split(".")[:4]), kanal=OTHERS),
    lambda one: one._replace(rekening=""),
    lambda one: one._replace(jenis=OTHERS),
    lambda one: one._replace(budget_function=UNKNOWN),
)
#: The merges (from 1) whose rest takes another group along: by kind and by function.
_TAKING_ALONG: Final = (2, 3)
_Tally = tuple[int, Rupiah]


@dataclass(frozen=True, slots=True)
class OpenDataRow:
    """One group of an OPD's charged purchases; `nilai` None: too few to publish."""

    periode: str
    opd_code: str
    opd_name: str
    budget_function: BudgetFunction
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
            self.opd_code,
            self.opd_name,
            self.budget_function.kode or OTHERS,
            self.budget_function.nama,
            self.jenis,
            self.rekening or OTHERS,
            self.nama_rekening,
            self.kanal,
            "" if self.transaksi is None else str(self.transaksi),
            "" if self.nilai is None else rupiah_text(self.nilai),
        ]


def available_rows(session: Session, span: Span) -> list[OpenDataRow]:
    """The same; NotFound where DPTs of these months have charged nothing yet."""
    rows = belanja(session, span)
    if not rows:
        raise NotFound(
            f"Belum ada belanja yang dibebankan lewat DPT untuk {span.nama}. Pilih periode lain.",
            field="periode",
        )
    return rows


def belanja(session: Session, span: Span) -> list[OpenDataRow]:
    """Charges of the months' DPTs, grouped, with small groups merged, in a fixed order."""
    groups = _folded(_groups(session, span))
    names = nama_rekening(session, span.tahun, ((0, "", key.rekening) for key in groups))
    opds = {opd.id: opd for opd in session.scalars(select(Opd))}
    found = []
    for key, (count, amount) in groups.items():
        opd, told = opds[key.opd_id], count >= SMALL_CELL
        found.append(
            OpenDataRow(
                span.kode,
                opd.kode,
                opd.nama,
                key.budget_function,
                key.jenis,
                key.rekening,
                names.get(key.rekening, ""),
                key.kanal,
                count if told else None,
                amount if told else None,
            )
        )
    return sorted(found, key=_order)


def _order(row: OpenDataRow) -> tuple[str | bool, ...]:
    """Sort key: OPD, function, account and channel; merged groups last."""
    code = row.budget_function.kode
    return row.opd_code, code == "", code, row.rekening == "", row.rekening, row.jenis, row.kanal


def _folded(groups: dict[_GroupKey, _Tally]) -> dict[_GroupKey, _Tally]:
    """The large enough groups; small ones are merged into the next coarser group."""
    found: dict[_GroupKey, _Tally] = {}
    for level, fold in enumerate(_FOLDS, 1):
        small = {key: part for key, part in groups.items() if part[0] < SMALL_CELL}
        found |= {key: part for key, part in groups.items() if key not in small}
        groups = _summed((fold(key), part) for key, part in small.items())
        if level in _TAKING_ALONG:
            groups = _summed([*groups.items(), *_taken_along(found, groups, level)])
    return found | groups


def _taken_along(
    found: dict[_GroupKey, _Tally], groups: dict[_GroupKey, _Tally], level: int
) -> list[tuple[_GroupKey, _Tally]]:
    """Remove the smallest mergeable group for every group that is still too small."""
    taken = []
    for key in [key for key, (count, _) in groups.items() if count < SMALL_CELL]:
        beside = [one for one in found if _coarse(one, level) == key]
        if beside:
            taken.append((key, found.pop(min(beside, key=lambda one: (found[one][0], one)))))
    return taken


def _coarse(key: _GroupKey, level: int) -> _GroupKey:
    """The key after this many merges."""
    for fold in _FOLDS[:level]:
        key = fold(key)
    return key


def _summed(parts: Iterable[tuple[_GroupKey, _Tally]]) -> dict[_GroupKey, _Tally]:
    found: dict[_GroupKey, _Tally] = defaultdict(lambda: (0, ZERO))
    for key, (count, amount) in parts:
        before = found[key]
        found[key] = before[0] + count, before[1] + amount
    return dict(found)


def _groups(session: Session, span: Span) -> dict[_GroupKey, _Tally]:
    """How many purchases the months' DPTs charged, and what, by the finest groups."""
    columns = (Transaksi.opd_id, Transaksi.sub_kegiatan, Transaksi.rekening, Transaksi.kanal)
    rows = session.execute(
        select(*columns, func.count(), func.sum(DokumenBaris.nilai))
        .join(DokumenBaris, DokumenBaris.transaksi_id == Transaksi.id)
        .join(Dokumen, Dokumen.id == DokumenBaris.dokumen_id)
        .where(
            Dokumen.jenis == "dpt",
            active.holds(Dokumen),
            Dokumen.tahun == span.tahun,
            Dokumen.bulan.between(span.start, span.finish),
        )
        .group_by(*columns)
    )
    return _summed(
        (
            _GroupKey(
                opd_id,
                budget_function(sub_kegiatan),
                "modal" if account.startswith("5.2") else "operasi",
                account,
                channel,
            ),
            (count, amount or ZERO),
        )
        for opd_id, sub_kegiatan, account, channel, count, amount in rows
    )


TABLE_FILE: Final = "belanja_kkpd.csv"
#: (name, type, meaning, whether it may be empty)
COLUMNS: Final = (
    ("periode", "string", "Bulan, triwulan atau tahun pembukuan: 2026-10, 2026-T3, 2026.", False),
    ("kode_opd", "string", "Kode organisasi perangkat daerah.", False),
    ("nama_opd", "string", "Nama organisasi perangkat daerah.", False),
    (
        "kode_fungsi",
        "string",
        "Fungsi menurut Permendagri 90/2019, 01 sampai 09, atau lainnya.",
        False,
    ),
    ("nama_fungsi", "string", "Nama fungsi.", True),
    ("jenis", "string", "operasi, modal, atau lainnya (kelompok kecil yang digabung).", False),
    ("rekening", "string", "Kode rekening, objeknya pada kelompok kecil, atau lainnya.", False),
    ("nama_rekening", "string", "Nama rekening.", True),
    ("kanal", "string", "katalog, toko_daring, lpse, lain, atau lainnya.", False),
    ("transaksi", "integer", "Banyak belanja; kosong bila kurang dari tiga.", True),
    ("nilai", "number", "Nilai dalam rupiah; kosong bila kurang dari tiga belanja.", True),
)
_OPD_NAME: Final = [name for name, *_ in COLUMNS].index("nama_opd")
#: The licence of Satu Data Indonesia: free for every use that names the source.
LICENCE: Final = {
    "name": "CC-BY-4.0",
    "title": "Creative Commons Attribution 4.0",
    "path": "https://creativecommons.org/licenses/by/4.0/",
}
#: The sources of the codes in the table.
SOURCES: Final = (
    {
        "title": "Permendagri 90/2019 dan pemutakhirannya: kode rekening, bidang urusan dan fungsi",
    },
)


def berkas(rows: Sequence[Sequence[str]], span: Span, pemerintah: str) -> dict[str, bytes]:
    """File name -> bytes; `rows` are cells as text in the order of COLUMNS."""
    data = data_table([name for name, *_ in COLUMNS], rows).removeprefix(b"\xef\xbb\xbf")
    return {TABLE_FILE: data, "datapackage.json": _description(data, rows, span, pemerintah)}


def as_zip(files: Mapping[str, bytes], day: date) -> bytes:
    """The files as one ZIP with only this date in it, so the same day gives the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, data in sorted(files.items()):
            info = zipfile.ZipInfo(name, (day.year, day.month, day.day, 0, 0, 0))
            info.external_attr = 0o644 << 16
            made.writestr(info, data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _description(data: bytes, rows: Sequence[Sequence[str]], span: Span, pemerintah: str) -> bytes:
    fields = [
        {"name": name, "type": kind, "description": words, "constraints": {"required": not empty}}
        for name, kind, words, empty in COLUMNS
    ]
    resource = {
        "profile": "tabular-data-resource",
        "name": "belanja_kkpd",
        "path": TABLE_FILE,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(data),
        "hash": f"sha256:{sha256(data).hexdigest()}",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "header": True},
        "schema": {
            "fields": fields,
            "primaryKey": ["periode", "kode_opd", "kode_fungsi", "jenis", "rekening", "kanal"],
            "missingValues": [""],
        },
    }
    offices = sorted({row[_OPD_NAME] for row in rows})
    package = {
        "profile": "tabular-data-package",
        "name": f"belanja-kkpd-{span.kode.lower()}",
        "title": f"Belanja dengan Kartu Kredit Pemerintah Daerah {span.nama}, {pemerintah}",
        "description": "Belanja yang dibebankan lewat DPT, menurut OPD, fungsi, jenis, rekening "
        "dan kanal. Tanpa data pribadi; kelompok di bawah tiga belanja digabung dan, bila perlu, "
        "tanpa angka. Setiap belanja ada pada satu baris saja.",
        "keywords": ["belanja daerah", "KKPD", "kartu kredit pemerintah daerah", "fungsi"],
        "publisher": pemerintah,
        "period": {"start": span.mulai.isoformat(), "end": span.sampai.isoformat()},
        "licenses": [LICENCE],
        "sources": [
            {"title": f"Daftar Pembayaran Tagihan KKPD {span.nama}, {pemerintah}"},
            *SOURCES,
        ],
        "contributors": [
            {"title": pemerintah, "role": "publisher"},
            *({"title": office, "role": "contributor"} for office in offices),
        ],
        "resources": [resource],
    }
    return (json.dumps(package, ensure_ascii=False, indent=2) + "\n").encode()
