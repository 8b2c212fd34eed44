"""Each rule of the watch with what it finds and an honest line beside it that it leaves alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kkpd.core.money import Rupiah
from kkpd.engines.watch import rules, words
from kkpd.engines.watch.judge import judge
from kkpd.engines.watch.points import Habit, WatchWorld, shop_key
from kkpd.engines.watch.rules import Ruling
from kkpd.engines.watch.shapes import Hit, WatchedLine

VALUES = {
    "pecah": "50.000.000",
    "cepat": "4",
    "kebiasaan": "35",
    "toko": "10.000.000",
    "batas": "5%",
    "waktu": "22-5",
}
RULINGS = {name: Ruling(VALUES.get(name, "ya"), "UU") for name in rules.table()}
LINE = WatchedLine(
    id=1,
    ref="R1",
    opd_id=1,
    opd="dinkes",
    card_id=7,
    card_last4="4821",
    card_kind="barang",
    card_active=True,
    holder_id=3,
    day=date(2026, 10, 7),
    time=time(10, 0),
    amount=Rupiah.of(350_000),
    kind="belanja",
    merchant="RM SEDERHANA",
    description="",
    mcc="",
)
#: What the books know from before: a card that pays about Rp 300,000 in Medan.
WORLD = WatchWorld(
    lines=(),
    rulings=RULINGS,
    habits={"7": Habit.of([Rupiah.of(250_000 + 10_000 * at) for at in range(12)])},
    shops={shop_key(LINE.merchant)},
    cities={"medan"},
    count=12,
    limits=[Rupiah.of(50_000_000)],
    holidays={date(2026, 12, 25): "Natal"},
)


def _judged(*lines: WatchedLine, world: WatchWorld = WORLD) -> list[Hit]:
    return judge(replace(world, lines=lines))


def _rules(*lines: WatchedLine) -> set[str]:
    return {hit.rule for hit in _judged(*lines)}


@pytest.mark.parametrize(
    ("merchant", "rule"),
    [
        ("SLOT GACOR 88", "judi"),
        ("S1OT-M4XWIN", "judi"),
        ("PAYPRO*JUDI", "judi"),
        ("B E T 8 8", "judi"),
        ("XNDT*H0KI777", "judi"),
        ("TOGEL HK", "judi"),
        ("DANA TOPUP 081234", "dompet"),
        ("OVO*TOPUP", "dompet"),
        ("TARIK TUNAI ATM", "tunai"),
        ("GESTUN CEPAT", "tunai"),
        ("STEAMGAMES.COM", "permainan"),
        ("GOOGLE *GARENA", "permainan"),
        ("TOKOPEDIA GAME VOUCHER", "permainan"),
    ],
)
def test_words_in_disguise(merchant: str, rule: str) -> None:
    assert _rules(LINE._replace(merchant=merchant)) == {rule}


@pytest.mark.parametrize(
    "merchant",
    [
        *("TOKO DANA JAYA", "RM BETAWI", "ALPHABET PRESCHOOL", "TOTO CLOSET", "HOTEL DOMINO"),
        *("RAK SLOTTED ANGLE", "BANK DANAMON", "OVON CATERING", "LOMBA DOMINO", "TOKO KOPI 88"),
        *("CASH SALE", "STEAM IRON LAUNDRY", "DANA*INDOMARET", "MIDTRANS*TRAVELOKA", "ZEUS"),
    ],
)
def test_honest_names_are_left_alone(merchant: str) -> None:
    assert _rules(LINE._replace(merchant=merchant)) == set()


def test_half_a_word_counts_beside_a_whole_one_on_the_same_card() -> None:
    half, whole = LINE._replace(merchant="ZEUS"), LINE._replace(id=2, merchant="SBOBET")
    assert [hit.lines for hit in _judged(half, whole)] == [(1,), (2,)]
    other = whole._replace(card_id=8)
    assert [hit.lines for hit in _judged(half, other)] == [(2,)]


def test_categories() -> None:
    assert _rules(LINE._replace(mcc="7995")) == {"mcc"}
    assert _rules(LINE._replace(mcc="5812")) == set()
    assert _rules(LINE._replace(mcc="4511")) == set()


def test_a_card_that_may_not_pay() -> None:
    assert _rules(LINE._replace(card_active=False)) == {"kartu"}
    assert _rules(LINE._replace(card_id=None)) == {"kartu"}
    assert _rules(LINE._replace(card_active=None)) == set()


def test_quick_succession() -> None:
    run = [
        LINE._replace(id=at, time=time(10, at), merchant=f"TOKO {at}", amount=Rupiah.of(200_000))
        for at in range(1, 6)
    ]
    assert _rules(*run) == {"cepat"}
    slow = [line._replace(time=time(8 + line.id, 0)) for line in run]
    assert _rules(*slow) == set()


def _pieces(step: int) -> Sequence[WatchedLine]:
    return [
        LINE._replace(
            id=at,
            day=LINE.day + timedelta(days=at * step),
            merchant="TOKO MEBEL JATI",
            amount=Rupiah.of(20_000_000),
            has_purchase=True,
            card_id=at,
        )
        for at in range(1, 4)
    ]


def test_one_payment_in_pieces() -> None:
    (hit,) = _judged(*_pieces(1))
    assert (hit.rule, hit.lines, hit.amount) == ("pecah", (1, 2, 3), Rupiah.of(60_000_000))
    assert hit.cause.startswith("toko:")
    assert _judged(*_pieces(10)) == []


def test_what_is_far_from_the_usual() -> None:
    large = LINE._replace(merchant="PT BARU SEKALI", amount=Rupiah.of(15_000_000))
    assert _rules(large) == {"kebiasaan"}
    assert _rules(large._replace(has_purchase=True, card_id=8)) == set()


def test_weak_signs_alone_open_nothing() -> None:
    night = LINE._replace(time=time(23, 0), day=date(2026, 10, 11))
    assert _rules(night) == set()
    assert _rules(LINE._replace(day=date(2026, 12, 25))) == set()
    assert _rules(LINE._replace(recorder_id=3, has_purchase=True)) == set()
    assert _rules(LINE._replace(merchant="TOKO SURABAYA BARU SURABAYA")) == set()
    below = LINE._replace(card_id=8, amount=Rupiah.of(49_000_000), has_purchase=True)
    assert _rules(below._replace(merchant="RM SEDERHANA")) == set()
    assert _rules(below._replace(merchant="CV BARU")) == {"batas"}


def test_a_line_has_one_cause_and_all_its_reasons() -> None:
    night = LINE._replace(merchant="SLOT GACOR 88", mcc="7995", time=time(2, 10))
    (hit,) = _judged(night)
    assert hit.cause == "kartu:7/judi"
    assert {*hit.evidence} == {"Kata judi", "Kategori merchant", "Waktu", "Belanja"}
    assert (hit.severity, hit.basis) == ("salah", "UU")
    assert "SLOT GACOR 88" in hit.message
    assert hit.clears


def test_a_rule_without_setting_is_not_checked() -> None:
    off = {name: ruling for name, ruling in RULINGS.items() if name != "judi"}
    line = LINE._replace(merchant="SBOBET")
    assert _judged(line, world=replace(WORLD, rulings=off)) == []


def test_money_that_came_back_is_no_payment() -> None:
    assert _rules(LINE._replace(merchant="SBOBET", kind="refund", amount=Rupiah.of(-5_000))) == (
        set()
    )


@given(st.text(max_size=60), st.text(alphabet="0123456789 ", max_size=4))
def test_any_text_is_read(text: str, mcc: str) -> None:
    words.said(text)
    judge(replace(WORLD, lines=[LINE._replace(merchant=text, description=text, mcc=mcc)]))
