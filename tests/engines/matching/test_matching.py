"""Matching of bank lines with purchases: tables of plain cases."""

from __future__ import annotations

from datetime import date

import pytest

from kkpd.core.money import Rupiah
from kkpd.engines.matching import BankLine, Belanja, MatchResult, candidates, match

KARTU = "5241004821"
OPD = "1.02.01"


def baris(
    id_: str, day: int, nilai: int, merchant: str, *, kartu: str = KARTU, post: int | None = None
) -> BankLine:
    return BankLine(
        id_,
        kartu,
        date(2026, 10, day + 1 if post is None else post),
        date(2026, 10, day),
        Rupiah.of(nilai),
        merchant,
    )


def belanja(
    id_: str, day: int, nilai: int, merchant: str, *, kartu: str = KARTU, opd: str = OPD
) -> Belanja:
    return Belanja(id_, opd, kartu, date(2026, 10, day), Rupiah.of(nilai), merchant)


def links(hasil: MatchResult) -> list[tuple[tuple[str, ...], tuple[str, ...], str]]:
    return [(p.baris, p.belanja, p.jenis) for p in hasil.pairings]


def test_the_bank_spelling_of_a_shop_is_the_shop() -> None:
    hasil = match(
        [baris("b1", 14, 750_000, "SUMBER REJEKI MEDAN ID")],
        [
            belanja("s1", 14, 750_000, "Toko Sumber Rejeki"),
            belanja("s2", 10, 750_000, "Toko Sumber Jaya"),
        ],
    )
    assert links(hasil) == [(("b1",), ("s1",), "satu")]
    assert hasil.unpaired_purchases == ("s2",)
    assert hasil.unpaired_lines == ()
    one_item = hasil.pairings[0]
    assert one_item.status == "pasti"
    assert sum(a.weight for a in one_item.alasan) == pytest.approx(one_item.scores, abs=1e-3)
    assert {a.kunci: a.same for a in one_item.alasan}["nilai"] is True


@pytest.mark.parametrize(
    "bank",
    [
        "TOKOPEDIA*TOKO SUMBER R",
        "SP *SUMBER REJEKI MEDAN",
        "QRIS SUMBER REJEKI MDN",
        "TK SMBR RJK LUBUK PAKAM",
        "SUMBR REJEKI JAKARTA",
    ],
)
def test_a_bank_may_write_a_name_in_many_ways(bank: str) -> None:
    hasil = match(
        [baris("b1", 14, 100_000, bank)],
        [
            belanja("s1", 14, 100_000, "Toko Sumber Rejeki"),
            belanja("s2", 14, 100_000, "Apotek Kimia Farma"),
        ],
    )
    assert links(hasil) == [(("b1",), ("s1",), "satu")]


def test_what_was_bought_typed_for_a_name_is_no_evidence_against() -> None:
    """Another shop's name is; the right name among such words still counts for it."""
    bank = [baris("b1", 14, 250_000, "OPTIK SAMOSIR MEDAN")]
    what, nobody, other = (
        match(bank, [belanja("s1", 14, 250_000, name)]).pairings[0].scores
        for name in ("Belanja farmasi", "", "Apotek Kimia Farma")
    )
    assert what == nobody > other
    both = [
        belanja("s1", 14, 250_000, "Belanja farmasi"),
        belanja("s2", 14, 250_000, "Pembelian kacamata Optik Samosir"),
    ]
    assert links(match(bank, both)) == [(("b1",), ("s2",), "satu")]


def test_greedy_would_take_the_wrong_pair() -> None:
    """b2 fits s1 best, but then b1 finds nothing: the whole decides."""
    hasil = match(
        [baris("b1", 10, 500_000, "KFC MEDAN"), baris("b2", 11, 500_000, "KFC MEDAN")],
        [belanja("s1", 11, 500_000, "KFC"), belanja("s2", 13, 500_000, "KFC")],
    )
    assert len(hasil.pairings) == 2
    assert hasil.unpaired_lines == ()


def test_repeated_equal_amounts_at_one_merchant_pair_in_date_order() -> None:
    day = [3, 4, 5, 10, 11]
    hasil = match(
        [baris(f"b{h:02d}", h, 50_000, "INDOMARET MEDAN", post=h + 2) for h in reversed(day)],
        [belanja(f"s{h:02d}", h, 50_000, "Indomaret") for h in day],
    )
    assert links(hasil) == [((f"b{h:02d}",), (f"s{h:02d}",), "satu") for h in day]


def test_two_that_nothing_tells_apart_pair_in_the_order_of_their_ids() -> None:
    hasil = match(
        [baris("b2", 3, 50_000, "KFC"), baris("b1", 3, 50_000, "KFC")],
        [belanja("s2", 3, 50_000, "Kfc"), belanja("s1", 3, 50_000, "Kfc")],
    )
    assert links(hasil) == [(("b1",), ("s1",), "satu"), (("b2",), ("s2",), "satu")]


