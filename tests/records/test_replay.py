"""Replaying the events gives the books, row by row and field by field (law 9)."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Engine, select, update

from kkpd.belanja import evidence
from kkpd.belanja.inbox import verbs as inbox
from kkpd.belanja.verbs import record
from kkpd.core.db import facts
from kkpd.core.db.engine import create_engine
from kkpd.core.db.session import EVERY_OPD, reading, writing
from kkpd.core.money import Rupiah
from kkpd.core.proof import events
from kkpd.core.reference_row import ReferenceRow
from kkpd.models import (
    Event,
    Kartu,
    LinkedIdentity,
    Opd,
    Passkey,
    Penandatanganan,
    Pengguna,
    RecoveryCode,
    TotpSeed,
)
from kkpd.organisation import login as organisation_login
from kkpd.organisation import organisation
from kkpd.oversight import remind
from kkpd.oversight.remind import FolderCarrier
from kkpd.oversight.reminder_rules import DueEntry
from kkpd.pagu import budget_load, up
from kkpd.pagu.budget_load import BudgetLoad
from kkpd.reconciliation import text_rules
from kkpd.records import event_log
from kkpd.records.custody import Store
from kkpd.tagihan import profiles
from tests.cast import ACTORS, DINKES, KARTU_ANI, ORANG
from tests.databases import Fill
from tests.replay import differences, fact_tables, given, steps
from tests.simulator import Request, jalankan
from tests.worlds import office as belanja_dunia
from tests.worlds.bills import KOPI, NASI, ambil, csv
from tests.worlds.chain_steps import berbukti, diperiksa
from tests.worlds.office import ATK, NOW, SUB

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

JOKO, CITRA, DEWI = ACTORS["joko"], ACTORS["citra"], ACTORS["dewi"]
#: What the simulator never does; `office`, `sorted_out` and `signed` do it.
BESIDE = {
    *("bukti_masuk", "aturan_cocok", "penandatanganan", "pengingat", "profil_bank", "program"),
    *("rencana_dana", "rencana_dana_baris", "setelan", "up_usulan"),
    *("benih_totp", "kode_pemulihan", "kunci_sandi", "identitas_luar"),
}


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


@contextmanager
def replayed(session: Session) -> Iterator[Counter[str]]:
    """What happens in the block is told by its events alone; how many rows there were after it."""
    start, compared = given(session), Counter[str]()
    yield compared
    event_log.append_queued(session)
    found, rows = differences(session, start)
    assert found == []
    compared.update({name: count - len(start[name]) for name, count in rows.items()})


def office(session: Session, folder: Path) -> None:
    """What administrators, treasurers and the PA do beside the chain."""
    organisation.add_program(session, JOKO, DINKES, "Siaga", "smart living", "", NOW)
    rule = organisation.SettingData(
        kunci="share_up_kkpd", nilai="40%", mulai=date(2026, 1, 1), dasar_hukum="Perbup 1"
    )
    organisation.decide_setting(session, JOKO, rule, NOW)
    line = ReferenceRow(2, {"sub_kegiatan": SUB, "bulan": "10", "nilai": "9000000", "nomor": "1"})
    budget_load.load_data(
        session, JOKO, BudgetLoad(jenis="spd", tahun=2026, rows=[line], opd="dinkes"), NOW
    )
    wish = up.ProposeUp(
        DINKES, 2026, "kebutuhan_naik", "Belanja naik sejak April.", Rupiah.of(9_000_000)
    )
    asked = up.propose(session, DEWI, wish, NOW)
    up.refuse_proposal(session, JOKO, DINKES, asked.id, "Belum ada ruang pada DPA.", NOW)
    profiles.save(session, CITRA, profiles.SaveProfile(DINKES, "bank_a", "x = 1"), NOW)
    text = text_rules.MakeRule(KARTU_ANI, "PT XYZ", "Toko Sumber", SUB, ATK)
    text_rules.save(session, CITRA, DINKES, text, NOW)
    person = organisation.PersonData(nama="Wati", surel="wati@contoh.go.id", opd_id=DINKES)
    organisation.save_person(session, JOKO, person, NOW)
    told = remind.Recipient(ORANG["citra"], ORANG["citra"], "Citra", "citra@contoh.go.id")
    run = remind.ReminderRun(
        read_in=lambda *_: None,  # type: ignore[arg-type]  # nothing is read
        write_out=lambda *_: None,  # type: ignore[arg-type]  # nor written by the run itself
        day=NOW.date(),
        near=5,
        now=NOW,
        mail_carrier=FolderCarrier(folder / "surat"),
        alamat="https://kkpd.contoh.go.id",
    )
    remind._write(session, told, "mulai", 1, list[DueEntry](), "", run)


def sorted_out(session: Session, folder: Path) -> None:
    """Two files of the evidence inbox: one moved and thrown away, one attached."""
    store = Store(folder)
    line = record(session, CITRA, belanja_dunia.belanja(kunci_kirim="kotak"), NOW)
    for shade in (20, 90):
        photo = belanja_dunia.foto(shade=shade)
        seen = evidence.look(photo, "nota.jpg", len(photo))
        sent = inbox.DropFile(DINKES, "nota.jpg", photo, seen)
        inbox.drop(session, CITRA, store, sent, NOW)
    inbox.move(session, CITRA, 1, ORANG["ani"], NOW)
    inbox.discard(session, ACTORS["ani"], 1, "Foto keluarga", NOW)
    inbox.attach(session, CITRA, 2, line.id, NOW)


def signed(session: Session, folder: Path) -> None:
    """A DPR that a person signed."""
    (paper,) = diperiksa(session, folder, berbukti(session, folder))
    session.add(
        Penandatanganan(
            opd_id=DINKES,
            dokumen_id=paper.id,
            urut=1,
            orang_id=ORANG["budi"],
            selaku="PPTK",
            sha256="a" * 64,
            ukuran=9,
            pemilik="Budi",
            penerbit="CA",
            sertifikat_sha256="b" * 64,
            tingkat="PAdES B-B",
            at=NOW,
        )
    )
    event_log.record(session, ACTORS["budi"], None, "laporan:tandatangan", "dokumen:1", now=NOW)


def proofs(session: Session) -> None:
    """Citra's app, recovery code, passkey and account at the identity provider."""
    owner: dict[str, Any] = {
        "pengguna_id": session.scalars(select(Pengguna.id)).first(),
        "dibuat_at": NOW,
    }
    session.add_all(
        [
            TotpSeed(benih="argon2 benih", langkah=1, **owner),
            RecoveryCode(huruf="A", kode_hash="argon2 kode", **owner),
            Passkey(nama="Ponsel", kredensial="a", kunci_publik=b"k", hitungan=0, **owner),
            LinkedIdentity(penerbit="https://masuk.contoh.go.id", subjek="1", **owner),
        ]
    )
    event_log.record(session, CITRA, None, "akun:faktor:pasang", "pengguna:1", now=NOW)


