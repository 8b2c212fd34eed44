"""Units of an SKPD: a KPA with his own, the joint DPT of the PA, and who stands in by letter."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.approval import decide as approval_decide
from kkpd.approval import dpr, dpt
from kkpd.belanja import evidence as belanja_evidence
from kkpd.belanja import verbs as belanja_verbs
from kkpd.belanja.classes import decide as classes_decide
from kkpd.core.errors import Conflict, DomainError, Forbidden, NotFound
from kkpd.core.money import Rupiah
from kkpd.core.permissions import Actor, Assignment, Role
from kkpd.models import Dokumen, Kartu, Opd, Orang, Penugasan, SubKegiatan, Transaksi
from kkpd.organisation import admin as organisation_admin
from kkpd.organisation import assignments
from kkpd.organisation.accounts import assignments_on
from kkpd.organisation.assignments import AssignmentData
from kkpd.pagu.ceilings.movements import Key, set_limit
from kkpd.payment import pay as payment_pay
from kkpd.payment import take_back
from kkpd.records import office_holders, transitions
from kkpd.records.custody import Store
from tests.cast import ACTORS, DINKES, ORANG
from tests.databases import Fill
from tests.worlds import office as worlds
from tests.worlds.chain_steps import OKTOBER, bank_billed, penerbit, setuju
from tests.worlds.grants import grant, role_data
from tests.worlds.office import ATK, NOW, PAD, SUB, foto
from tests.worlds.office import belanja as isi

DAYS = date(2026, 10, 20)


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The world of purchases."""
    return worlds.fill


def sebagai(session: Session, entry: str) -> Actor:
    """The actor that a login becomes, with the assignments of the day."""
    return replace(ACTORS[entry], assignment=assignments_on(session, ORANG[entry], DAYS))


@pytest.fixture
def puskesmas(session: Session) -> int:
    """A unit with a card of Ani, a PPTK and a KPA of its own, and one DPA line."""
    unit = Opd(
        kode="1.02.0.00.0.00.01.0001",
        slug="pkm",
        nama="Puskesmas",
        alamat="Jalan Contoh Nomor 4, Lubuk Pakam",
        induk_id=DINKES,
    )
    session.add(unit)
    session.flush()
    session.add_all(
        Penugasan(
            orang_id=ORANG[entry],
            peran=peran,
            opd_id=unit.id,
            mulai=date(2026, 1, 1),
            dasar="SK",
            status="berlaku",
        )
        for entry, peran in (("budi", "pptk"), ("indra", "kpa"))
    )
    session.add(
        Kartu(
            opd_id=unit.id,
            jenis="barang",
            nomor_akhir="5555",
            token="kartu-5555",
            bank="Bank Sumut",
            pemegang_id=ORANG["ani"],
            status="aktif",
        )
    )
    set_limit(session, Key(unit.id, 2026, "dpa", f"{SUB}|{ATK}|{PAD}"), Rupiah.of(5_000_000))
    session.flush()
    return unit.id


def test_offices_of_an_skpd_reach_its_units(session: Session, puskesmas: int) -> None:
    for entry, peran in (("dewi", Role.PA), ("citra", Role.BENDAHARA), ("hana", Role.PPK)):
        assert sebagai(session, entry).assignment == (
            Assignment(peran, DINKES),
            Assignment(peran, puskesmas),
        )
    assert sebagai(session, "kartika").assignment == (Assignment(Role.BPP, DINKES),)
    assert sebagai(session, "eko").assignment == (Assignment(Role.BENDAHARA, 2),)
    served = office_holders.officer(session, puskesmas, "pa", DAYS)
    assert served is not None
    assert served.id == ORANG["dewi"]
    assert office_holders.officer(session, 2, "pa", DAYS) is None


def test_a_pptk_of_a_sub_kegiatan_checks_its_lines_only(
    session: Session, puskesmas: int, tmp_path: Path
) -> None:
    """Denied by default: a PPTK bound elsewhere neither signs nor returns, one bound here does."""
    budi, citra = ORANG["budi"], sebagai(session, "citra")
    session.add(SubKegiatan(tahun=2026, kode="1.02.02.2.02.0099", nama="Lain"))
    session.flush()
    given = role_data(budi, "pptk", puskesmas)
    unknown = replace(given, sub_kegiatan="9.99")
    for wrong, sentence in (
        (unknown, "tidak dikenal"),
        (replace(unknown, peran="bpp"), "Hanya PPTK"),
    ):
        with pytest.raises(DomainError, match=sentence):
            assignments.propose(session, ACTORS["joko"], wrong, NOW)
    for row in session.query(Penugasan).filter(Penugasan.orang_id == budi):
        assignments.end(session, ACTORS["joko"], row.id, date(2026, 10, 10), NOW)
    other = replace(given, sub_kegiatan="1.02.02.2.02.0099")
    grant(session, other)
    row_id = _diajukan(session, tmp_path, puskesmas)
    office = penerbit(tmp_path)
    for word in (dpr.PptkVerdict("setuju"), dpr.PptkVerdict("kembalikan", "bukan milik saya")):
        with pytest.raises(Forbidden, match=r"Anda PPTK sub kegiatan 1\.02\.02\.2\.02\.0099"):
            dpr.check_dpr(session, sebagai(session, "budi"), puskesmas, {row_id: word}, office, NOW)
    assert not sebagai(session, "budi").checks_as_pptk(puskesmas, SUB)
    grant(session, replace(given, sub_kegiatan=SUB))
    signer = sebagai(session, "budi")
    assert signer.checks_as_pptk(puskesmas, SUB)
    words = {row_id: dpr.PptkVerdict("setuju")}
    assert len(dpr.check_dpr(session, signer, puskesmas, words, office, NOW)) == 1
    assert citra.sees(puskesmas)


