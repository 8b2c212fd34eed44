"""What may not be linked is a finding with its row, never a wrong link."""

from __future__ import annotations

from kkpd.engines.matching import match
from tests.engines.matching.test_matching import KARTU, baris, belanja, links


def test_a_card_nobody_holds_is_a_finding() -> None:
    hasil = match(
        [baris("b1", 14, 750_000, "KFC", kartu="5241009999")], [belanja("s1", 14, 750_000, "Kfc")]
    )
    assert hasil.pairings == ()
    (temuan,) = hasil.temuan
    assert temuan.rule == "kartu_tanpa_pemegang"
    assert "•••• 9999" in temuan.message
    assert "5241009999" not in temuan.message
    assert temuan.row == 1


def test_a_purchase_of_another_opd_is_a_finding() -> None:
    catatan = [
        belanja("s1", 14, 750_000, "Kfc", opd="1.03"),
        belanja("s2", 2, 10_000, "Kfc"),
        belanja("s3", 3, 20_000, "Kfc"),
    ]
    hasil = match([baris("b1", 14, 750_000, "KFC")], catatan)
    assert hasil.pairings == ()
    (temuan,) = hasil.temuan
    assert temuan.rule == "opd_lain"
    assert temuan.row == 1
    recognised = match([baris("b1", 14, 750_000, "KFC")], catatan, pemegang={KARTU: "1.03"})
    assert links(recognised) == [(("b1",), ("s1",), "satu")]
    assert [t.row for t in recognised.temuan] == [2, 3]


def test_a_card_that_two_opds_share_equally_decides_nothing() -> None:
    hasil = match(
        [baris("b1", 14, 750_000, "KFC")],
        [belanja("s1", 14, 750_000, "Kfc", opd="1.03"), belanja("s2", 14, 750_000, "Kfc")],
    )
    assert hasil.pairings == ()
    assert [t.rule for t in hasil.temuan] == ["opd_lain", "opd_lain"]


def test_opd_decides_nothing_where_most_cards_are_shared() -> None:
    catatan = [
        belanja(f"s{k}{n}", 14, 100_000 + 7 * k + n, "Kfc", kartu=f"52{k}", opd=f"1.{n}")
        for k in range(8)
        for n in range(3)
    ]
    bank = [baris("b1", 14, 100_000, "KFC", kartu="520")]
    hasil = match(bank, catatan)
    assert links(hasil) == [(("b1",), ("s00",), "satu")]
    assert [t.rule for t in hasil.temuan] == ["opd_tidak_seragam"]


def test_a_double_id_is_a_finding_and_never_a_wrong_link() -> None:
    same = baris("b1", 14, 750_000, "KFC")
    hasil = match([same, same], [belanja("s1", 14, 750_000, "Kfc")])
    assert links(hasil) == [(("b1",), ("s1",), "satu")]
    assert [t.severity for t in hasil.temuan] == ["perhatian"]
    lain = match(
        [same, baris("b1", 14, 760_000, "KFC")],
        [belanja("s1", 14, 750_000, "Kfc"), belanja("s1", 14, 760_000, "Kfc")],
    )
    assert lain.pairings == ()
    assert [t.rule for t in lain.temuan] == ["id_kembar", "id_kembar"]
    assert "baris 1, 2" in lain.temuan[0].message