@pytest.mark.parametrize(
    ("bank", "catatan", "kata"),
    [
        (761_250, 750_000, "surcharge 1,5%"),
        (752_500, 750_000, "biaya layanan"),
        (1_237_450, 1_237_000, "pembulatan"),
        (1_237_450, 1_273_450, "dua angka tertukar"),
        (1_237_450, 1_237_750, "satu angka salah"),
        (1_237_450, 12_374_500, "satu nol"),
        (1_237_450, 123_450, "satu angka hilang"),
    ],
)
def test_an_amount_may_differ_in_an_explained_way(bank: int, catatan: int, kata: str) -> None:
    hasil = match(
        [baris("b1", 14, bank, "HOTEL GRAND KANAYA")],
        [belanja("s1", 14, catatan, "Hotel Grand Kanaya")],
    )
    assert links(hasil) == [(("b1",), ("s1",), "satu")]
    nilai = {a.kunci: a for a in hasil.pairings[0].alasan}["nilai"]
    assert kata in nilai.teks
    assert not nilai.same


def test_an_amount_that_nothing_explains_is_no_link() -> None:
    hasil = match([baris("b1", 14, 761_250, "KFC MEDAN")], [belanja("s1", 14, 512_000, "Kfc")])
    assert hasil.pairings == ()
    assert hasil.unpaired_lines == ("b1",)


@pytest.mark.parametrize(
    ("tertulis", "kata"),
    [
        (date(2026, 10, 7), "sama dengan tanggal posting"),
        (date(2026, 4, 10), "hari dan bulan tertukar"),
        (date(2026, 9, 4), "salah bulan"),
        (date(2025, 10, 4), "salah tahun"),
        (date(2026, 10, 24), "salah angka hari"),
        (date(2026, 10, 5), "+1 hari"),
    ],
)
def test_a_date_may_differ_in_an_explained_way(tertulis: date, kata: str) -> None:
    hasil = match(
        [baris("b1", 4, 1_237_450, "HOTEL GRAND KANAYA", post=7)],
        [Belanja("s1", OPD, KARTU, tertulis, Rupiah.of(1_237_450), "Hotel Grand Kanaya")],
    )
    assert links(hasil) == [(("b1",), ("s1",), "satu")]
    assert kata in {a.kunci: a.teks for a in hasil.pairings[0].alasan}["tanggal"]


def test_a_line_may_lack_either_date() -> None:
    tanpa_transaksi = BankLine(
        "b1", KARTU, date(2026, 10, 6), None, Rupiah.of(1_237_450), "HOTEL GRAND KANAYA"
    )
    tanpa_tanggal = BankLine("b2", KARTU, None, None, Rupiah.of(987_650), "PERCETAKAN MAJU JAYA")
    hasil = match(
        [tanpa_transaksi, tanpa_tanggal],
        [
            belanja("s1", 4, 1_237_450, "Hotel Grand Kanaya"),
            belanja("s2", 9, 987_650, "Percetakan Maju Jaya"),
        ],
    )
    assert links(hasil) == [(("b1",), ("s1",), "satu"), (("b2",), ("s2",), "satu")]
    teks = {a.kunci: a.teks for p in hasil.pairings for a in p.alasan if p.baris == ("b2",)}
    assert teks["tanggal"] == "baris bank tanpa tanggal"


def test_another_card_is_another_purchase() -> None:
    hasil = match(
        [baris("b1", 14, 750_000, "KFC"), baris("b2", 14, 20_000, "KFC", kartu="9999")],
        [belanja("s1", 14, 750_000, "Kfc", kartu="9999"), belanja("s2", 1, 9_000, "Kfc")],
    )
    assert hasil.pairings == ()


def test_nothing_matches_nothing() -> None:
    assert match([], []) == MatchResult((), (), (), ())
    hasil = match([baris("b1", 1, 10_000, "KFC")], [])
    assert hasil.unpaired_lines == ("b1",)
    assert [t.rule for t in hasil.temuan] == ["kartu_tanpa_pemegang"]
    assert match([], [belanja("s1", 1, 10_000, "Kfc")]).unpaired_purchases == ("s1",)


def test_candidates_say_what_differs() -> None:
    shortlist = candidates(
        baris("b1", 14, 761_250, "SUMBER REJEKI MEDAN ID"),
        [
            belanja("s1", 12, 750_000, "Toko Sumber Rejeki"),
            belanja("s2", 14, 761_250, "Apotek Kimia Farma"),
            belanja("s3", 14, 9_000, "Toko Sumber Rejeki"),
            belanja("s4", 14, 761_250, "Toko Sumber Rejeki", kartu="9999"),
        ],
    )
    assert {c.belanja for c in shortlist} == {"s1", "s2"}
    teks = {a.kunci: a.teks for c in shortlist for a in c.alasan if c.belanja == "s1"}
    assert "surcharge" in teks["nilai"]
    assert "Rp 11.250 lebih" in teks["nilai"]
    assert teks["tanggal"] == "-2 hari"
    assert sum(c.peluang for c in shortlist) <= 1


def test_candidates_of_a_refund_are_originals_too() -> None:
    shortlist = candidates(
        baris("b1", 14, -800_000, "HOTEL GRAND KANAYA"),
        [
            belanja("s1", 4, 800_000, "Hotel Grand Kanaya"),
            belanja("s2", 14, -800_000, "Hotel Grand Kanaya"),
            belanja("s3", 5, 790_000, "Kfc"),
        ],
    )
    assert [c.belanja for c in shortlist] == ["s2", "s1"]
    assert candidates(baris("b1", 14, 800_000, "KFC"), []) == ()