def _diajukan(session: Session, folder: Path, unit: int) -> int:
    citra = sebagai(session, "citra")
    card = session.query(Kartu).filter(Kartu.opd_id == unit).one()
    row = belanja_verbs.record(
        session, citra, isi(opd_id=unit, kartu_id=card.id, sumber_dana=PAD), NOW
    )
    paper = belanja_evidence.AttachEvidence(row.id, "nota.jpg", foto())
    belanja_evidence.attach(session, citra, Store(folder), paper, max_bytes=10**6, now=NOW)
    classes_decide.settle_class(
        session, citra, classes_decide.SettleClass(row.id, "operasi", "menurut nota"), NOW
    )
    dpr.put_forward(session, citra, unit, [row.id], NOW)
    return row.id


def _dpt_unit(session: Session, folder: Path, unit: int) -> str:
    budi, indra = (sebagai(session, name) for name in ("budi", "indra"))
    row = session.get_one(Transaksi, _diajukan(session, folder, unit))
    bank_billed(session, folder, row)
    dpr.check_dpr(session, budi, unit, {row.id: dpr.PptkVerdict("setuju")}, penerbit(folder), NOW)
    approval_decide.decide(session, indra, setuju(row), NOW)
    return dpt.issue_dpt(session, indra, unit, OKTOBER, penerbit(folder), NOW).nomor


def test_the_pa_joins_what_the_kpa_issued(session: Session, puskesmas: int, tmp_path: Path) -> None:
    dewi = sebagai(session, "dewi")
    joined: list[Dokumen] = []

    def join(actor: Actor) -> tuple[Rupiah, bytes]:
        made = dpt.issue_joint_dpt(session, actor, DINKES, OKTOBER, penerbit(tmp_path), NOW)
        joined.append(made)
        return made.total, made.data

    with pytest.raises(DomainError, match="Tidak ada DPT unit"):
        join(dewi)
    number = _dpt_unit(session, tmp_path, puskesmas)
    with pytest.raises(Forbidden):
        join(sebagai(session, "citra"))
    with pytest.raises(NotFound):  # the KPA of another unit only sees his own
        join(replace(ACTORS["indra"], assignment=(Assignment(Role.KPA, puskesmas),)))
    amount, data = join(dewi)
    assert amount == Rupiah.of(750_000)
    assert number in data.decode()
    with pytest.raises(DomainError, match="Tidak ada DPT unit"):
        join(dewi)
    take_back.dokumen(session, dewi, joined[0].id, "unit tertinggal", NOW)
    assert join(dewi)[0] == amount  # the unit's DPT waited for it
    assert [one.urut for one in joined] == [1, 2]
    unit_dpt = session.scalars(select(Dokumen).where(Dokumen.nomor == number)).one()
    with pytest.raises(DomainError, match="nomor DPA Puskesmas"), session.begin_nested():
        payment_pay.issue(session, dewi, unit_dpt.id, "npd", penerbit(tmp_path), NOW)
    session.expire_all()
    row = session.scalars(select(Transaksi).where(Transaksi.opd_id == puskesmas)).one()
    transitions.advance(session, dewi, row, "terbit_npd", now=NOW)
    with pytest.raises(Conflict, match="langkah berikutnya"):
        take_back.dokumen(session, dewi, joined[1].id, "unit tertinggal", NOW)


def _kuasa() -> AssignmentData:
    """Dewi lets Indra act as PA until the end of October."""
    return role_data(
        ORANG["indra"],
        "pa",
        DINKES,
        sampai=date(2026, 10, 31),
        dasar="Surat kuasa 9/2026",
        atas_nama_id=ORANG["dewi"],
    )


def test_a_delegate_needs_a_letter_and_an_end(session: Session) -> None:
    joko = ACTORS["joko"]
    good = _kuasa()
    for wrong, sentence in (
        (replace(good, atas_nama_id=ORANG["indra"]), "kepada orang lain"),
        (replace(good, sampai=None), "hari terakhir"),
        (replace(good, dasar=" "), "nomor surat"),
        (replace(good, atas_nama_id=ORANG["hana"]), "tidak memegang peran itu"),
        (
            replace(good, peran="auditor", opd_id=None, atas_nama_id=ORANG["hana"]),
            "tidak memegang peran itu",
        ),
    ):
        with pytest.raises(DomainError, match=sentence):
            assignments.propose(session, joko, wrong, NOW)
    grant(session, good)
    roles = {one.peran for one in assignments_on(session, ORANG["indra"], DAYS)}
    assert roles == {Role.KPA, Role.PA}
    assert Role.PA not in {
        one.peran for one in assignments_on(session, ORANG["indra"], date(2026, 11, 1))
    }
    listed = organisation_admin.penugasan(session, joko, DAYS)
    assert [row.on_behalf_of for row in listed if row.on_behalf_of] == ["Dewi Anggaran"]


def test_a_delegation_ends_with_the_office_it_came_from(session: Session) -> None:
    """A delegate once kept the office of an officer who had left it, until the letter's end."""
    joko, indra = ACTORS["joko"], ORANG["indra"]
    grant(session, _kuasa())

    def acts(day: date) -> bool:
        return Role.PA in {one.peran for one in assignments_on(session, indra, day)}

    own = session.scalars(
        select(Penugasan).where(Penugasan.orang_id == ORANG["dewi"], Penugasan.peran == "pa")
    ).one()
    assignments.end(session, joko, own.id, date(2026, 10, 25), NOW)
    assert [acts(date(2026, 10, day)) for day in (20, 25, 26)] == [True, True, False]
    session.get_one(Orang, ORANG["dewi"]).aktif = False
    session.flush()
    assert not acts(date(2026, 10, 20))
