"""Two months with everything that goes wrong, for the figures of reports against each other.

October's bill asks for a purchase with tax that is paid, one approved in part, one refused and
repaid in part, a refund of the paid and one of the refused, stamp duty, a surcharge, a line that
nobody explained, and a part of a purchase whose rest November's bill asks for. One more purchase is
approved and not billed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy.orm import Session

from kkpd import ledger
from kkpd.approval import decide as approval_decide
from kkpd.approval import dpt
from kkpd.core.moments import parse_span
from kkpd.core.money import Rupiah, total
from kkpd.engines.paper import FrozenDocument as Document
from kkpd.engines.paper.parts import Entries
from kkpd.models import BarisBank, Cocok, Dokumen, Transaksi, UpKeputusan
from kkpd.payment import pay as payment_pay
from kkpd.payment import repay as payment_repay
from kkpd.reconciliation import differences
from kkpd.records.custody import Store
from kkpd.reports import named
from kkpd.reports import taxes as reports_taxes
from tests.cast import ACTORS, DINKES
from tests.worlds.chain_steps import (
    LULUS,
    OKTOBER,
    bank_billed,
    baris_bank,
    berbukti,
    diperiksa,
    issue_step,
    penerbit,
    setuju,
)
from tests.worlds.office import NOW

NOVEMBER: Final = (2026, 11)
LATER: Final = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
CITRA, DEWI = ACTORS["citra"], ACTORS["dewi"]
TAXES: Final = ("dpp", "ppn", "pbjt", "pph")
REFUSED: Final[dict[str, Any]] = {
    "jawaban": {**LULUS, 5: "tidak"},
    "keputusan": "tolak",
    "alasan": "belanja pribadi",
}
PLACES: Final = ("disetujui", "ditolak", "up_tunai", "lain", "dialihkan", "belum_selesai")


@dataclass(slots=True)
class World:
    """The lived months, and reports of them as anybody draws them."""

    session: Session
    folder: Path
    split: Transaksi
    refused: Transaksi
    unknown_id: int
    day: date = date(2026, 11, 24)

    def paper(self, name: str, span: str = "2026-10") -> Document:
        asked = named.ReportRequest(nama=name, opd="dinkes", span=parse_span(span))
        return named.compose(self.session, ACTORS["fitri"], asked, self.day)

    def rows(self, name: str, span: str = "2026-10", table: int = 0) -> list[dict[str, object]]:
        found = list(self.paper(name, span).data_table)[table]
        keys = [kolom.kunci for kolom in found.kolom]
        return [dict(zip(keys, row, strict=True)) for row in found.baris]

    def sum(self, name: str, *keys: str, span: str = "2026-10", table: int = 0) -> Rupiah:
        cells = (row[key] for row in self.rows(name, span, table) for key in keys)
        return total(cell for cell in cells if isinstance(cell, Rupiah))

    def label(self, name: str, words: str, span: str = "2026-10") -> Rupiah:
        return label(self.paper(name, span), words)

    def owed(self, on: date) -> Rupiah:
        return ledger.owed(ledger.parts(self.session, [DINKES], on))

    def tax(self, month: tuple[int, int]) -> dict[str, Rupiah]:
        page = reports_taxes.listing(self.session, CITRA, DINKES, month, self.day)
        return {name: page.jumlah(name) for name in TAXES}


def label(paper: Document, words: str) -> Rupiah:
    """The amount behind these words among the label rows."""
    rows = (row for part in paper.isi if isinstance(part, Entries) for row in part.butir)
    return next(Rupiah.parse(row.isi) for row in rows if row.label == words)


def october(session: Session, tmp_path: Path) -> World:
    """October as the module tells."""
    session.add(_limit())
    tax = {"dpp": Rupiah.of(675_675), "ppn": Rupiah.of(74_325)}
    paid = berbukti(session, tmp_path, 1, **tax)
    partly = berbukti(session, tmp_path, 2, **tax)
    refused = berbukti(session, tmp_path, 3, **tax)
    less = {"dpp": Rupiah.of(90_090), "ppn": Rupiah.of(9_910)}
    back = berbukti(session, tmp_path, 4, rupiah=-100_000, asal_id=paid.id, **less)
    lessened = berbukti(session, tmp_path, 5, rupiah=-200_000, asal_id=refused.id)
    split = berbukti(session, tmp_path, 6, rupiah=600_000)
    waits = {"dpp": Rupiah.of(360_360), "ppn": Rupiah.of(39_640)}
    unbilled = berbukti(session, tmp_path, 7, rupiah=400_000, **waits)
    bank_billed(session, tmp_path, paid, partly, refused, back, lessened)
    lines = baris_bank(session, 250_000, 10_000, 15_000, 20_000)
    link(session, split, lines[0])
    diperiksa(
        session, tmp_path, paid, partly, refused, back, lessened, split, unbilled, tagih=False
    )
    part = {"nilai": Rupiah.of(700_000), "alasan": "kelebihan hitung lima puluh ribu"}
    approval_decide.decide(session, DEWI, setuju(refused, **REFUSED), NOW)
    approval_decide.decide(session, DEWI, setuju(partly, **part), NOW)
    for row in (paid, back, lessened, split, unbilled):
        approval_decide.decide(session, DEWI, setuju(row), NOW)
    for line, kind in zip(lines[1:3], ("meterai", "biaya"), strict=True):
        said = differences.Explain(line.id, kind, None, "Menurut tagihan bank.")
        differences.explain_difference(session, CITRA, DINKES, said, NOW)
    paper = dpt.issue_dpt(session, DEWI, DINKES, OKTOBER, penerbit(tmp_path), NOW)
    pay(session, tmp_path, paper, date(2026, 10, 20), NOW)
    found = World(session, tmp_path, split, refused, lines[3].id)
    repay(found, 300_000, date(2026, 10, 20), NOW)
    return found


def _limit() -> UpKeputusan:
    return UpKeputusan(
        opd_id=DINKES,
        tahun=2026,
        nomor="UP/1",
        mulai=date(2026, 1, 1),
        up=Rupiah.of(100_000_000),
        up_kkpd=Rupiah.of(40_000_000),
        dasar_hukum="contoh",
        dicatat_at=NOW,
        oleh_id=10,
    )


def link(session: Session, row: Transaksi, line: BarisBank) -> None:
    """The line asks for a part of the purchase."""
    session.add(
        Cocok(
            opd_id=DINKES, baris_bank_id=line.id, transaksi_id=row.id, nilai=line.nilai,
            jenis="satu", status="dipilih", peluang=10_000, alasan=[], at=NOW,
            oleh_id=CITRA.orang_id,
        )
    )  # fmt: skip
    session.flush()


def pay(session: Session, folder: Path, paper: Dokumen, on: date, now: datetime) -> None:
    for jenis, who in (("npd", "dewi"), ("spp", "citra"), ("spm", "dewi")):
        issue_step(session, ACTORS[who], paper.id, jenis, penerbit(folder), now)
    for langkah, who in (("sp2d", "lukman"), ("bayar", "citra")):
        command = payment_pay.RecordStep(paper.id, langkah, f"{langkah}/{paper.id}", on)
        payment_pay.record(session, ACTORS[who], command, now)


def repay(world: World, rupiah: int, on: date, now: datetime) -> None:
    command = payment_repay.Repay(
        opd_id=DINKES, penanggung="pemegang", tanggal=on, nilai=Rupiah.of(rupiah),
        nomor_bukti="STS/1", transaksi_id=world.refused.id,
    )  # fmt: skip
    payment_repay.record(world.session, CITRA, command, Store(world.folder), 10**6, now)


def november(world: World) -> None:
    """The bill that asks for the rest of the split purchase, its DPT, and October's closing."""
    session, folder = world.session, world.folder
    more = berbukti(session, folder, 8, rupiah=500_000)
    more.bulan = 11
    [line] = bank_billed(session, folder, more)
    bill = {"tagihan_id": line.tagihan_id, "berkas_id": line.berkas_id, "bulan": 11}
    [rest] = baris_bank(session, 350_000, kejadian=2, **bill)
    link(session, world.split, rest)
    diperiksa(session, folder, more)
    approval_decide.decide(session, DEWI, setuju(more), NOW)
    paper = dpt.issue_dpt(session, DEWI, DINKES, NOVEMBER, penerbit(folder), LATER)
    pay(session, folder, paper, date(2026, 11, 20), LATER)
    said = differences.Explain(world.unknown_id, "tanpa_belanja", None, "Pemegang belum ingat.")
    differences.explain_difference(session, CITRA, DINKES, said, LATER)


def each_month(world: World) -> list[str]:
    november(world)
    return ["2026-10", "2026-11", "2026-T4", "2026"]