def test_a_life_of_two_offices_is_replayed(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'life.sqlite3'}"
    assert jalankan(Request(20, 6, 2, address)).rusak is None
    engine = create_engine(address)
    with reading(engine, EVERY_OPD) as session:
        found, compared = differences(session)
    engine.dispose()
    assert found == []
    assert {table.name for table in fact_tables()} - set(+compared) <= BESIDE


def test_what_is_done_beside_the_chain_is_replayed(session: Session, tmp_path: Path) -> None:
    with replayed(session) as new:
        office(session, tmp_path)
        sorted_out(session, tmp_path)
        signed(session, tmp_path)
        proofs(session)
    assert set(+new) >= BESIDE
    secret = session.scalars(select(Event.isi)).all()
    assert not any(b"sandi_hash" in isi or b"argon2" in isi for isi in secret)


def test_a_login_and_its_new_password_are_in_no_event(session: Session) -> None:
    with replayed(session):
        person = organisation.save_person(session, JOKO, organisation.PersonData(nama="Wati"), NOW)
        data = organisation.LoginData(
            orang_id=person.id, nama_masuk="wati", sandi_hash="$argon2id$rahasia"
        )
        organisation.create_login(session, JOKO, data, NOW)
    (isi,) = session.scalars(select(Event.isi).where(Event.jenis.like("%pengguna%")))
    assert b"rahasia" not in isi
    assert b'"nama_masuk":"wati"' in isi


