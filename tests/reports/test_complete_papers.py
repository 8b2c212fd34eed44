"""A paper that lacks what makes it valid is not issued; a draft says what it lacks."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.errors import DomainError
from kkpd.core.moments import parse_span
from kkpd.core.money import Rupiah
from kkpd.engines.paper.sheet import draw
from kkpd.models import Opd, Orang, Penugasan, RencanaDana, RencanaDanaBaris
from kkpd.reports import named
from kkpd.reports.issue import issue as issue_reports
from kkpd.reports.named import issued
from tests.cast import ACTORS, DINKES, ORANG, SURAT
from tests.databases import Fill
from tests.reports import extract
from tests.worlds import office as belanja_dunia
from tests.worlds.chain_steps import penerbit
from tests.worlds.letters import langkah, terbit_dpt
from tests.worlds.office import NOW, SUB, beri_spd, setelan
from tests.worlds.report_world import isi_bulan, susun

_OKT: Final = "2026-10"


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases before its SPD."""
    return belanja_dunia.fill_tanpa_spd


@pytest.fixture
def bulan(session: Session, tmp_path: Path) -> Session:
    """October with something of everything, paid."""
    beri_spd(session)
    return isi_bulan(session, tmp_path)


#: what is taken away -> what the sentence says is missing, and where it is entered
HILANG: Final = {
    "alamat": "alamat Dinas Kesehatan (Pengaturan, OPD: Alamat)",
    "npwp": "NPWP Dinas Kesehatan (Pengaturan, OPD: NPWP)",
    "nip": "NIP Dewi Anggaran (Pengaturan, Orang dan pengguna: NIP)",
    "pangkat": "pangkat Dewi Anggaran (Pengaturan, Orang dan pengguna: Pangkat)",
    "pptk": "pejabat Pejabat Pelaksana Teknis Kegiatan (Pengaturan, Penugasan)",
    "nama_pemerintah": "nama pemerintah daerah (Pengaturan, Setelan bertanggal: ",
    "bank_rkud": "bank Dinas Kesehatan (Pengaturan, Setelan bertanggal: Bank RKUD)",
    "rekening_bendahara": "rekening bendahara Dinas Kesehatan (Pengaturan, Setelan bertanggal: ",
}


def _hilangkan(session: Session, what: str) -> None:
    opd, pa = session.get_one(Opd, DINKES), session.get_one(Orang, ORANG["dewi"])
    if what in SURAT:
        setelan(session, what, "")
    elif what == "alamat":
        opd.alamat = ""
    elif what == "npwp":
        opd.npwp = None
    elif what == "nip":
        pa.nip = None
    elif what == "pangkat":
        pa.pangkat = ""
    else:
        office = select(Penugasan).where(Penugasan.peran == "pptk", Penugasan.opd_id == DINKES)
        session.scalars(office).one().sampai = date(2026, 1, 31)
    session.flush()


@pytest.mark.parametrize("what", HILANG)
def test_a_paper_that_is_not_complete_is_not_issued(
    session: Session, tmp_path: Path, what: str
) -> None:
    paper = terbit_dpt(session, tmp_path)
    _hilangkan(session, what)
    with pytest.raises(DomainError, match=re.escape(HILANG[what])):
        langkah(session, paper, tmp_path, "npd")


def test_one_sentence_names_all_that_is_missing(session: Session, tmp_path: Path) -> None:
    paper = terbit_dpt(session, tmp_path)
    for what in HILANG:
        _hilangkan(session, what)
    with pytest.raises(DomainError) as refused:
        langkah(session, paper, tmp_path, "npd")
    assert all(said in refused.value.message for said in HILANG.values())


def test_a_draft_says_what_is_not_entered_yet(session: Session, tmp_path: Path) -> None:
    terbit_dpt(session, tmp_path)
    for what in HILANG:
        _hilangkan(session, what)
    text = extract.text(draw(susun(session, "spm_gu")))
    for said in ("alamat", "nama pemerintah daerah", "NIP", "pangkat", "rekening bendahara"):
        assert re.search(rf"\({said} belum diisi\)", text, re.IGNORECASE), said
    assert "RANCANGAN" in text


def test_an_spp_needs_an_spd(session: Session, tmp_path: Path) -> None:
    paper = terbit_dpt(session, tmp_path)
    langkah(session, paper, tmp_path, "npd")
    with pytest.raises(DomainError, match=r"SPD Dinas Kesehatan \(Pengaturan, Anggaran: SPD\)"):
        langkah(session, paper, tmp_path, "spp")


def test_an_spp_needs_enough_of_its_spd(session: Session, tmp_path: Path) -> None:
    paper = terbit_dpt(session, tmp_path)
    langkah(session, paper, tmp_path, "npd")
    spd = RencanaDana(
        opd_id=DINKES, tahun=2026, jenis="spd", urut=1, nomor="SPD/1", tanggal=date(2026, 1, 5),
        dicatat_at=NOW, oleh_id=ORANG["joko"],
    )  # fmt: skip
    session.add(spd)
    session.flush()
    session.add(
        RencanaDanaBaris(
            rencana_id=spd.id, opd_id=DINKES, tahun=2026, bulan=1, sub_kegiatan=SUB, rekening="",
            nilai=Rupiah.of(700_000),
        )
    )  # fmt: skip
    session.flush()
    with pytest.raises(DomainError, match=r"SPD yang mencukupi .*kurang Rp 50\.000"):
        langkah(session, paper, tmp_path, "spp")


def test_a_report_needs_its_letterhead_too(bulan: Session, tmp_path: Path) -> None:
    issue = penerbit(tmp_path)
    asked = named.ReportRequest(nama="rekap", opd="semua", span=parse_span(_OKT))
    setelan(bulan, "perangkat_bud", "")
    with pytest.raises(DomainError, match="Perangkat daerah Kuasa BUD"), bulan.begin_nested():
        issue_reports(bulan, ACTORS["lukman"], asked, issue, NOW)
    setelan(bulan, "perangkat_bud", SURAT["perangkat_bud"])
    row = issue_reports(bulan, ACTORS["lukman"], asked, issue, NOW).dokumen
    made = issued.document(row)
    assert (made.kop.opd, made.kop.alamat) == (SURAT["perangkat_bud"], SURAT["alamat_bud"])
    [signer] = made.tanda_tangan
    assert (signer.selaku, signer.orang.nama) == ("Kuasa Bendahara Umum Daerah", "Lukman Kas")
