"""Exits of the chain: fees, stamp duty, dead cards, holders who move, refunds over the years."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.approval import decide as approval_decide
from kkpd.approval import dpt
from kkpd.belanja import verbs as belanja_verbs
from kkpd.core.errors import DomainError
from kkpd.core.money import ZERO, Rupiah
from kkpd.core.permissions import Actor, Assignment, Role
from kkpd.models import Ceiling, Orang, Periode, Rekening, SubKegiatan, Temuan, Uji
from kkpd.organisation import cards, organisation
from kkpd.organisation.cards import ChangeStatus, ProposeCard
from kkpd.pagu.ceilings import recount as tally
from kkpd.payment import pay as payment_pay
from tests.cast import ACTORS, DINKES, KARTU_ANI, ORANG
from tests.databases import Fill
from tests.worlds import office as worlds
from tests.worlds.bills import ambil, csv
from tests.worlds.chain_steps import OKTOBER, berbukti, diperiksa, issue_step, penerbit, setuju
from tests.worlds.office import NOW, aturan, setelan
from tests.worlds.office import belanja as isi

JOKO, CITRA, DEWI = ACTORS["joko"], ACTORS["citra"], ACTORS["dewi"]
DAYS = date(2026, 10, 20)


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The world of purchases."""
    return worlds.fill


def rules(session: Session) -> set[str]:
    return set(session.scalars(select(Temuan.aturan)))


def status(session: Session, baru: str, day: date) -> None:
    cards.change_status(session, JOKO, ChangeStatus(
        kartu_id=KARTU_ANI, status=baru, tanggal=day, nomor_dokumen="BA/1"), NOW)  # fmt: skip


def test_what_the_bill_brings_is_found_at_import(session: Session, tmp_path: Path) -> None:
    setelan(session, "year_end_use_cutoff", "2026-10-15")
    setelan(session, "bea_meterai", "10.000")
    status(session, "hilang", date(2026, 10, 16))
    rows = [
        ("13/10/2026", "15/10/2026", "4821", "IURAN TAHUNAN KARTU", "150.000,00", "DB"),
        ("13/10/2026", "15/10/2026", "4821", "BEA METERAI", "10.000,00", "DB"),
        ("13/10/2026", "15/10/2026", "4821", "BEA METERAI", "20.000,00", "DB"),
        ("16/10/2026", "17/10/2026", "4821", "KOPI DELI", "25.000,00", "DB"),
        ("18/10/2026", "19/10/2026", "4821", "HOTEL JAUH", "900.000,00", "DB"),
    ]
    ambil(session, tmp_path, csv(rows))
    found = session.execute(select(Temuan.aturan, Temuan.pesan).order_by(Temuan.id)).all()
    assert [rule for rule, _ in found] == [
        "biaya_kartu",
        "meterai_beda",
        "lewat_batas_pakai",
        "lewat_batas_pakai",
        "kartu_tidak_aktif",
    ]
    assert "Rp 20.000, yang ditetapkan Rp 10.000" in found[1].pesan
    assert "4821 sudah diblokir, hilang" in found[4].pesan


def test_a_card_stays_within_its_types_limit(session: Session) -> None:
    setelan(session, "limit_kartu_barang", "50.000.000")
    command = ProposeCard(
        opd_id=DINKES, jenis="barang", nomor_akhir="1234", bank="Bank Sumut",
        pemegang_id=ORANG["ani"], tanggal=DAYS, nomor_dokumen="Usul/2",
        limit=Rupiah.of(50_000_001),
    )  # fmt: skip
    with pytest.raises(DomainError, match=r"paling tinggi Rp 50\.000\.000 menurut Perbup"):
        cards.propose(session, JOKO, command, NOW)
    cards.propose(session, JOKO, replace(command, limit=Rupiah.of(50_000_000)), NOW)
    cards.propose(session, JOKO, replace(command, nomor_akhir="1235", limit=None), NOW)
    other = replace(command, nomor_akhir="1236", jenis="perjalanan")
    cards.propose(session, JOKO, other, NOW)  # that type has no limit: not checked


def test_a_holder_who_moves_or_leaves(session: Session) -> None:
    ani = session.get_one(Orang, ORANG["ani"])
    data = organisation.PersonData(nama=ani.nama, nip=ani.nip, opd_id=DINKES)
    organisation.save_person(session, JOKO, data, NOW, ani.id)
    assert rules(session) == set()
    organisation.save_person(session, JOKO, replace(data, opd_id=2), NOW, ani.id)
    left = NOW + timedelta(days=3)
    organisation.save_person(session, JOKO, replace(data, aktif=False), left, ani.id)
    said = session.scalars(select(Temuan.pesan).where(Temuan.aturan == "pemegang_pindah")).all()
    assert len(said) == 4  # two cards, each time
    assert any("pindah ke OPD lain" in one for one in said)
    assert any("tidak bekerja lagi" in one for one in said)


def _lunas(session: Session, folder: Path) -> int:
    row = berbukti(session, folder)
    diperiksa(session, folder, row)
    approval_decide.decide(session, DEWI, setuju(row), NOW)
    office = penerbit(folder)
    issued = dpt.issue_dpt(session, DEWI, DINKES, OKTOBER, office, NOW)
    for actor, step in ((DEWI, "npd"), (CITRA, "spp"), (DEWI, "spm")):
        issue_step(session, actor, issued.id, step, office, NOW)
    for name, step in (("lukman", "sp2d"), ("citra", "bayar")):
        command = payment_pay.RecordStep(issued.id, step, f"{step}/1", DAYS)
        payment_pay.record(session, ACTORS[name], command, NOW)
    assert row.status == "lunas"
    return row.id


