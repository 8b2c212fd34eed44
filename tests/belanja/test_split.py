"""A mixed receipt split into lines."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from kkpd.belanja.evidence import AttachEvidence, attach, not_withdrawn
from kkpd.belanja.split import SplitPiece, SplitPurchase, share_out, split
from kkpd.belanja.verbs import record
from kkpd.core.errors import Conflict, DomainError
from kkpd.core.money import Rupiah, total
from kkpd.records.custody import Store
from tests.cast import ACTORS
from tests.databases import Fill
from tests.worlds import office as worlds
from tests.worlds.office import LAPTOP, NOW

CITRA = ACTORS["citra"]


@pytest.fixture(scope="module")
def database_fill() -> Fill:
    """Every database here begins with the small world."""
    return worlds.fill


def parts(*amounts: int) -> tuple[SplitPiece, ...]:
    """Parts of these whole rupiah, the last one a laptop."""
    made = [SplitPiece(uraian=f"Kertas {n}", nilai=Rupiah.of(a)) for n, a in enumerate(amounts)]
    made[-1] = replace(made[-1], uraian="Laptop 14 inci", rekening=LAPTOP)
    return tuple(made)


def test_parts_share_nota_evidence_and_tax(session: Session, tmp_path: object) -> None:
    row = record(
        session,
        CITRA,
        worlds.belanja(
            rupiah=5_550_000, dpp=Rupiah.of(5_000_000), ppn=Rupiah.of(550_000), nota="INV-7"
        ),
        NOW,
    )
    store = Store(tmp_path)  # type: ignore[arg-type]  # pytest's folder
    sent = AttachEvidence(row.id, "nota.jpg", worlds.foto())
    attach(session, CITRA, store, sent, max_bytes=10**7, now=NOW)
    lines = split(session, CITRA, SplitPurchase(row.id, 2, parts(700_000, 4_850_000)), NOW)
    assert lines[0] is row
    assert [line.nota for line in lines] == ["INV-7", "INV-7"]
    assert [line.kelas for line in lines] == ["operasi", "modal"]
    assert [line.status for line in lines] == ["berbukti", "berbukti"]
    assert total(line.nilai for line in lines) == Rupiah.of(5_550_000)
    assert total(line.ppn for line in lines) == Rupiah.of(550_000)
    assert [worlds.aturan(session, line.id) for line in lines] == [set(), set()]
    assert len(not_withdrawn(session, lines[1].id)) == 1


def test_a_receipt_without_number_gets_one(session: Session) -> None:
    row = record(session, CITRA, worlds.belanja(), NOW)
    lines = split(session, CITRA, SplitPurchase(row.id, 1, parts(250_000, 500_000)), NOW)
    assert {line.nota for line in lines} == {f"campuran-{row.id}"}
    assert lines[1].status == "tercatat"


@pytest.mark.parametrize(
    ("amounts", "words"),
    [
        ((750_000,), "2 sampai 50"),
        ((1,) * 51, "2 sampai 50"),
        ((250_000, 400_000), "selisih Rp 100.000"),
        ((800_000, -50_000), "bertanda sama"),
        ((750_000, 0), "bernilai"),
    ],
)
def test_parts_that_are_none(session: Session, amounts: tuple[int, ...], words: str) -> None:
    row = record(session, CITRA, worlds.belanja(), NOW)
    with pytest.raises(DomainError, match=words):
        split(session, CITRA, SplitPurchase(row.id, 1, parts(*amounts)), NOW)


def test_a_matched_line_is_not_split(session: Session) -> None:
    row = record(session, CITRA, worlds.belanja(), NOW)
    worlds.pasangkan(session, row)
    with pytest.raises(Conflict, match="Urungkan"):
        split(session, CITRA, SplitPurchase(row.id, 1, parts(250_000, 500_000)), NOW)


@given(st.integers(0, 10**12), st.lists(st.integers(1, 10**12), min_size=1, max_size=30))
def test_shares_add_up_and_follow_the_weights(amount: int, weights: list[int]) -> None:
    shares = share_out(Rupiah(amount), [Rupiah(weight) for weight in weights])
    assert sum(share.sen for share in shares) == amount
    whole = sum(weights)
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share.sen - amount * weight / whole) <= 1.001 + amount / 10**9


def test_parts_stay_in_the_currency_of_the_whole(session: Session) -> None:
    """Splitting once settled the finding about a foreign currency."""
    row = record(session, CITRA, worlds.belanja(mata_uang="USD"), NOW)
    command = SplitPurchase(row.id, row.versi, parts(250_000, 500_000))
    made = split(session, CITRA, command, NOW)
    assert ["mata_uang_asing" in worlds.aturan(session, one.id) for one in made] == [True, True]
