"""What papers of the chain say: one number an SPP, what an SPM names, what never shows."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.errors import DomainError
from kkpd.core.moments import parse_span
from kkpd.core.money import Rupiah, terbilang
from kkpd.engines.paper import Entries, Table, Terbilang
from kkpd.engines.paper import FrozenDocument as Document
from kkpd.engines.paper.sheet import draw
from kkpd.engines.paper.verify import verify
from kkpd.ledger import active
from kkpd.models import Dokumen, DokumenBaris, Opd, Temuan, Transaksi
from kkpd.payment import payment_facts as payment_basis
from kkpd.payment import take_back
from kkpd.records.form_header import paper_frame
from kkpd.reports import named
from kkpd.reports.issue import issue as issue_reports
from kkpd.reports.named import issued
from tests.cast import ACTORS, DINKES
from tests.databases import Fill
from tests.reports import extract
from tests.worlds import office as belanja_dunia
from tests.worlds.chain_steps import berbukti, penerbit
from tests.worlds.letters import langkah, terbit_dpt
from tests.worlds.office import NOW, beri_spd, setelan
from tests.worlds.report_world import DAYS, isi_bulan, susun

_OKT: Final = "2026-10"
#: What no reader of a paper should meet: names of the program, moments of its clock, its machine.
_SANDI: Final = re.compile(
    r"\b[a-z]{2,}_[a-z0-9_]+|\b[A-Z]{3,}_[A-Z]+|\bUTC\b|\d{2}:\d{2}:\d{2}|127\.0\.0\.1|localhost"
)


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases before its SPD."""
    return belanja_dunia.fill_tanpa_spd


@pytest.fixture
def bulan(session: Session, tmp_path: Path) -> Session:
    """October with something of everything, paid."""
    beri_spd(session)
    return isi_bulan(session, tmp_path)


def terbit_oktober(session: Session, jenis: str) -> Dokumen:
    return session.scalars(select(Dokumen).where(Dokumen.jenis == jenis)).one()


def teks(document: Document) -> str:
    """What an issued paper says, drawn without its proof."""
    return extract.text(draw(replace(document, rancangan=True)))


def butir(document: Document) -> dict[str, str]:
    rows = [part.butir for part in document.isi if isinstance(part, Entries)]
    return {one.label: one.isi for found in rows for one in found}


SHEETS: Final = ("spp", "spp_gu_ringkasan", "spp_gu_rincian", "spp_gu_pernyataan", "sptb")


def test_an_spp_and_its_annexes_carry_one_number(bulan: Session, tmp_path: Path) -> None:
    sheets = [terbit_oktober(bulan, jenis) for jenis in SHEETS]
    assert {row.nomor for row in sheets} == {"0001/SPP-GU-KKPD/DINKES/X/2026"}
    issue = penerbit(tmp_path)
    for row in sheets:
        file = issue.arsip.get(issued.archive_fingerprint(bulan, row.id))
        assert verify(file, issue.signer.public_key).exit_status == 0
    drafts = [one for one in named.LISTING if one.startswith("spp_gu") or one == "sptb"]
    assert {susun(bulan, nama).nomor for nama in drafts} == {sheets[0].nomor}


def test_annexes_are_void_with_their_spp(session: Session, tmp_path: Path) -> None:
    beri_spd(session)
    spp = langkah(session, terbit_dpt(session, tmp_path), tmp_path, "npd", "spp")
    annex = terbit_oktober(session, "sptb")
    with pytest.raises(DomainError, match="Lampiran SPP batal bersama"):
        take_back.dokumen(session, ACTORS["citra"], annex.id, "keliru semua", NOW)
    take_back.dokumen(session, ACTORS["citra"], spp.id, "keliru semua", NOW)
    assert all(
        active.taken_back(session, row.id) is not None
        for row in session.scalars(select(Dokumen).where(Dokumen.jenis.in_(SHEETS)))
    )


def test_an_annex_is_not_issued_alone(bulan: Session, tmp_path: Path) -> None:
    asked = named.ReportRequest(nama="sptb", opd="dinkes", span=parse_span(_OKT))
    with pytest.raises(DomainError, match="langkahnya sendiri"):
        issue_reports(bulan, ACTORS["citra"], asked, penerbit(tmp_path), NOW)


def test_an_spm_names_what_it_rests_on_and_who_receives(bulan: Session) -> None:
    spm = issued.document(terbit_oktober(bulan, "spm"))
    said = butir(spm)
    assert said["Dasar SPP"] == (
        "SPP-GU KKPD Nomor 0001/SPP-GU-KKPD/DINKES/X/2026 tanggal 20 Oktober 2026"
    )
    assert said["Bank dan rekening"] == "Bank Sumut, 100.01.02.000001-1"
    assert said["NPWP Bendahara Pengeluaran"] == "00.111.222.3-111.000"
    assert said["Jumlah kotor"] == said["Jumlah bersih yang dibayarkan"] == "Rp 1.450.000"
    spd = next(part for part in spm.isi if isinstance(part, Table))
    assert next(iter(spd.baris))[1:] == ("SPD/1/2026", date(2026, 1, 5), Rupiah.of(80_000_000))
    assert "Potongan: tidak ada." in teks(spm)


