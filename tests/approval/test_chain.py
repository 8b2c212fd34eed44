"""The chain from evidence to lunas, with every refusal on the way (issue A.6, law 10)."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kkpd.approval import decide as approval_decide
from kkpd.approval import dpr, dpt
from kkpd.approval import reads as look
from kkpd.belanja import verbs as belanja_verbs
from kkpd.core.errors import Conflict, DomainError, Forbidden, NotFound
from kkpd.core.money import ZERO, Rupiah
from kkpd.core.proof.log_key import KeyHistory
from kkpd.engines.paper import FrozenDocument as Document
from kkpd.models import Arsip, Ceiling, Event, Pencairan, Persetujuan, Transaksi, Uji
from kkpd.pagu.ceilings import recount as tally
from kkpd.payment import pay as payment_pay
from kkpd.records import event_log
from kkpd.records import issue as records_issue
from kkpd.records import log_check as lihat_log
from kkpd.records.custody import Store
from tests.cast import ACTORS, DINKES, ORANG
from tests.databases import Fill
from tests.worlds import office as belanja_dunia
from tests.worlds.chain_steps import (
    LULUS,
    OKTOBER,
    SIGNER,
    berbukti,
    diperiksa,
    issue_step,
    penerbit,
    setuju,
)
from tests.worlds.office import NOW
from tests.worlds.office import belanja as isi


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


def _in_a_savepoint(session: Session, row: object) -> None:
    with session.begin_nested():
        session.add(row)
        session.flush()


def up(session: Session) -> Ceiling:
    return session.scalars(select(Ceiling).where(Ceiling.jenis == "up_kkpd")).one()


def test_the_whole_way(session: Session, tmp_path: Path) -> None:
    first = berbukti(session, tmp_path, 1)
    second = berbukti(session, tmp_path, 2, rupiah=250_000)
    signed = diperiksa(session, tmp_path, first, second)
    assert [row.jenis for row in signed] == ["dpr"]
    assert signed[0].total == Rupiah.of(1_000_000)

    approval_decide.decide(session, ACTORS["dewi"], setuju(first), NOW)
    approval_decide.decide(
        session,
        ACTORS["dewi"],
        setuju(second, nilai=Rupiah.of(200_000), jawaban=LULUS | {4: "tidak"}, alasan="surcharge"),
        NOW,
    )
    issued = dpt.issue_dpt(session, ACTORS["dewi"], DINKES, OKTOBER, penerbit(tmp_path), NOW)
    assert issued.total == Rupiah.of(950_000)
    assert issued.nomor == "0001/DPT-KKPD/DINKES/X/2026"
    assert (up(session).reserved, up(session).posted) == (ZERO, Rupiah.of(950_000))

    notices = dpt.issue_refusal_notice(
        session, ACTORS["dewi"], DINKES, OKTOBER, penerbit(tmp_path), NOW
    )
    assert [row.total for row in notices] == [Rupiah.of(50_000)]
    with pytest.raises(DomainError, match="Tidak ada penolakan"):
        dpt.issue_refusal_notice(session, ACTORS["dewi"], DINKES, OKTOBER, penerbit(tmp_path), NOW)

    for jenis, who in (("npd", "dewi"), ("spp", "citra"), ("spm", "dewi")):
        paper = issue_step(session, ACTORS[who], issued.id, jenis, penerbit(tmp_path), NOW)
        assert paper.jenis == jenis
        assert paper.total == issued.total
    for langkah, who in (("sp2d", "lukman"), ("bayar", "citra")):
        command = payment_pay.RecordStep(issued.id, langkah, f"{langkah}/1", NOW.date())
        payment_pay.record(session, ACTORS[who], command, NOW)
    assert {first.status, second.status} == {"lunas"}
    assert (up(session).reserved, up(session).posted) == (ZERO, ZERO)
    assert tally.recount(session)[1] is None
    assert len(session.scalars(select(Pencairan)).all()) == 2


def test_an_issued_document_is_frozen_archived_and_proved(session: Session, tmp_path: Path) -> None:
    row = berbukti(session, tmp_path)
    document = diperiksa(session, tmp_path, row)[0]
    arsip = session.scalars(select(Arsip).where(Arsip.dokumen_id == document.id)).one()
    file = Store(tmp_path / "arsip").get(arsip.sha256)
    assert file.startswith(b"%PDF")
    assert Document.from_json(document.data).nomor == document.nomor
    event_log.append_queued(session)
    assert [chain.fault for chain in lihat_log.check_chains(session)] == [None]
    assert lihat_log.check_checkpoints(session, KeyHistory.of_one(SIGNER.public_key)) is None
    kinds = [event.jenis for event in session.scalars(select(Event).order_by(Event.id))]
    assert kinds.index("laporan:terbit") < kinds.index("laporan:arsip")


def test_a_download_is_logged_and_a_stranger_finds_nothing(
    session: Session, tmp_path: Path
) -> None:
    document = diperiksa(session, tmp_path, berbukti(session, tmp_path))[0]
    records_issue.download(session, ACTORS["gilang"], document.id, "ab" * 32, NOW)
    event_log.append_queued(session)
    found = session.scalars(select(Event).where(Event.jenis == "laporan:unduh")).one()
    assert found.aktor == f"orang:{ORANG['gilang']}"
    with pytest.raises(NotFound):
        records_issue.download(session, ACTORS["eko"], document.id, "ab" * 32, NOW)
    with pytest.raises(NotFound):
        records_issue.download(session, ACTORS["gilang"], 999, "ab" * 32, NOW)


class TestDpr:
    """The treasurer puts forward, the PPTK checks."""

    def test_needs_a_class_and_evidence(self, session: Session, tmp_path: Path) -> None:
        row = berbukti(session, tmp_path)
        row.kelas = "ragu"
        with pytest.raises(Conflict, match="masih ragu"):
            dpr.put_forward(session, ACTORS["citra"], DINKES, [row.id], NOW)
        bare = belanja_verbs.record(session, ACTORS["citra"], isi(kunci_kirim="tanpa"), NOW)
        bare.kelas = "operasi"
        with pytest.raises(Conflict, match="belum berbukti"):
            dpr.put_forward(session, ACTORS["citra"], DINKES, [bare.id], NOW)
        with pytest.raises(DomainError, match="Pilih sedikitnya satu"):
            dpr.put_forward(session, ACTORS["citra"], DINKES, [], NOW)

    def test_is_pulled_back_until_the_pptk_acts(self, session: Session, tmp_path: Path) -> None:
        row = berbukti(session, tmp_path)
        dpr.put_forward(session, ACTORS["citra"], DINKES, [row.id], NOW)
        assert dpr.pull_back(session, ACTORS["citra"], DINKES, [row.id], NOW) == 1
        assert row.status == "berbukti"
        diperiksa(session, tmp_path, row)
        with pytest.raises(Conflict, match="berstatus diperiksa"):
            dpr.pull_back(session, ACTORS["citra"], DINKES, [row.id], NOW)

    def test_goes_back_with_a_reason(self, session: Session, tmp_path: Path) -> None:
        row = berbukti(session, tmp_path)
        dpr.put_forward(session, ACTORS["citra"], DINKES, [row.id], NOW)
        words = {row.id: dpr.PptkVerdict("kembalikan")}
        with pytest.raises(DomainError, match="Tulis alasan"):
            dpr.check_dpr(session, ACTORS["budi"], DINKES, words, penerbit(tmp_path), NOW)
        words = {row.id: dpr.PptkVerdict("kembalikan", "nota tidak terbaca")}
        issued = dpr.check_dpr(session, ACTORS["budi"], DINKES, words, penerbit(tmp_path), NOW)
        assert issued == []
        assert row.status == "berbukti"
        assert session.scalars(select(Persetujuan)).one().alasan == "nota tidak terbaca"

    def test_is_signed_for_each_card_and_kind(self, session: Session, tmp_path: Path) -> None:
        goods = berbukti(session, tmp_path, 1)
        laptop = berbukti(
            session,
            tmp_path,
            2,
            uraian="Laptop 14 inci",
            rekening=belanja_dunia.LAPTOP,
            rupiah=9_000_000,
        )
        laptop.kelas = "modal"
        assert len(diperiksa(session, tmp_path, goods, laptop)) == 2

    def test_of_another_opd_does_not_exist(self, session: Session, tmp_path: Path) -> None:
        row = berbukti(session, tmp_path)
        with pytest.raises(NotFound):
            dpr.put_forward(session, ACTORS["eko"], DINKES, [row.id], NOW)
        with pytest.raises(NotFound):
            dpr.put_forward(session, ACTORS["citra"], DINKES, [9999], NOW)
        with pytest.raises(Forbidden):
            dpr.put_forward(session, ACTORS["budi"], DINKES, [row.id], NOW)


class TestUji:
    """The PA's decision."""

    def test_keeps_six_answers_with_what_the_program_saw(
        self, session: Session, tmp_path: Path
    ) -> None:
        row = berbukti(session, tmp_path)
        belanja_dunia.pasangkan(session, row)
        diperiksa(session, tmp_path, row)
        approval_decide.decide(session, ACTORS["dewi"], setuju(row), NOW)
        kept = session.scalars(select(Uji).order_by(Uji.nomor)).all()
        assert [one.nomor for one in kept] == [1, 2, 3, 4, 5, 6]
        unread = "menunggu"  # nobody has read the picture: it proves nothing
        told = ["sesuai", unread, "menunggu", unread, "sesuai", "menunggu"]
        assert [one.hasil for one in kept] == told
        assert look.newest_answers(session, row.id)[6].jawaban == "lulus"
        held = up(session)
        assert (held.reserved, held.posted) == (row.nilai, ZERO)

    def test_refuses_with_a_reason_and_frees_the_ceilings(
        self, session: Session, tmp_path: Path
    ) -> None:
        row = berbukti(session, tmp_path)
        diperiksa(session, tmp_path, row)
        command = setuju(row, jawaban=LULUS | {2: "tidak"}, keputusan="tolak", alasan="nota palsu")
        approval_decide.decide(session, ACTORS["dewi"], command, NOW)
        assert row.status == "ditolak"
        assert up(session).reserved == ZERO

    def test_a_stale_decision_is_told(self, session: Session, tmp_path: Path) -> None:
        row = berbukti(session, tmp_path)
        diperiksa(session, tmp_path, row)
        with pytest.raises(Conflict, match="berubah sejak"):
            approval_decide.decide(session, ACTORS["dewi"], setuju(row, versi=row.versi - 1), NOW)

    def test_is_undone_until_something_is_issued(self, session: Session, tmp_path: Path) -> None:
        row = berbukti(session, tmp_path)
        diperiksa(session, tmp_path, row)
        refuse = {"jawaban": LULUS | {2: "tidak"}, "keputusan": "tolak", "alasan": "nota palsu"}
        approval_decide.decide(session, ACTORS["dewi"], setuju(row, **refuse), NOW)
        approval_decide.undo(session, ACTORS["dewi"], row.id, NOW)
        assert row.status == "diperiksa"
        approval_decide.decide(session, ACTORS["dewi"], setuju(row, **refuse), NOW)
        dpt.issue_refusal_notice(session, ACTORS["dewi"], DINKES, OKTOBER, penerbit(tmp_path), NOW)
        with pytest.raises(Conflict, match="sudah terbit"):
            approval_decide.undo(session, ACTORS["dewi"], row.id, NOW)

    def test_waits_for_room_on_the_ceilings(self, session: Session, tmp_path: Path) -> None:
        row = berbukti(session, tmp_path, rupiah=45_000_000)
        diperiksa(session, tmp_path, row)
        with pytest.raises(Conflict, match="Belum dapat disetujui"):
            approval_decide.decide(session, ACTORS["dewi"], setuju(row), NOW)

    def test_nobody_judges_what_they_recorded_in_the_database_too(
        self, session: Session, tmp_path: Path
    ) -> None:
        row = berbukti(session, tmp_path)
        diperiksa(session, tmp_path, row)
        for own in (row.perekam_id, row.pemegang_id):
            verdict = Persetujuan(
                opd_id=DINKES,
                transaksi_id=row.id,
                perekam_id=row.perekam_id,
                pemegang_id=row.pemegang_id,
                penguji_id=own,
                peran="pa",
                keputusan="setuju",
                nilai=row.nilai,
                alasan="",
                at=NOW,
            )
            with pytest.raises(IntegrityError, match="bukan_pe"):
                _in_a_savepoint(session, verdict)

    def test_a_submitted_line_is_frozen_in_the_database(
        self, session: Session, tmp_path: Path
    ) -> None:
        row = berbukti(session, tmp_path)
        diperiksa(session, tmp_path, row)
        for statement in (
            "UPDATE transaksi SET nilai = 1",
            "UPDATE transaksi SET merchant = 'x'",
            "DELETE FROM transaksi",
            "UPDATE dokumen SET total = 1",
        ):
            with pytest.raises(Exception, match=r"(?i)dapat|denied"), session.begin_nested():
                session.execute(text(statement))


def test_lists_of_what_waits(session: Session, tmp_path: Path) -> None:
    row = berbukti(session, tmp_path)
    found = look.lines(session, ACTORS["citra"], "dpr:lihat", DINKES, ["berbukti"], OKTOBER)
    assert [(one.id, one.dpr_kind, one.kartu_akhir) for one in found] == [
        (row.id, "barang_jasa", "4821")
    ]
    assert look.lines(session, ACTORS["citra"], "dpr:lihat", DINKES, ["lunas"]) == []
    assert look.one_line(session, row) == found[0]
    assert look.dpr_kind("perjalanan", "operasi") == "perjalanan"
    assert look.dpr_kind("barang", "modal") == "modal"
    assert session.get_one(Transaksi, row.id).status == "berbukti"
