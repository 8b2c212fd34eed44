"""What the budget does not bear: owed, repaid in parts with proof, reversed, and closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.approval import decide as approval_decide
from kkpd.belanja import verbs as belanja_verbs
from kkpd.core.errors import Conflict, DomainError, NotFound
from kkpd.core.money import ZERO, Rupiah
from kkpd.models import Ceiling, Penyelesaian, Transaksi
from kkpd.payment import liabilities
from kkpd.payment import repay as payment_repay
from kkpd.payment.repay import Repay
from kkpd.reconciliation import decide as reconciliation_decide
from kkpd.reconciliation import differences
from kkpd.records.custody import Store
from kkpd.reports import taxes as reports_taxes
from tests.cast import ACTORS, DINKES
from tests.databases import Fill
from tests.worlds import office as worlds
from tests.worlds.chain_steps import LULUS, OKTOBER, baris_bank, berbukti, diperiksa, setuju
from tests.worlds.office import NOW, aturan, foto
from tests.worlds.office import belanja as isi

CITRA, DEWI = ACTORS["citra"], ACTORS["dewi"]
DAYS = date(2026, 10, 20)
BASIS = Repay(
    opd_id=DINKES,
    penanggung="pemegang",
    tanggal=DAYS,
    nilai=Rupiah.of(1),
    nomor_bukti="STS/1",
)


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The world of purchases."""
    return worlds.fill


def bayar(session: Session, folder: Path, rupiah: int, **more: Any) -> Penyelesaian:
    command = replace(BASIS, nilai=Rupiah.of(rupiah), **more)
    return payment_repay.record(session, CITRA, command, Store(folder), 10**6, NOW)


def ditolak(session: Session, folder: Path, **more: Any) -> Transaksi:
    row = berbukti(session, folder)
    diperiksa(session, folder, row)
    refused = {"keputusan": "tolak", "alasan": "kertas bukan untuk dinas"}
    answers: dict[str, Any] = {"jawaban": {**LULUS, 2: "tidak"}}
    approval_decide.decide(session, DEWI, setuju(row, **(answers | refused | more)), NOW)
    return row


def listing(session: Session, day: date = DAYS, tahun: int = 2026) -> list[liabilities.Liability]:
    return liabilities.listing(session, CITRA, DINKES, tahun, day)


def test_a_refused_line_is_repaid_in_parts(session: Session, tmp_path: Path) -> None:
    row = ditolak(session, tmp_path)
    owed = listing(session, DAYS + timedelta(30))[0]
    assert (owed.nilai, owed.sisa, owed.umur) == (row.nilai, row.nilai, 30)
    assert "kertas bukan untuk dinas" in owed.alasan
    part = bayar(session, tmp_path, 250_000, transaksi_id=row.id, berkas=("sts.jpg", foto()))
    assert part.berkas_id is not None
    with pytest.raises(Conflict, match="sudah dibayar pemegang"):
        approval_decide.undo(session, DEWI, row.id, NOW)
    wrong = bayar(session, tmp_path, 100_000, transaksi_id=row.id)
    payment_repay.reverse(session, CITRA, DINKES, wrong.id, "salah nomor", NOW)
    assert listing(session)[0].sisa == Rupiah.of(500_000)
    assert row.status == "ditolak"
    bayar(session, tmp_path, 500_000, transaksi_id=row.id)
    assert row.status == "dibayar_pribadi"
    assert [one.sisa for one in listing(session)] == [ZERO]
    assert listing(session, tahun=2027) == []
    with pytest.raises(Conflict, match="sudah selesai"):
        bayar(session, tmp_path, 1, transaksi_id=row.id)
    payment_repay.reverse(session, CITRA, DINKES, part.id, "salah lagi", NOW)
    assert row.status == "ditolak"  # owed again by what the wrong entry had covered
    assert [one.sisa for one in listing(session)] == [Rupiah.of(250_000)]
    bayar(session, tmp_path, 250_000, transaksi_id=row.id)
    assert row.status == "dibayar_pribadi"


def test_the_rest_of_a_part_approval_is_owed(session: Session, tmp_path: Path) -> None:
    row = ditolak(
        session, tmp_path, keputusan="setuju", nilai=Rupiah.of(700_000), alasan="biaya tambahan",
        jawaban=LULUS,
    )  # fmt: skip
    assert listing(session)[0].nilai == Rupiah.of(50_000)
    bayar(session, tmp_path, 50_000, transaksi_id=row.id, penanggung="penyedia")
    assert row.status == "disetujui"
    assert not listing(session)[0].sisa


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"nilai": Rupiah.of(750_001)}, "paling banyak sisanya"),
        ({"nilai": ZERO}, "lebih dari nol"),
        ({"penanggung": "bank"}, "Yang menanggung: pemegang atau up tunai"),
        ({"nomor_bukti": " "}, "Tulis nomor bukti"),
        ({"tanggal": DAYS + timedelta(1)}, "antara penolakan"),
        ({"tanggal": DAYS - timedelta(1)}, "antara penolakan"),
        ({"berkas": ("a.jpg", b"bukan foto")}, "bukan foto atau PDF"),
        ({"transaksi_id": None}, "tidak ditemukan"),
        ({"transaksi_id": None, "selisih_id": 99}, "tidak ditemukan"),
    ],
)
def test_a_wrong_payment_is_refused(
    session: Session, tmp_path: Path, change: dict[str, Any], sentence: str
) -> None:
    row = ditolak(session, tmp_path)
    command = replace(BASIS, **({"transaksi_id": row.id} | change))
    with pytest.raises(DomainError, match=sentence):
        payment_repay.record(session, CITRA, command, Store(tmp_path), 10**6, NOW)


