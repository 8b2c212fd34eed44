"""Matching of bank lines with purchases: tables of plain cases."""

from __future__ import annotations

from datetime import date

from kkpd.domain.matching import BarisBank, Belanja, candidates, match
from kkpd.domain.money import Rupiah

KARTU = "4821"


def baris(id_: str, hari: int, nilai: int, merchant: str) -> BarisBank:
    return BarisBank(
        id_, KARTU, date(2026, 10, hari + 1), date(2026, 10, hari), Rupiah.of(nilai), merchant
    )


def belanja(id_: str, hari: int, nilai: int, merchant: str) -> Belanja:
    return Belanja(id_, "1.02.01", KARTU, date(2026, 10, hari), Rupiah.of(nilai), merchant)


def test_the_bank_spelling_of_a_shop_is_the_shop() -> None:
    hasil = match(
        [baris("b1", 14, 750_000, "SUMBER REJEKI MEDAN ID")],
        [
            belanja("s1", 14, 750_000, "Toko Sumber Rejeki"),
            belanja("s2", 10, 750_000, "Toko Sumber Jaya"),
        ],
    )
    assert [(p.baris, p.belanja, p.jenis) for p in hasil.pasangan] == [(("b1",), ("s1",), "satu")]
    assert hasil.tanpa_pasangan_belanja == ("s2",)


def test_candidates_say_what_differs() -> None:
    calon = candidates(
        baris("b1", 14, 761_250, "SUMBER REJEKI MEDAN ID"),
        [belanja("s1", 12, 750_000, "Toko Sumber Rejeki")],
    )
    assert [c.belanja for c in calon] == ["s1"]
    teks = {a.kunci: a.teks for a in calon[0].alasan}
    assert "surcharge" in teks["nilai"]
    assert "11.250" in teks["nilai"]
    assert "2 hari" in teks["tanggal"]


def test_a_month_whose_lines_are_all_settled_still_has_its_purchases() -> None:
    hasil = match([], [belanja("s1", 14, 750_000, "Toko Sumber Rejeki")])
    assert hasil.pasangan == ()
    assert hasil.tanpa_pasangan_belanja == ("s1",)
