"""What waits for each of the cast, and the digest of it: once a day, by mail or to a folder."""

from __future__ import annotations

import email
import email.policy
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from kkpd.approval import decide as approval_decide
from kkpd.approval import dpr
from kkpd.belanja import verbs as belanja_verbs
from kkpd.core.config import Smtp
from kkpd.core.db.session import EVERY_OPD, reading, writing
from kkpd.core.errors import DomainError
from kkpd.models import Orang, Pengingat
from kkpd.organisation import organisation
from kkpd.organisation.organisation import is_valid_email
from kkpd.oversight import remind
from kkpd.oversight.remind import (
    Carrier,
    FolderCarrier,
    NotSent,
    ReminderFate,
    ReminderRun,
    SmtpCarrier,
)
from kkpd.oversight.reminder_rules import Mail
from kkpd.oversight.todo import to_do
from tests.cast import ACTORS, DINKES, ORANG
from tests.databases import Fill
from tests.worlds import office as belanja_dunia
from tests.worlds.chain_steps import LULUS, berbukti, diperiksa, penerbit, setuju
from tests.worlds.mail_server import server_surel
from tests.worlds.office import NOW
from tests.worlds.office import belanja as isi

DAYS = NOW.date()
KARTU_PALSU = "4111 1111 1111 1111"


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


def pending(session: Session, *names: str) -> dict[str, list[str]]:
    """Login name -> kinds of what waits for the person."""
    return {
        name: [one.jenis for one in to_do(session, ACTORS[name], DAYS)]
        for name in names or sorted(ACTORS)
    }


class TestPerlu:
    """Each step waits for whose step it is, and for nobody else."""

    def test_a_line_waits_for_one_office_after_the_other(
        self, session: Session, tmp_path: Path
    ) -> None:
        assert not any(pending(session).values())
        row = belanja_verbs.record(session, ACTORS["citra"], isi(kunci_kirim="baru"), NOW)
        assert _busy(session) == {
            "ani": ["bukti_saya"],
            "citra": ["bukti"],
            "kartika": ["bukti"],
        }
        belanja_verbs.cancel(
            session,
            ACTORS["citra"],
            belanja_verbs.CancelPurchase(row.id, row.versi, "keliru"),
            NOW,
        )
        row = berbukti(session, tmp_path)
        assert _busy(session) == {"citra": ["ajukan"], "kartika": ["ajukan"]}
        dpr.put_forward(session, ACTORS["citra"], DINKES, [row.id], NOW)
        assert _busy(session) == {"budi": ["periksa"]}
        words = {row.id: dpr.PptkVerdict("setuju")}
        dpr.check_dpr(session, ACTORS["budi"], DINKES, words, penerbit(tmp_path), NOW)
        assert _busy(session) == {"dewi": ["uji"], "indra": ["uji"]}
        approval_decide.decide(session, ACTORS["dewi"], setuju(row), NOW)
        assert _busy(session) == {"dewi": ["dpt"], "indra": ["dpt"]}

    def test_a_refused_line_waits_for_its_holder(self, session: Session, tmp_path: Path) -> None:
        row = berbukti(session, tmp_path)
        diperiksa(session, tmp_path, row)
        no = approval_decide.SixTestsDecision(
            row.id, row.versi, {**LULUS, 5: "tidak"}, "tolak", None, "pribadi"
        )
        approval_decide.decide(session, ACTORS["dewi"], no, NOW)
        (one,) = to_do(session, ACTORS["ani"], DAYS)
        assert (one.jenis, one.wording) == (
            "kembali",
            "Bayar kembali 1 belanja Anda Oktober 2026 yang ditolak",
        )


def _busy(session: Session) -> dict[str, list[str]]:
    return {name: kinds for name, kinds in pending(session).items() if kinds}


@pytest.mark.parametrize(
    ("alamat", "sah"),
    [
        ("citra@dinkes.contoh.go.id", True),
        ("citra@dinkes", False),
        ("citra@dinkes.go.id\nBcc: x@y.z", False),
        ("citra dinkes@contoh.id", False),
        ("", False),
        (f"{'a' * 190}@contoh.go.id", False),
    ],
)
def test_what_is_an_address(alamat: str, sah: bool) -> None:
    assert is_valid_email(alamat) is sah


def test_an_address_is_checked_at_entry(session: Session) -> None:
    data = organisation.PersonData(nama="Nama", surel="bukan alamat")
    with pytest.raises(DomainError, match="Alamat surel tidak sah"):
        organisation.save_person(session, ACTORS["joko"], data, NOW)