def test_named_differences_have_their_payer(session: Session, tmp_path: Path) -> None:
    lines = baris_bank(session, 10_000, 50_000, 300_000)
    made = [
        differences.explain_difference(
            session,
            CITRA,
            DINKES,
            differences.Explain(line.id, jenis, None, f"tentang {jenis}"),
            NOW,
        )
        for line, jenis in zip(lines, ("meterai", "biaya", "dibayar_dua_kali"), strict=True)
    ]
    found = {one.jenis: one for one in listing(session)}
    assert {key: one.penanggung[0] for key, one in found.items()} == {
        "meterai": "up_tunai",
        "biaya": "pemegang",
        "dibayar_dua_kali": "bank",
    }
    with pytest.raises(DomainError, match="bea meterai pada tagihan dibayar dari UP Tunai"):
        bayar(session, tmp_path, 10_000, selisih_id=made[0].id)
    with pytest.raises(DomainError, match="belum tiba"):
        bayar(session, tmp_path, 1, selisih_id=made[1].id, tanggal=DAYS + timedelta(1))
    bayar(session, tmp_path, 10_000, selisih_id=made[0].id, penanggung="up_tunai")
    returned = bayar(session, tmp_path, 100_000, selisih_id=made[2].id, penanggung="bank")
    assert "terlanjur" in found["dibayar_dua_kali"].dasar
    assert [one.sisa.sen // 100 for one in listing(session)] == [50_000, 200_000, 0]
    assert [one.sisa.sen // 100 for one in listing(session, tahun=2027)] == [50_000, 200_000]
    for bad, reason, sentence in (
        (999, "salah nomor", "tidak ditemukan"),
        (returned.id, "x", "sedikitnya 5"),
    ):
        with pytest.raises(DomainError, match=sentence):
            payment_repay.reverse(session, CITRA, DINKES, bad, reason, NOW)
    line_id = made[2].baris_bank_id
    assert line_id is not None
    with pytest.raises(Conflict, match="Balik pembayarannya"):
        reconciliation_decide.undo(session, CITRA, DINKES, line_id, NOW)
    back = payment_repay.reverse(session, CITRA, DINKES, returned.id, "salah nomor", NOW)
    for one in (returned.id, back.id):
        with pytest.raises(Conflict, match="sudah dibalik"):
            payment_repay.reverse(session, CITRA, DINKES, one, "salah nomor", NOW)
    with pytest.raises(NotFound):
        bayar(session, tmp_path, 1, transaksi_id=1, selisih_id=1)


def test_nothing_of_a_refused_line_stays_reserved(session: Session, tmp_path: Path) -> None:
    ditolak(session, tmp_path)
    assert all(not row.reserved and not row.posted for row in session.scalars(select(Ceiling)))


def test_who_collects_which_tax(session: Session) -> None:
    worlds.setelan(session, "ppn_kecuali_kartu", "ya")
    worlds.setelan(session, "pph22_kecuali_kartu", "ya")
    taxes: dict[str, Any] = {"dpp": Rupiah.of(100_000), "ppn": Rupiah.of(11_000), "rupiah": 111_000}

    def catat(nomor: int, **more: Any) -> set[str]:
        command = isi(**(taxes | {"kunci_kirim": f"p{nomor}", "nota": f"p{nomor}"} | more))
        found = aturan(session, belanja_verbs.record(session, CITRA, command, NOW).id)
        return found & {"pajak_dikecualikan", "pph_tetap_dipotong"}

    full = {"penjual_npwp": "01.234.567.8-901.000", "bukti_pajak": "010.000-26.1"}
    assert catat(1, pemungut="penjual", **full) == set()
    assert catat(2, pemungut="bendahara", pph_jenis="pph22", pph=Rupiah.of(1500)) == {
        "pajak_dikecualikan"
    }
    assert catat(3, pemungut="penjual", pph_jenis="pph23", pph=Rupiah.of(2000)) == {
        "pph_tetap_dipotong"
    }
    assert catat(4, pemungut="bendahara", pph_jenis="pph23", pph=Rupiah.of(2000), ppn=ZERO,
                 dpp=ZERO) == set()  # fmt: skip
    assert catat(5, pemungut="tidak_ada", ppn=ZERO, dpp=ZERO) == set()
    found = reports_taxes.listing(session, CITRA, DINKES, OKTOBER, DAYS)
    assert len(found.baris) == 4
    assert found.to_deposit == Rupiah.of(11_000 + 1500 + 2000)
    assert found.jumlah("ppn") == Rupiah.of(33_000)
    assert found.incomplete == 3
    assert found.baris[0].lacks == ()
    assert found.baris[3].lacks == ("NPWP atau NIK penjual", "DPP", "bukti pajak")
    paper = reports_taxes.dokumen(session, found, "Dinas Kesehatan", OKTOBER, DAYS)
    assert "Daftar pajak belanja KKPD Oktober 2026" in paper.judul