@pytest.mark.parametrize("most", [facts.MOST, 1])
def test_a_bill_is_told_line_by_line_or_by_its_hash(
    session: Session, tmp_path: Path, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facts, "MOST", most)
    start = given(session)
    ambil(session, tmp_path, csv([KOPI, NASI]))
    ambil(session, tmp_path, csv([KOPI, NASI, KOPI]), nama="lagi.csv")
    event_log.append_queued(session)
    assert differences(session, start)[0] == []
    taken = session.scalars(select(Event.isi).where(Event.jenis == "tagihan:berkas:ambil"))
    told = [step for isi in taken for step in steps(isi) if step["table"] == "baris_bank"]
    assert [step["count"] for step in told] == [2, 1]
    assert ["sha256" in step for step in told] == [most == 1, False]
    assert ["values" in step for step in told] == [most > 1, True]


def test_a_changed_row_without_an_event_is_never_committed(engine: Engine) -> None:
    with (
        pytest.raises(RuntimeError, match="written without an event: kartu"),
        writing(engine, EVERY_OPD) as session,
    ):
        session.get_one(Kartu, KARTU_ANI).status = "diblokir"
    with writing(engine, EVERY_OPD) as session:
        assert session.get_one(Kartu, KARTU_ANI).status == "aktif"
        organisation_login.revoke_all(session, 1, NOW)  # who is logged in is no fact


def test_a_row_goes_to_the_chain_of_its_opd_and_its_steps_stay_in_order(session: Session) -> None:
    start = given(session)
    card = session.get_one(Kartu, KARTU_ANI)
    for status in ("diblokir", "aktif", "diblokir"):
        card.status = status
        session.flush()
        event_log.record(session, JOKO, None, "uji:kartu:ubah", "kartu:1", now=NOW, opd_id=DINKES)
        session.get_one(Opd, DINKES).alamat = f"Jalan {status}"
        event_log.record(session, JOKO, None, "uji:opd:ubah", "opd:1", now=NOW + timedelta(1))
    tables = [
        (
            events.LogEvent.from_bytes(event.isi).chain[:3],
            [step["table"] for step in steps(event.isi)],
        )
        for event in event_log.append_queued(session)
    ]
    assert tables == [("opd", ["kartu"])] * 3 + [("adm", ["opd"])] * 3
    assert differences(session, start)[0] == []


def test_what_a_savepoint_took_back_is_not_told(session: Session) -> None:
    start = given(session)
    with session.begin_nested() as inner:
        session.get_one(Kartu, KARTU_ANI).status = "hilang"
        session.flush()
        inner.rollback()
    session.get_one(Kartu, KARTU_ANI).status = "diblokir"
    event_log.record(session, JOKO, None, "uji:kartu:ubah", "kartu:1", now=NOW, opd_id=DINKES)
    (event,) = event_log.append_queued(session)
    assert b"hilang" not in event.isi
    assert differences(session, start)[0] == []


def test_an_edit_behind_the_program_is_named(session: Session, tmp_path: Path) -> None:
    start = given(session)
    row = berbukti(session, tmp_path)
    event_log.append_queued(session)
    with session.begin_nested():
        session.execute(
            update(Kartu).where(Kartu.id == KARTU_ANI).values(status="hilang", bank="Bank Lain")
        )
    found = differences(session, start)[0]
    assert len(found) == 2
    assert [one.split(":")[0] for one in found] == ["kartu [1], bank", "kartu [1], status"]
    assert row.id
