"""The PPK-SKPD verifies an SPP or sends it back; no SPM without it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kkpd.core.errors import Conflict, DomainError, Forbidden
from kkpd.core.money import Rupiah
from kkpd.core.permissions import Assignment, Role
from kkpd.models import Dokumen, Event, Transaksi, Verifikasi
from kkpd.oversight import todo
from kkpd.payment import pay, reads, take_back, verify
from kkpd.payment.verify_rules import CHECKLIST, examine, in_force
from kkpd.records import event_log
from tests.cast import ACTORS, DINKES
from tests.databases import Fill
from tests.worlds import office
from tests.worlds.chain_steps import penerbit
from tests.worlds.letters import langkah, terbit_dpt
from tests.worlds.office import NOW


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return office.fill


HANA, DEWI, CITRA = ACTORS["hana"], ACTORS["dewi"], ACTORS["citra"]


def asked(session: Session, folder: Path) -> tuple[Dokumen, Dokumen]:
    """A DPT and its SPP."""
    paper = terbit_dpt(session, folder)
    return paper, langkah(session, paper, folder, "npd", "spp")


def yes(session: Session, spp: Dokumen) -> verify.SppVerification:
    found = verify.checklist(session, HANA, spp, NOW)
    return verify.SppVerification(spp.id, {one.kode: "ya" for one in found})


def test_no_spm_without_the_verification(session: Session, tmp_path: Path) -> None:
    paper, spp = asked(session, tmp_path)
    with pytest.raises(Conflict, match=r"belum diverifikasi.*Hana Penatausahaan"):
        pay.issue(session, DEWI, paper.id, "spm", penerbit(tmp_path), NOW)
    row = verify.verify(session, HANA, yes(session, spp), NOW)
    assert row.jawaban["bukti"]["hasil"] == "menunggu"
    with pytest.raises(Conflict, match="sudah diputuskan"):
        verify.verify(session, HANA, yes(session, spp), NOW)
    assert pay.issue(session, DEWI, paper.id, "spm", penerbit(tmp_path), NOW).jenis == "spm"
    event_log.append_queued(session)
    events = set(session.scalars(select(Event.jenis)))
    assert events >= {"dokumen:spp:verifikasi", "belanja:status:verifikasi_spp"}


def test_every_item_is_answered_with_yes(session: Session, tmp_path: Path) -> None:
    _paper, spp = asked(session, tmp_path)
    whole = yes(session, spp)
    for item in CHECKLIST:
        rest = {kode: word for kode, word in whole.jawaban.items() if kode != item.kode}
        with pytest.raises(DomainError, match="belum dijawab") as refused:
            verify.verify(session, HANA, replace(whole, jawaban=rest), NOW)
        assert refused.value.field == f"butir-{item.kode}"
        with pytest.raises(DomainError, match="dijawab tidak"):
            verify.verify(session, HANA, replace(whole, jawaban=rest | {item.kode: "tidak"}), NOW)
    assert session.scalars(select(Verifikasi)).all() == []


def test_what_the_program_knows_of_an_spp(session: Session, tmp_path: Path) -> None:
    _paper, spp = asked(session, tmp_path)
    found = {one.kode: one for one in verify.checklist(session, HANA, spp, NOW)}
    assert {kode for kode, one in found.items() if one.hasil == "menunggu"} >= {"bukti", "pajak"}
    assert found["surat"].hasil == found["jumlah"].hasil == found["uji"].hasil == "sesuai"
    assert all(one.dasar and one.wording for one in found.values())
    assert in_force(date(2020, 1, 1)) == ()


def test_a_returned_spp_is_void_and_drawn_up_anew(session: Session, tmp_path: Path) -> None:
    paper, spp = asked(session, tmp_path)
    with pytest.raises(DomainError, match="mengapa dikembalikan"):
        take_back.send_back(session, HANA, spp.id, "x", NOW)
    take_back.send_back(session, HANA, spp.id, "SPTB belum memuat tanggal DPA", NOW)
    event_log.append_queued(session)
    assert {row.status for row in session.scalars(select(Transaksi))} == {"npd"}
    shown = reads.listing(session, CITRA, DINKES, 2026)[0]
    assert shown.sent_back is not None
    assert shown.sent_back.alasan == "SPTB belum memuat tanggal DPA"
    assert shown.sent_back.oleh == "Hana Penatausahaan"
    again = langkah(session, paper, tmp_path, "spp")
    assert again.nomor != spp.nomor
    assert reads.listing(session, CITRA, DINKES, 2026)[0].sent_back is None
    verify.verify(session, HANA, yes(session, again), NOW)
    assert reads.listing(session, CITRA, DINKES, 2026)[0].verified


def test_maker_and_signer_do_not_verify(session: Session, tmp_path: Path) -> None:
    paper, spp = asked(session, tmp_path)
    for actor in (DEWI, CITRA):
        with pytest.raises(Forbidden):
            verify.verify(session, actor, yes(session, spp), NOW)
        with pytest.raises(Forbidden):
            take_back.send_back(session, actor, spp.id, "Bukan tugas saya", NOW)
    event_log.append_queued(session)
    made = replace(CITRA, assignment=(Assignment(Role.PPK, DINKES),))
    with pytest.raises(Forbidden, match="tidak dapat memverifikasi SPP-GU"):
        verify.verify(session, made, yes(session, spp), NOW)
    verify.verify(session, HANA, yes(session, spp), NOW)
    event_log.append_queued(session)
    signer = replace(HANA, assignment=(Assignment(Role.PA, DINKES),))
    with pytest.raises(Forbidden, match="Anda telah memverifikasi SPP-GU"):
        pay.issue(session, signer, paper.id, "spm", penerbit(tmp_path), NOW)


def test_the_database_refuses_the_maker_too(session: Session, tmp_path: Path) -> None:
    _paper, spp = asked(session, tmp_path)
    row = Verifikasi(opd_id=DINKES, dokumen_id=spp.id, jawaban={}, at=NOW, oleh_id=CITRA.orang_id)
    with pytest.raises(IntegrityError, match="bukan yang"), session.begin_nested():
        session.add(row)


def test_the_task_moves_from_the_ppk_to_the_pa(session: Session, tmp_path: Path) -> None:
    _paper, spp = asked(session, tmp_path)

    def waits(who: str) -> set[str]:
        return {one.jenis for one in todo.to_do(session, ACTORS[who], NOW.date())}

    assert "spp_uji" in waits("hana")
    assert "spm" not in waits("dewi")
    verify.verify(session, HANA, yes(session, spp), NOW)
    assert "spp_uji" not in waits("hana")
    assert "spm" in waits("dewi")


def test_each_lack_of_an_spp_is_told(session: Session, tmp_path: Path) -> None:
    _paper, spp = asked(session, tmp_path)
    whole = verify.facts(session, HANA, spp, NOW)
    less = replace(whole.payment, bank="", spd=(), tagihan="")
    lacks = {
        "surat": replace(whole, lacking_annexes=("SPTB",)),
        "jumlah": replace(whole, papers={"NPD": None}),
        "uji": replace(whole, without_dpr=("Toko A",)),
        "tagihan": replace(whole, payment=less),
        "bukti": replace(whole, without_evidence=("Toko A",)),
        "spd": replace(whole, payment=less),
        "rekening": replace(whole, payment=less),
    }
    for kode, facts in lacks.items():
        (found,) = (one for one in examine(facts) if one.kode == kode)
        assert found.hasil == ("menunggu" if kode == "tagihan" else "tidak_sesuai"), kode
    spent = tuple(replace(one, nilai=Rupiah.of(1)) for one in whole.payment.spd[:1])
    short = replace(whole, payment=replace(whole.payment, spd=spent))
    (funds,) = (one for one in examine(short) if one.kode == "spd")
    assert funds.hasil == "tidak_sesuai"
