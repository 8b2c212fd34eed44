"""Refunds along the chain: before and after the original's DPT and payment, whole, part, later."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.domain.errors import DomainError
from kkpd.domain.money import Rupiah
from kkpd.models import Ceiling, Dokumen, Transaksi
from kkpd.queries import ceilings as hitung
from kkpd.services import dpt, uji
from tests.cast import ACTORS, DINKES
from tests.databases import Fill
from tests.services import belanja_dunia
from tests.services.belanja_dunia import NOW
from tests.services.jalan import LULUS, OKTOBER, berbukti, diperiksa, penerbit, setuju

DEWI = ACTORS["dewi"]
NOVEMBER = (2026, 11)
LATER = NOW + timedelta(days=30)


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


def pair(session: Session, folder: Path, rupiah: int = -250_000) -> tuple[Transaksi, Transaksi]:
    """October's purchase of 750,000 and its refund that November books, both before the PA."""
    origin = berbukti(session, folder, 1)
    back = berbukti(session, folder, 2, rupiah=rupiah, asal_id=origin.id)
    back.bulan = 11
    session.flush()
    diperiksa(session, folder, origin, back)
    return origin, back


def terbit(session: Session, folder: Path, month: tuple[int, int]) -> Dokumen:
    return dpt.terbitkan_dpt(session, DEWI, DINKES, month, penerbit(folder), LATER)


def up(session: Session) -> tuple[Rupiah, Rupiah]:
    row = session.scalars(select(Ceiling).where(Ceiling.jenis == "up_kkpd")).one()
    assert hitung.recount(session)[1] is None
    return row.reserved, row.posted


def ya(session: Session, *rows: Transaksi) -> None:
    for row in rows:
        uji.putuskan(session, DEWI, setuju(row), NOW)


@pytest.mark.parametrize("rupiah", [-250_000, -750_000])
def test_a_refund_waits_for_the_dpt_of_its_original(
    session: Session, tmp_path: Path, rupiah: int
) -> None:
    """A refund's DPT that came first once freed the original's room: its own DPT then failed."""
    origin, back = pair(session, tmp_path, rupiah)
    ya(session, origin, back)
    with (
        pytest.raises(DomainError, match="Terbitkan DPT Oktober 2026 dahulu"),
        session.begin_nested(),
    ):
        terbit(session, tmp_path, NOVEMBER)
    session.expire_all()
    assert up(session) == (Rupiah.of(750_000), Rupiah.of(0))
    assert terbit(session, tmp_path, OKTOBER).total == Rupiah.of(750_000)
    assert terbit(session, tmp_path, NOVEMBER).total == Rupiah.of(rupiah)
    assert up(session) == (Rupiah.of(0), Rupiah.of(750_000 + rupiah))


def test_the_original_is_decided_first_and_stays(session: Session, tmp_path: Path) -> None:
    origin, back = pair(session, tmp_path)
    with pytest.raises(DomainError, match="baru berstatus diperiksa"):
        ya(session, back)
    ya(session, origin, back)
    with pytest.raises(DomainError, match=r"Pengembaliannya Rp -250\.000 sudah disetujui"):
        uji.urungkan(session, DEWI, origin.id, NOW)
    uji.urungkan(session, DEWI, back.id, NOW)
    uji.urungkan(session, DEWI, origin.id, NOW)
    assert (origin.status, back.status) == ("diperiksa", "diperiksa")


def test_a_refund_of_a_refused_purchase_is_the_holders(session: Session, tmp_path: Path) -> None:
    origin, back = pair(session, tmp_path)
    no = {"jawaban": {**LULUS, 5: "tidak"}, "keputusan": "tolak", "alasan": "belanja pribadi"}
    uji.putuskan(session, DEWI, setuju(origin, **no), NOW)
    with pytest.raises(DomainError, match="bukan milik APBD"):
        ya(session, back)
    uji.putuskan(session, DEWI, setuju(back, **no), NOW)
    assert up(session) == (Rupiah.of(0), Rupiah.of(0))


def test_only_what_was_approved_comes_back(session: Session, tmp_path: Path) -> None:
    """Of 750,000 the PA bears 500,000: of refunds of 250,000 and 400,000 that much is the OPD's."""
    origin, first = pair(session, tmp_path)
    second = berbukti(session, tmp_path, 3, rupiah=-400_000, asal_id=origin.id)
    diperiksa(session, tmp_path, second)
    part = setuju(origin, nilai=Rupiah.of(500_000), alasan="sebagian tidak sesuai")
    uji.putuskan(session, DEWI, part, NOW)
    ya(session, first)
    with pytest.raises(DomainError, match=r"paling banyak Rp -250\.000"):
        ya(session, second)
    some = setuju(second, nilai=Rupiah.of(-250_000), alasan="selebihnya milik pemegang")
    uji.putuskan(session, DEWI, some, NOW)
    assert terbit(session, tmp_path, OKTOBER).total == Rupiah.of(250_000)
    assert terbit(session, tmp_path, NOVEMBER).total == Rupiah.of(-250_000)
    assert up(session) == (Rupiah.of(0), Rupiah.of(0))
    told = dpt.terbitkan_penolakan(session, DEWI, DINKES, OKTOBER, penerbit(tmp_path), NOW)
    assert [row.total for row in told] == [Rupiah.of(100_000)]
