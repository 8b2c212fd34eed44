"""Taking a step back before the next: numbers, lines, ceilings, refusals, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.approval import decide as approval_decide
from kkpd.approval import dpt
from kkpd.core.errors import Conflict, DomainError, Forbidden, NotFound
from kkpd.core.moments import parse_span
from kkpd.core.money import ZERO, Rupiah
from kkpd.models import Ceiling, Dokumen, Pembatalan, Pencairan, Periode, Transaksi
from kkpd.pagu.ceilings import movements as ceilings_movements
from kkpd.pagu.ceilings import recount as tally
from kkpd.payment import pay as payment_pay
from kkpd.payment import reads as jalan_dpt
from kkpd.payment import take_back
from kkpd.records import documents as look
from kkpd.records.issue import Issuer
from kkpd.reports import signatures as signed
from kkpd.reports.named.registry import ReportRequest, compose
from tests.cast import ACTORS, DINKES, ORANG
from tests.databases import Fill
from tests.worlds import office as belanja_dunia
from tests.worlds.chain_steps import OKTOBER, berbukti, diperiksa, issue_step, penerbit, setuju
from tests.worlds.office import NOW

CITRA, DEWI, BUDI, LUKMAN = (ACTORS[name] for name in ("citra", "dewi", "budi", "lukman"))
DAYS = NOW.date()
WHY = "keliru tanggal"
MAJU: tuple[tuple[str, str, str], ...] = (
    ("npd", "dewi", "npd"),
    ("spp", "citra", "spp"),
    ("spm", "dewi", "spm"),
    ("sp2d", "lukman", "sp2d"),
    ("bayar", "citra", "lunas"),
)


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


@pytest.fixture
def issued(session: Session, tmp_path: Path) -> Dokumen:
    """A DPT over 750,000 of which 500,000 is approved, and a refund of 200,000 of it."""
    row = berbukti(session, tmp_path, 1)
    back = berbukti(session, tmp_path, 2, rupiah=-200_000, asal_id=row.id)
    diperiksa(session, tmp_path, row, back)
    part = setuju(row, nilai=Rupiah.of(500_000), alasan="sebagian tidak sesuai")
    for decision in (part, setuju(back)):
        approval_decide.decide(session, DEWI, decision, NOW)
    return dpt.issue_dpt(session, DEWI, DINKES, OKTOBER, penerbit(tmp_path), NOW)


def maju(session: Session, office: Issuer, dpt_id: int, jenis: str, nomor: str = "1") -> int:
    """Take one step; the key of what it left."""
    who = ACTORS[{step: name for step, name, _ in MAJU}[jenis]]
    if jenis in ("sp2d", "bayar"):
        command = payment_pay.RecordStep(dpt_id, jenis, f"{jenis}/{nomor}", DAYS)
        return payment_pay.record(session, who, command, NOW).id
    return issue_step(session, who, dpt_id, jenis, office, NOW).id


def mundur(session: Session, jenis: str, key: int) -> Pembatalan:
    who = ACTORS[{step: name for step, name, _ in MAJU}[jenis]]
    verb: Callable[..., Pembatalan] = take_back.dokumen
    if jenis in ("sp2d", "bayar"):
        verb = take_back.pencairan
    return verb(session, who, key, WHY, NOW)


def states(session: Session) -> set[str]:
    return set(session.scalars(select(Transaksi.status)))


def held(session: Session) -> dict[str, tuple[Rupiah, Rupiah]]:
    """(reserved, posted) of the ceilings that hold anything; the recount agrees."""
    session.flush()
    assert tally.recount(session)[1] is None
    rows = session.scalars(select(Ceiling).order_by(Ceiling.jenis))
    return {row.jenis: (row.reserved, row.posted) for row in rows if row.reserved or row.posted}


#: Of 500,000 approved 200,000 came back: the DPT charges the rest, and until its debit the refund
#: frees what it is of UP KKPD and card.
UNSETTLED = (Rupiah.of(-200_000), Rupiah.of(500_000))
POSTED = {"dpa": (ZERO, Rupiah.of(300_000)), "kartu": UNSETTLED, "up_kkpd": UNSETTLED}


def reserved(dpa: int, rest: int) -> dict[str, tuple[Rupiah, Rupiah]]:
    """So much reserved on the budget line, and on UP KKPD and card."""
    found = {"dpa": dpa, "kartu": rest, "up_kkpd": rest}
    return {jenis: (Rupiah.of(amount), ZERO) for jenis, amount in found.items()}


def charged(session: Session) -> ceilings_movements.Key:
    """The budget line's ceiling."""
    used = (Ceiling.jenis == "dpa", Ceiling.posted > ZERO)
    row = session.scalars(select(Ceiling).where(*used)).one()
    return ceilings_movements.Key(row.opd_id, row.tahun, row.jenis, row.kunci)


