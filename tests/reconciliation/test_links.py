"""Kinds of difference that a query has to find: whose card, which day, what was paid twice."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from kkpd.approval import decide as approval_decide
from kkpd.approval import dpt
from kkpd.core.errors import Conflict
from kkpd.core.money import ZERO, Rupiah, total
from kkpd.models import BarisBank, Transaksi
from kkpd.payment import pay as payment_pay
from kkpd.reconciliation import decide as reconciliation_decide
from kkpd.reconciliation.links import reads as links_reads
from tests.cast import ACTORS, DINKES, KARTU_ANI
from tests.databases import Fill
from tests.worlds import office as belanja_dunia
from tests.worlds.chain_steps import (
    OKTOBER,
    baris_bank,
    berbukti,
    diperiksa,
    issue_step,
    penerbit,
    setuju,
)
from tests.worlds.office import NOW

CITRA, DEWI = ACTORS["citra"], ACTORS["dewi"]
DAYS = date(2026, 11, 20)


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


def lain(session: Session, row: BarisBank, rupiah: int, **changes: Any) -> BarisBank:
    """One more line of the same bill, equal to `row` in all that is not changed."""
    kept = ("opd_id", "tahun", "bulan", "tagihan_id", "berkas_id", "keterangan", "merchant")
    given = {name: getattr(row, name) for name in (*kept, "tanggal_transaksi", "tanggal_posting")}
    given |= {"kartu_akhir": "4821", "kartu_id": KARTU_ANI, "nilai": Rupiah.of(rupiah)} | changes
    number = 100 + session.query(BarisBank).count()
    more = BarisBank(
        kunci_dasar=f"{number:064x}", kejadian=1, baris=number, **{"jenis": "belanja"} | given
    )
    session.add(more)
    session.flush()
    return more


def pasangkan(session: Session, line: BarisBank, row: Transaksi, sisa: str = "") -> None:
    """Citra links them, with a name for what remains."""
    command = reconciliation_decide.LinkUp(line.id, (row.id,), sisa, "beda harga" if sisa else "")
    reconciliation_decide.pair_up(session, CITRA, DINKES, command, NOW)


def bayar(session: Session, folder: Path, *rows: Transaksi) -> None:
    """All the way to lunas."""
    diperiksa(session, folder, *rows)
    for row in rows:
        approval_decide.decide(session, DEWI, setuju(row), NOW)
    paper = dpt.issue_dpt(session, DEWI, DINKES, OKTOBER, penerbit(folder), NOW)
    for jenis, who in (("npd", DEWI), ("spp", CITRA), ("spm", DEWI)):
        issue_step(session, who, paper.id, jenis, penerbit(folder), NOW)
    for langkah, who in (("sp2d", ACTORS["lukman"]), ("bayar", CITRA)):
        step = payment_pay.RecordStep(paper.id, langkah, f"{langkah}-1", NOW.date())
        payment_pay.record(session, who, step, NOW)


def kinds(session: Session) -> dict[str, tuple[int, Rupiah]]:
    """Kind -> how many amounts and their sum; the sums add up to the headline."""
    found = links_reads.bulan(session, CITRA, DINKES, OKTOBER, DAYS).headline_sums
    assert total(amount for _, _, amount in found.jenis) == found.not_through
    return {kind: (count, amount) for kind, count, amount in found.jenis}


def test_whose_card_a_line_names(session: Session, tmp_path: Path) -> None:
    """Another OPD's card, with a purchase or without; nobody's card; a card registered later."""
    own = baris_bank(session, 11_000)[0]
    other = {"kartu_akhir": "7730", "kartu_id": None}
    lain(session, own, 20_000, **other)
    row = berbukti(session, tmp_path, 1, rupiah=30_000)
    pasangkan(session, lain(session, own, 30_000, **other), row)
    nobody = lain(session, own, 40_000, kartu_akhir="0007", kartu_id=None)
    lain(session, own, 50_000, kartu_akhir="4821", kartu_id=None)
    assert kinds(session) == {
        "opd_salah": (2, Rupiah.of(50_000)),
        "kartu_salah": (1, Rupiah.of(40_000)),
        "tanpa_belanja": (2, Rupiah.of(61_000)),
    }
    parts = links_reads.bulan(session, CITRA, DINKES, OKTOBER, DAYS).bagian
    asked = next(part for part in parts if part.baris and part.baris.id == nobody.id)
    assert asked.pemilik == "Citra Bendahara"


def test_a_day_outside_the_window(session: Session, tmp_path: Path) -> None:
    near = berbukti(session, tmp_path, 1, tanggal=date(2026, 10, 4), rupiah=10_000)
    far = berbukti(session, tmp_path, 2, tanggal=date(2026, 10, 3), rupiah=20_000)
    first, second = baris_bank(session, 10_000, 20_000)
    for line, row in ((first, near), (second, far)):
        pasangkan(session, line, row)
    assert kinds(session) == {
        "tanggal": (1, Rupiah.of(20_000)),
        "belum_dibayar": (1, Rupiah.of(10_000)),
    }


def test_what_is_paid_and_asked_for_again(session: Session, tmp_path: Path) -> None:
    """The same line again after its purchase is paid; another text or day is another purchase."""
    row = berbukti(session, tmp_path, 1)
    line = baris_bank(session, 750_000)[0]
    pasangkan(session, line, row)
    again = lain(session, line, 750_000)
    assert kinds(session)["tanpa_belanja"] == (1, Rupiah.of(750_000))
    bayar(session, tmp_path, row)
    lain(session, line, 750_000, merchant="TOKO LAIN")
    lain(session, line, 750_000, tanggal_transaksi=date(2026, 10, 13))
    assert kinds(session) == {
        "tanpa_belanja": (2, Rupiah.of(1_500_000)),
        "dibayar_dua_kali": (1, Rupiah.of(750_000)),
    }
    third = lain(session, line, 750_000)
    assert kinds(session)["dibayar_dua_kali"] == (2, Rupiah.of(1_500_000))
    parts = links_reads.bulan(session, CITRA, DINKES, OKTOBER, DAYS).bagian
    twice = [
        part.baris
        for part in parts
        if part.discrepancy and part.discrepancy.jenis == "dibayar_dua_kali"
    ]
    assert [one.id for one in twice if one] == [again.id, third.id]
    with pytest.raises(Conflict, match="sudah dimuat dalam DPT"):
        reconciliation_decide.undo(session, CITRA, DINKES, line.id, NOW)


def test_a_debit_that_the_bank_shows_twice(session: Session, tmp_path: Path) -> None:
    """Of equal payments one too many is the bank's debt, until as many were made or it gives one
    back; another day or text is another payment, and a month asks only for its own line.
    """
    row = berbukti(session, tmp_path, 1)
    line = baris_bank(session, 750_000)[0]
    pasangkan(session, line, row)
    bayar(session, tmp_path, row)
    paid = {"jenis": "pembayaran", "merchant": "PEMBAYARAN - TERIMA KASIH"}
    first = lain(session, line, -750_000, **paid)
    lain(session, line, -750_000, **paid | {"tanggal_transaksi": date(2026, 10, 20)})
    lain(session, line, -750_000, **paid | {"merchant": "AUTO DEBET"})
    assert kinds(session) == {}
    again = lain(session, line, -750_000, **paid)
    assert kinds(session) == {"dibayar_dua_kali": (1, Rupiah.of(750_000))}
    found = links_reads.bulan(session, CITRA, DINKES, OKTOBER, DAYS)
    assert (found.headline_sums.repeated_debits, found.headline_sums.tagihan) == (
        Rupiah.of(750_000),
        line.nilai,
    )
    (part,) = [part for part in found.bagian if part.discrepancy]
    assert part.baris
    assert part.baris.id == again.id != first.id
    assert (part.pemilik, part.discrepancy and part.discrepancy.umur) == ("Citra Bendahara", 37)
    assert part.debit == (2, 1)
    late = lain(session, line, -750_000, **paid | {"bulan": 11})
    november = links_reads.bulan(session, CITRA, DINKES, (2026, 11), DAYS)
    assert [p.baris.id for p in november.bagian if p.baris and p.discrepancy] == [late.id]
    for left in (Rupiah.of(750_000), ZERO):
        back = {"bulan": 11, "tanggal_transaksi": date(2026, 11, 3)}
        lain(session, line, 750_000, **paid | back)
        assert kinds(session) == {}
        november = links_reads.bulan(session, CITRA, DINKES, (2026, 11), DAYS)
        assert november.headline_sums.repeated_debits == left


def test_the_bank_was_paid_more_than_it_asked(session: Session, tmp_path: Path) -> None:
    """What went to the bank beyond its line stays open until the bank gives it back."""
    row = berbukti(session, tmp_path, 1, rupiah=400_000)
    line = baris_bank(session, 380_000)[0]
    pasangkan(session, line, row, "nilai")
    assert kinds(session) == {
        "nilai": (1, Rupiah.of(-20_000)),
        "belum_dibayar": (1, Rupiah.of(400_000)),
    }
    bayar(session, tmp_path, row)
    assert kinds(session) == {
        "nilai": (1, Rupiah.of(-20_000)),
        "dibayar_dua_kali": (1, Rupiah.of(20_000)),
    }
    found = links_reads.bulan(session, CITRA, DINKES, OKTOBER, DAYS).headline_sums
    assert found.through == line.nilai
