"""Edges of the chain: nothing approved as the whole, papers in order, what is told late."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from kkpd.domain.errors import Conflict, DomainError
from kkpd.domain.money import NOL, Rupiah
from kkpd.models import Dokumen, Transaksi
from kkpd.services import belanja, dpr, dpt, pembayaran, penyelesaian, uji
from kkpd.services.berkas import Store
from tests.cast import ACTORS, DINKES
from tests.databases import Fill
from tests.services import belanja_dunia
from tests.services.belanja_dunia import NOW
from tests.services.belanja_dunia import belanja as isi
from tests.services.jalan import LULUS, OKTOBER, berbukti, diperiksa, penerbit, setuju

DEWI, CITRA, LUKMAN = ACTORS["dewi"], ACTORS["citra"], ACTORS["lukman"]
SEBAGIAN = {"nilai": Rupiah.of(500_000), "alasan": "sebagian tidak sesuai"}
TOLAK = {"jawaban": {**LULUS, 5: "tidak"}, "keputusan": "tolak", "alasan": "belanja pribadi"}


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


@pytest.fixture
def row(session: Session, tmp_path: Path) -> Transaksi:
    """A purchase of 750,000 on the PA's desk."""
    made = berbukti(session, tmp_path)
    diperiksa(session, tmp_path, made)
    return made


def terbit(session: Session, folder: Path) -> Dokumen:
    return dpt.terbitkan_dpt(session, DEWI, DINKES, OKTOBER, penerbit(folder), NOW)


def test_zero_approved_is_not_the_whole(session: Session, row: Transaksi) -> None:
    """An amount of zero once counted as none given, and approved the line whole."""
    with pytest.raises(DomainError, match="lebih dari nol"):
        uji.putuskan(session, DEWI, setuju(row, nilai=NOL, alasan="tidak sesuai"), NOW)


def test_an_sp2d_is_not_older_than_its_spm(
    session: Session, tmp_path: Path, row: Transaksi
) -> None:
    uji.putuskan(session, DEWI, setuju(row), NOW)
    issued, later = terbit(session, tmp_path), NOW + timedelta(days=6)
    for actor, jenis in ((DEWI, "npd"), (CITRA, "spp"), (DEWI, "spm")):
        pembayaran.terbit(session, actor, issued.id, jenis, penerbit(tmp_path), later)
    for days, refused in ((1, True), (5, True), (6, False)):
        paper = pembayaran.Catat(issued.id, "sp2d", "S/1", (NOW + timedelta(days=days)).date())
        if refused:
            with pytest.raises(DomainError, match=r"langkah sebelumnya \(26-10-2026\)"):
                pembayaran.catat(session, LUKMAN, paper, later)
        else:
            pembayaran.catat(session, LUKMAN, paper, later)


def test_what_was_refused_in_part_is_told_after_the_payment_went_on(
    session: Session, tmp_path: Path, row: Transaksi
) -> None:
    uji.putuskan(session, DEWI, setuju(row, **SEBAGIAN), NOW)
    issued = terbit(session, tmp_path)
    pembayaran.terbit(session, DEWI, issued.id, "npd", penerbit(tmp_path), NOW)
    told = dpt.terbitkan_penolakan(session, DEWI, DINKES, OKTOBER, penerbit(tmp_path), NOW)
    assert [one.total for one in told] == [Rupiah.of(250_000)]
    assert dpt.belum_diberitahu(session, DINKES, OKTOBER) == []


def test_a_reversed_repayment_binds_nobody(
    session: Session, tmp_path: Path, row: Transaksi
) -> None:
    uji.putuskan(session, DEWI, setuju(row, **TOLAK), NOW)
    command = penyelesaian.Bayar(
        opd_id=DINKES,
        penanggung="pemegang",
        tanggal=NOW.date(),
        nilai=Rupiah.of(250_000),
        nomor_bukti="STS/1",
        transaksi_id=row.id,
    )
    paid = penyelesaian.catat(session, CITRA, command, Store(tmp_path), 10**6, NOW)
    with pytest.raises(Conflict, match="sudah dibayar"):
        uji.urungkan(session, DEWI, row.id, NOW)
    penyelesaian.balik(session, CITRA, DINKES, paid.id, "salah catat", NOW)
    uji.urungkan(session, DEWI, row.id, NOW)
    assert row.status == "diperiksa"


def test_a_refund_gives_back_another_purchase(session: Session) -> None:
    bought = belanja.catat(session, CITRA, isi(), NOW)
    own = belanja.UbahBelanja(bought.id, 1, isi(rupiah=-5, asal_id=bought.id))
    with pytest.raises(Conflict, match="dirinya sendiri"):
        belanja.ubah(session, CITRA, own, NOW)
    belanja.catat(session, CITRA, isi(kunci_kirim="b", rupiah=-5, asal_id=bought.id), NOW)
    other = belanja.catat(session, CITRA, isi(kunci_kirim="c", rupiah=9), NOW)
    turned = belanja.UbahBelanja(bought.id, 1, isi(rupiah=-5, asal_id=other.id))
    with pytest.raises(Conflict, match="mempunyai pengembalian"):
        belanja.ubah(session, CITRA, turned, NOW)


def test_a_dpt_has_the_sum_that_was_seen(session: Session, tmp_path: Path, row: Transaksi) -> None:
    uji.putuskan(session, DEWI, setuju(row), NOW)
    office = penerbit(tmp_path)
    with pytest.raises(Conflict, match=r"kini Rp 750\.000, bukan Rp 1\.000"):
        dpt.terbitkan_dpt(session, DEWI, DINKES, OKTOBER, office, NOW, Rupiah.of(1_000))
    assert row.status == "disetujui"
    dpt.terbitkan_dpt(session, DEWI, DINKES, OKTOBER, office, NOW, Rupiah.of(750_000))


def test_the_pptk_signs_only_what_was_seen(session: Session, tmp_path: Path) -> None:
    """What was pulled back and put forward again behind an open page is told, not signed."""
    made = berbukti(session, tmp_path)
    dpr.ajukan(session, CITRA, DINKES, [made.id], NOW)
    seen = {made.id: dpr.Putusan("setuju", versi=made.versi)}
    dpr.tarik(session, CITRA, DINKES, [made.id], NOW)
    dpr.ajukan(session, CITRA, DINKES, [made.id], NOW)
    with pytest.raises(Conflict, match="berubah sejak"):
        dpr.periksa(session, ACTORS["budi"], DINKES, seen, penerbit(tmp_path), NOW)