@pytest.fixture
def worlds(engine: Engine, tmp_path: Path) -> Engine:
    """One line waits for the treasurers; both have an address, the holder has none."""
    with writing(engine, EVERY_OPD) as session:
        form_values(session, 1, merchant=f"Toko {KARTU_PALSU}")
        for name in ("citra", "kartika"):
            session.get_one(Orang, ORANG[name]).surel = f"{name}@dinkes.contoh.go.id"
    return engine


def form_values(session: Session, nomor: int, **changes: Any) -> None:
    belanja_verbs.record(
        session, ACTORS["citra"], isi(kunci_kirim=f"ingat-{nomor}", **changes), NOW
    )


def run_each(
    engine: Engine, mail_carrier: Carrier | None, later: int = 0
) -> dict[str, ReminderFate]:
    """One run; what became of everybody who had something waiting."""
    day = DAYS + timedelta(days=later)
    run = ReminderRun(
        read_in=partial(reading, engine),
        write_out=partial(writing, engine),
        day=day,
        near=5,
        now=NOW + timedelta(days=later),
        mail_carrier=mail_carrier,
        alamat="https://kkpd.contoh.go.id",
    )
    with reading(engine, EVERY_OPD) as session:
        people = remind.penerima(session, day, demo=False)
    return {
        one.nama.split()[0].lower(): one for one in run.everything(people) if one.hasil != "sepi"
    }


def isi_surat(folder: Path) -> list[email.message.EmailMessage]:
    return [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for path in sorted(folder.glob("*.eml"))
    ]


def test_one_digest_a_person_and_nothing_twice_on_one_day(worlds: Engine, tmp_path: Path) -> None:
    box = FolderCarrier(tmp_path / "surat")
    assert {name: one.hasil for name, one in run_each(worlds, None).items()} == {
        "ani": "tanpa_surel",
        "citra": "rencana",
        "kartika": "rencana",
    }
    assert not box.folder.exists()
    assert {one.hasil for one in run_each(worlds, box).values()} == {"terkirim", "tanpa_surel"}
    assert {one.hasil for one in run_each(worlds, box).values()} == {"sudah", "tanpa_surel"}
    mails = isi_surat(box.folder)
    assert sorted(str(mail["To"]) for mail in mails) == [
        "citra@dinkes.contoh.go.id",
        "kartika@dinkes.contoh.go.id",
    ]
    body = mails[0].get_content()
    assert "Lengkapi bukti 1 belanja Oktober 2026, Rp 750.000" in body
    assert "https://kkpd.contoh.go.id/perlu/" in body
    assert "4111" not in body
    with writing(worlds, EVERY_OPD) as session:
        form_values(session, 2, tanggal=DAYS.replace(month=9))
    assert run_each(worlds, box)["citra"] == ReminderFate("Citra Bendahara", "terkirim", 1)
    assert "September 2026" in "".join(mail.get_content() for mail in isi_surat(box.folder))
    assert run_each(worlds, box, later=1)["citra"].butir == 2


class _Gagal:
    """A carrier that loses the mails of one person."""

    cara = "kotak"

    def deliver(self, letter: Mail, now: datetime) -> None:
        if now == NOW and letter.recipient.startswith("citra"):
            raise NotSent("folder surat tidak dapat ditulis")


def test_one_failure_stops_nobody_and_is_tried_again(worlds: Engine, tmp_path: Path) -> None:
    found = run_each(worlds, _Gagal())
    assert (found["citra"].hasil, found["kartika"].hasil) == ("gagal", "terkirim")
    again = run_each(worlds, FolderCarrier(tmp_path / "surat"))
    assert (again["citra"].hasil, again["kartika"].hasil) == ("terkirim", "sudah")
    with reading(worlds, EVERY_OPD) as session:
        rows = session.execute(
            select(Pengingat.ke, Pengingat.hasil).where(Pengingat.orang_id == ORANG["citra"])
        ).all()
    assert sorted(tuple(row) for row in rows) == [(1, "gagal"), (1, "mulai"), (2, "mulai")]


def test_by_a_mail_server(worlds: Engine) -> None:
    with server_surel(tolak="kartika") as (port, received):
        carrier = SmtpCarrier(Smtp("127.0.0.1", port, "none", "kkpd@contoh.go.id"))
        found = run_each(worlds, carrier)
    assert found["citra"].hasil == "terkirim"
    assert found["kartika"].sebab == "server surel menolak alamat penerima"
    assert len(received) == 1
    mail = email.message_from_bytes(received[0], policy=email.policy.default)
    assert (mail["To"], mail["Auto-Submitted"]) == ("citra@dinkes.contoh.go.id", "auto-generated")
    gone = SmtpCarrier(Smtp("127.0.0.1", port, "none", "kkpd@contoh.go.id"))
    assert run_each(worlds, gone)["kartika"].sebab.startswith("server surel tidak dapat dihubungi")