def test_taxes_that_the_treasurer_collects_are_held_back(session: Session, tmp_path: Path) -> None:
    beri_spd(session)
    paper = terbit_dpt(
        session,
        tmp_path,
        dpp=Rupiah.of(675_675),
        ppn=Rupiah.of(74_325),
        pph_jenis="pph23",
        pph=Rupiah.of(13_513),
        pemungut="bendahara",
    )
    spm = issued.document(langkah(session, paper, tmp_path, "npd", "spp", "spm"))
    net = Rupiah.of(750_000 - 74_325 - 13_513)
    assert butir(spm)["Jumlah bersih yang dibayarkan"] == f"Rp {net}"
    assert [part.kata for part in spm.isi if isinstance(part, Terbilang)] == [terbilang(net)]
    cut = [list(part.baris) for part in spm.isi if isinstance(part, Table)][-1]
    assert [row[1] for row in cut] == ["PPN", "PPh Pasal 23"]


def test_a_refund_gives_held_back_taxes_back(session: Session, tmp_path: Path) -> None:
    paper = terbit_dpt(
        session, tmp_path, dpp=Rupiah.of(675_675), ppn=Rupiah.of(74_325), pemungut="bendahara"
    )
    origin = session.scalars(select(Transaksi)).one()
    back = berbukti(
        session,
        tmp_path,
        2,
        rupiah=-300_000,
        asal_id=origin.id,
        dpp=Rupiah.of(270_270),
        ppn=Rupiah.of(29_730),
        pemungut="bendahara",
    )
    session.add(
        DokumenBaris(
            opd_id=DINKES, dokumen_id=paper.id, transaksi_id=back.id, nilai=Rupiah.of(-300_000)
        )
    )
    session.flush()
    [ppn] = payment_basis.cuts(session, [paper])
    assert (ppn.uraian, ppn.nilai) == ("PPN", Rupiah.of(74_325 - 29_730))


@pytest.mark.parametrize("nama", [one.nama for one in named.LISTING.values() if one.single_opd])
def test_a_paper_of_one_opd_is_not_drawn_for_all(session: Session, nama: str) -> None:
    with pytest.raises(DomainError, match="semua OPD: DPT Gabungan, Register Tagihan"):
        susun(session, nama, "semua")


def test_the_treasury_keeps_its_summaries() -> None:
    assert [one.nama for one in named.LISTING.values() if not one.single_opd] == [
        "dpt_gabungan", "register_tagihan", "register_dpt", "register_sp2d", "rekonsiliasi",
        "rekap", "batas", "program", "kelengkapan", "temuan", "tindak_lanjut",
        "ditolak", "belum_lunas", "pajak",
    ]  # fmt: skip


def test_no_code_moment_or_machine_reaches_paper(bulan: Session, tmp_path: Path) -> None:
    setelan(bulan, "alamat_periksa", "http://127.0.0.1:8000/periksa/")
    bulan.add(
        Temuan(
            opd_id=DINKES, tahun=2026, bulan=10, aturan="kartu_salah", berat="salah",
            subjek="transaksi:1", pesan="Kartu perjalanan dipakai untuk barang.", masukan={},
            at=NOW,
        )
    )  # fmt: skip
    bulan.flush()
    issue = penerbit(tmp_path)
    for report in named.LISTING.values():
        if report.nama == "dpr_modal":
            continue  # nothing of the kind was bought
        text = extract.text(draw(susun(bulan, report.nama)))
        assert not _SANDI.findall(text), report.nama
        if not report.of_chain:
            asked = named.ReportRequest(nama=report.nama, opd="dinkes", span=parse_span(_OKT))
            issue_reports(bulan, ACTORS["citra"], asked, issue, NOW)
    papers = [issued.document(row) for row in bulan.scalars(select(Dokumen))]
    assert len(papers) > 25
    for paper in papers:
        assert not _SANDI.findall(f"{paper.nomor} {teks(paper)}"), paper.nomor
        assert paper.alamat_periksa == ""


@pytest.mark.parametrize(
    ("address", "printed"),
    [
        ("https://kkpd.contoh.go.id/periksa/", True),
        ("http://10.1.2.3/periksa/", True),
        ("http://localhost:8000/periksa/", False),
        ("http://127.0.0.1/periksa/", False),
        ("http://[::1]/periksa/", False),
        ("http://0.0.0.0/periksa/", False),
        ("bukan alamat", False),
    ],
)
def test_only_an_address_that_others_reach_is_printed(
    session: Session, address: str, printed: bool
) -> None:
    setelan(session, "alamat_periksa", address)
    frame = paper_frame(session, session.get_one(Opd, DINKES), _OKT, "", DAYS)
    assert frame.alamat_periksa == (address if printed else "")


def test_the_pptk_declares_what_the_pptk_signs(bulan: Session) -> None:
    rows = bulan.scalars(select(Dokumen).where(Dokumen.jenis == "dpr"))
    for paper in [*map(issued.document, rows), susun(bulan, "dpr_barang")]:
        said, [signer] = butir(paper), paper.tanda_tangan
        assert (said["Nama"], said["NIP"]) == (signer.orang.nama, signer.orang.nip)
        assert said["Nama"] == "Budi Teknis"
        assert said["Pemegang KKPD"].startswith("Ani Pemegang")