def _posted(session: Session) -> dict[str, Rupiah]:
    rows = session.scalars(select(Ceiling).where(Ceiling.posted > ZERO))
    return {row.jenis: row.posted for row in rows}


def test_a_part_refund_after_payment_frees_the_budget_only(
    session: Session, tmp_path: Path
) -> None:
    asal = _lunas(session, tmp_path)
    assert _posted(session) == {"dpa": Rupiah.of(750_000)}
    back = berbukti(session, tmp_path, 2, rupiah=-250_000, asal_id=asal, tanggal=date(2026, 10, 18))
    more = berbukti(session, tmp_path, 3, rupiah=300_000)
    diperiksa(session, tmp_path, back, more)
    for row in (back, more):
        approval_decide.decide(session, DEWI, setuju(row), NOW)
    dpt.issue_dpt(session, DEWI, DINKES, OKTOBER, penerbit(tmp_path), NOW)
    assert _posted(session)["dpa"] == Rupiah.of(800_000)
    assert tally.recount(session)[1] is None
    assert "pengembalian_tahun_lalu" not in aturan(session, back.id)


def test_a_refund_of_last_year_leaves_last_years_budget(session: Session, tmp_path: Path) -> None:
    asal = _lunas(session, tmp_path)
    later = NOW + timedelta(days=100)
    session.add(Rekening(tahun=2027, kode=worlds.ATK, nama="ATK"))
    session.add(SubKegiatan(tahun=2027, kode=worlds.SUB, nama="TB"))
    session.flush()
    command = isi(rupiah=-250_000, asal_id=asal, tanggal=date(2027, 1, 20), kunci_kirim="b",
                  sumber_dana="PAD")  # fmt: skip
    back = belanja_verbs.record(session, CITRA, command, later)
    assert (back.tahun, back.bulan) == (2027, 1)
    assert "pengembalian_tahun_lalu" in aturan(session, back.id)
    dpt._post(session, DEWI, back, back.nilai, later)
    assert _posted(session) == {"dpa": Rupiah.of(750_000)}


def test_papers_that_the_chain_refuses(session: Session, tmp_path: Path) -> None:
    """A closed period, a number used twice, a paper older than the step before it."""
    _lunas(session, tmp_path)
    other = berbukti(session, tmp_path, 2)
    diperiksa(session, tmp_path, other)
    approval_decide.decide(session, DEWI, setuju(other), NOW)
    office = penerbit(tmp_path)
    issued = dpt.issue_dpt(session, DEWI, DINKES, OKTOBER, office, NOW)
    for actor, step in ((DEWI, "npd"), (CITRA, "spp"), (DEWI, "spm")):
        issue_step(session, actor, issued.id, step, office, NOW)
    session.add(Periode(opd_id=DINKES, tahun=2026, bulan=9, status="ditutup", sejak=NOW,
                        oleh_id=ORANG["citra"]))  # fmt: skip
    session.flush()
    for nomor, day, sentence, rule in (
        ("SP2D/9", date(2026, 9, 30), "periode yang sudah ditutup", "periode tertutup"),
        ("sp2d/1", DAYS, "sudah dipakai", "unik per OPD"),
        ("SP2D/9", date(2026, 10, 1), "sebelum langkah sebelumnya", "urutan rantai"),
    ):
        command = payment_pay.RecordStep(issued.id, "sp2d", nomor, day)
        with pytest.raises(DomainError, match=sentence) as refused:
            payment_pay.record(session, ACTORS["lukman"], command, NOW)
        assert rule in (refused.value.rule or "")


def test_refusals_name_their_rule_and_source(session: Session, tmp_path: Path) -> None:
    """The bad input of the chain: one's own line, a skipped step, more than there is room for."""
    row = berbukti(session, tmp_path, rupiah=9_000_000)
    second = berbukti(session, tmp_path, 2, rupiah=2_000_000)  # no room left on its DPA line
    with pytest.raises(DomainError, match=r"menyetujui hanya dari diperiksa \(Pasal 5 huruf f\)"):
        approval_decide.decide(session, DEWI, setuju(row), NOW)
    diperiksa(session, tmp_path, row, second)
    with pytest.raises(DomainError, match="Sisa pagu DPA") as refused:
        approval_decide.decide(session, DEWI, setuju(second), NOW)
    assert (refused.value.rule or "").startswith("Pasal 5 huruf f")
    assert "Pasal 5 huruf f" not in refused.value.message, "the page tells the rule, once"
    own = Actor(ORANG["ani"], ORANG["ani"], "Ani", (Assignment(Role.PA, DINKES),))
    with pytest.raises(DomainError, match="pemisahan tugas, Pasal 5 huruf f"):
        approval_decide.decide(session, own, setuju(row), NOW)
    approval_decide.decide(session, DEWI, setuju(row), NOW)
    kept = session.scalars(select(Uji).where(Uji.transaksi_id == row.id).order_by(Uji.nomor)).all()
    assert [one.nomor for one in kept] == [1, 2, 3, 4, 5, 6]
    for one in kept:
        assert one.masukan["kalimat"]
        assert (one.jawaban, one.penguji_id, one.at) == ("lulus", ORANG["dewi"], NOW)
    results = {one.hasil for one in kept}
    assert "menunggu" in results  # what only a person can see


def test_a_cards_steps_follow_one_another(session: Session) -> None:
    status(session, "diblokir", date(2026, 10, 16))
    for baru, day, sentence in (
        ("aktif", date(2026, 10, 15), r"sebelum langkah kartu yang terakhir \(16-10-2026\)"),
        ("aktif", date(2026, 10, 21), "belum tiba"),
    ):
        with pytest.raises(DomainError, match=sentence), session.begin_nested():
            status(session, baru, day)
    session.expire_all()
    status(session, "aktif", date(2026, 10, 16))