def test_each_step_goes_back_and_forth(session: Session, tmp_path: Path, issued: Dokumen) -> None:
    """Every paper twice: the first keeps its number, the second has the next one."""
    office, before = penerbit(tmp_path), "dpt"
    for jenis, _, after in MAJU:
        first = maju(session, office, issued.id, jenis)
        assert states(session) == {after}
        mundur(session, jenis, first)
        assert states(session) == {before}
        assert held(session) == POSTED
        (row,) = jalan_dpt.listing(session, CITRA, DINKES, 2026)
        assert (row.next_up, jenis in row.kertas) == (jenis, False)
        with pytest.raises(Conflict, match=r"sudah dibatalkan|hanya dari"):
            mundur(session, jenis, first)
        maju(session, office, issued.id, jenis)  # an outside paper may keep its number
        before = after
    assert held(session) == {"dpa": (ZERO, Rupiah.of(300_000))}
    numbers = session.execute(
        select(Dokumen.jenis, Dokumen.urut).where(Dokumen.jenis.in_(("npd", "spp", "spm")))
    )
    assert sorted(map(tuple, numbers)) == [
        (jenis, urut) for jenis in ("npd", "spm", "spp") for urut in (1, 2)
    ]


def test_only_before_the_next_step(session: Session, tmp_path: Path, issued: Dokumen) -> None:
    office = penerbit(tmp_path)
    spp = 0
    for jenis in ("npd", "spp", "spm"):
        key = maju(session, office, issued.id, jenis)
        spp = key if jenis == "spp" else spp
    with pytest.raises(Conflict, match="membatalkan SPP-GU hanya dari spp"):
        mundur(session, "spp", spp)
    with pytest.raises(Conflict, match="membatalkan DPT hanya dari dpt"):
        take_back.dokumen(session, DEWI, issued.id, WHY, NOW)


def test_by_whom_and_why(session: Session, tmp_path: Path, issued: Dokumen) -> None:
    npd = maju(session, penerbit(tmp_path), issued.id, "npd")
    for who, key, why, wrong, sentence in (
        (CITRA, npd, WHY, Forbidden, "tidak mencakup tindakan ini"),
        (DEWI, npd, "x", DomainError, "5 sampai 600 huruf"),
        (ACTORS["eko"], npd, WHY, NotFound, "tidak ditemukan"),
        (DEWI, 9999, WHY, NotFound, "tidak ditemukan"),
    ):
        with pytest.raises(wrong, match=sentence):
            take_back.dokumen(session, who, key, why, NOW)
    with pytest.raises(NotFound):
        take_back.pencairan(session, LUKMAN, 9999, WHY, NOW)
    told = berbukti(session, tmp_path, 3)
    other = Dokumen(
        opd_id=DINKES, tahun=2026, bulan=10, periode="2026-10", jenis="rekap", urut=1, nomor="R/1",
        tanggal=DAYS, judul="R", total=ZERO, data=b"{}", data_sha256="0" * 64, at=NOW,
        oleh_id=ORANG["citra"],
    )  # fmt: skip
    session.add(other)
    session.flush()
    assert told.status == "berbukti"
    with pytest.raises(Conflict, match="tidak dapat dibatalkan"):
        take_back.dokumen(session, DEWI, other.id, WHY, NOW)


def test_a_dpt_taken_back_reserves_again_and_can_be_decided_anew(
    session: Session, tmp_path: Path, issued: Dokumen
) -> None:
    """Number 1 is void, the refund charges again, the whole is approved now: number 2."""
    take_back.dokumen(session, DEWI, issued.id, WHY, NOW)
    assert states(session) == {"disetujui"}
    assert held(session) == reserved(500_000, 300_000)
    row, back = session.scalars(select(Transaksi).order_by(Transaksi.id))
    approval_decide.undo(session, DEWI, back.id, NOW)
    approval_decide.undo(session, DEWI, row.id, NOW)
    for one in (row, back):
        approval_decide.decide(session, DEWI, setuju(one), NOW)
    assert held(session) == reserved(750_000, 550_000)
    again = dpt.issue_dpt(session, DEWI, DINKES, OKTOBER, penerbit(tmp_path), NOW)
    asked = ReportRequest(nama="register_dpt", opd="dinkes", span=parse_span("2026-10"))
    told = compose(session, CITRA, asked, DAYS).to_json().decode()
    assert all(word in told for word in (issued.nomor, again.nomor, "dibatalkan"))
    assert (again.urut, again.total) == (2, Rupiah.of(550_000))
    with pytest.raises(Conflict, match="sudah dibatalkan"):
        issue_step(session, DEWI, issued.id, "npd", penerbit(tmp_path), NOW)
    assert look.one_item(session, DEWI, issued.id).is_cancelled
    assert look.check(session, issued.data_sha256).status == "dibatalkan"
    with pytest.raises(Conflict, match="tidak ditandatangani lagi"):
        signed.allowed(DEWI, signed.state_of(session, DEWI, issued.id))


def test_a_dpr_goes_back_to_the_pptk(session: Session, tmp_path: Path) -> None:
    row = berbukti(session, tmp_path, 1)
    (paper,) = diperiksa(session, tmp_path, row)
    take_back.dokumen(session, BUDI, paper.id, WHY, NOW)
    assert row.status == "diajukan"


def test_a_refund_on_another_dpt_holds_its_original(
    session: Session, tmp_path: Path, issued: Dokumen
) -> None:
    """The later DPT goes back first, and not when its room is used by others."""
    row = session.scalars(select(Transaksi).order_by(Transaksi.id)).first()
    assert row is not None
    more = berbukti(session, tmp_path, 3, rupiah=-100_000, asal_id=row.id)
    other = berbukti(session, tmp_path, 4, rupiah=150_000)
    diperiksa(session, tmp_path, more, other)
    for one in (more, other):
        approval_decide.decide(session, DEWI, setuju(one), NOW)
    later = dpt.issue_dpt(session, DEWI, DINKES, OKTOBER, penerbit(tmp_path), NOW)
    with pytest.raises(Conflict, match="dimuat dalam DPT lain"), session.begin_nested():
        take_back.dokumen(session, DEWI, issued.id, WHY, NOW)
    session.expire_all()
    key = charged(session)
    ceilings_movements.set_limit(session, key, Rupiah.of(350_000))
    with pytest.raises(Conflict, match="dipakai belanja lain"), session.begin_nested():
        take_back.dokumen(session, DEWI, later.id, WHY, NOW)
    session.expire_all()
    ceilings_movements.set_limit(session, key, Rupiah.of(900_000))
    take_back.dokumen(session, DEWI, later.id, WHY, NOW)
    assert held(session)["dpa"] == (Rupiah.of(150_000), Rupiah.of(300_000))


def test_a_closed_month_does_not_move(session: Session, tmp_path: Path, issued: Dokumen) -> None:
    npd = maju(session, penerbit(tmp_path), issued.id, "npd")
    month = session.get_one(Periode, (DINKES, 2026, 10))
    month.status, month.sejak = "ditutup", NOW + timedelta(days=1)
    session.flush()
    with pytest.raises(Conflict, match="periode 2026-10 yang sudah ditutup"):
        mundur(session, "npd", npd)
    assert session.scalars(select(Pencairan)).all() == []
