"""The plan of an OPD's year: purchases that happen and bills as the bank prints them. Pure: a
seeded plan that kkpd.demo.flow then plays.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Final

from kkpd.core.money import ZERO, Rupiah
from kkpd.demo import script as special_story
from kkpd.demo.bank import DemoBill, DemoBillLine, bank_text
from kkpd.demo.ground import YEAR, OpdDemo
from kkpd.demo.script import DemoItem

#: The last month that has a bill; it stays open.
LAST_MONTH: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedPurchase:
    """A planned purchase, and how the bank will bill it.

    `special_story` is what is special: "", a story of `kkpd.demo.script`, refund, pecah,
    surcharge, tanpa_nota, kartu_salah, or lupa: billed but never logged.
    """

    nomor: int
    thing: DemoItem
    kartu: int
    tanggal: date
    volume: int
    harga: Rupiah
    nilai: Rupiah
    special_story: str = ""
    nota: str = ""
    asal: int | None = None

    @property
    def bulan(self) -> int:
        """The month it happens in."""
        return self.tanggal.month


def plan_year(opd: OpdDemo, catalogue: list[DemoItem], seed: int) -> list[PlannedPurchase]:
    """All purchases of an OPD's ten months, by date."""
    rng = Random(f"{seed}:{opd.slug}")
    plans: list[PlannedPurchase] = []
    for bulan in range(1, LAST_MONTH + 1):
        plans.extend(_plan_month(opd, catalogue, rng, bulan, len(plans)))
    return plans


#: How many purchases of the guided month were recorded; as many more wait on the bank's lines.
_RECORDED: Final = 8
#: Purchases of common kinds, whose class nobody doubts, have this weight.
_COMMON: Final = 6


def plan_guided_month(
    opd: OpdDemo, catalogue: list[DemoItem], seed: int, month: int, start: int
) -> list[PlannedPurchase]:
    """The purchases of the month that is left to the visitor: half of them recorded, every other
    one of these without receipt and one with a surcharge; of the rest only the bank knows.
    """
    rng = Random(f"{seed}:{opd.slug}:{month}")
    goods = [one for one in catalogue if one.kartu == "barang" and one.weight >= _COMMON]
    days = [day for day in range(2, 21) if date(YEAR, month, day).weekday() < 5]
    plans = []
    for number in range(2 * _RECORDED):
        known = number < _RECORDED
        item = goods[number % len(goods)] if known else goods[number % 2 * 3]
        day = date(YEAR, month, rng.choice(days))
        story = ("tanpa_nota" if number % 2 else "") if known else "lupa"
        plan = _purchase(opd, [item], rng, day, start + number)
        plans.append(replace(plan, special_story="surcharge" if number == 0 else story))
    return plans


def _plan_month(
    opd: OpdDemo, catalogue: list[DemoItem], rng: Random, bulan: int, start: int
) -> list[PlannedPurchase]:
    days = sorted(_workday(rng, bulan) for _ in range(rng.randint(8, 12)))
    plans = [_purchase(opd, catalogue, rng, day, start + index) for index, day in enumerate(days)]
    return _special(opd, rng, plans, bulan)


def _workday(rng: Random, bulan: int) -> date:
    day = date(YEAR, bulan, rng.randint(1, monthrange(YEAR, bulan)[1]))
    return day if day.weekday() < 5 else max(day - timedelta(days=2), date(YEAR, bulan, 1))


def _purchase(
    opd: OpdDemo, catalogue: list[DemoItem], rng: Random, day: date, nomor: int
) -> PlannedPurchase:
    item = rng.choices(catalogue, [one.weight for one in catalogue])[0]
    cards = [i for i, card in enumerate(opd.kartu) if card.jenis == item.kartu]
    volume, price = item.buy(rng)
    return PlannedPurchase(
        nomor=nomor,
        thing=item,
        kartu=rng.choice(cards),
        tanggal=day,
        volume=volume,
        harga=price,
        nilai=price * volume,
        nota=f"N-{rng.randint(10_000, 99_999)}",
    )


def _special(
    opd: OpdDemo, rng: Random, plans: list[PlannedPurchase], bulan: int
) -> list[PlannedPurchase]:
    """Give some purchases a special event, as in real months."""
    stories = ["surcharge", "pecah"] if bulan % 2 else ["refund", "pecah"]
    if bulan in (4, 8, 10):
        stories.append("tanpa_nota")
    if bulan in (3, 7, 10):
        stories.append("kartu_salah")
    if bulan == LAST_MONTH:
        stories += ["surcharge", "refund", "lupa"]
    chosen = rng.sample(range(len(plans)), len(stories))
    travel = next(i for i, card in enumerate(opd.kartu) if card.jenis == "perjalanan")
    for index, story in zip(chosen, stories, strict=True):
        plan = replace(plans[index], special_story=story)
        if story == "kartu_salah" and plan.thing.kartu == "barang":
            plan = replace(plan, kartu=travel)
        plans[index] = plan
    return _told(plans, set(chosen), special_story.SPECIAL.get((opd.slug, bulan)), travel)


def _told(
    plans: list[PlannedPurchase], taken: set[int], story: str | None, travel: int
) -> list[PlannedPurchase]:
    """Give the month's special event to its first goods purchase that has none."""
    if story is None:
        return plans
    goods = (i for i, plan in enumerate(plans) if i not in taken and plan.thing.kartu == "barang")
    index = next(goods, None)
    if index is None:  # with some seeds a month has no such purchase; then the event is left out
        return plans
    plan = replace(plans[index], special_story=story)
    last = date(YEAR, plan.bulan, monthrange(YEAR, plan.bulan)[1])
    if story in special_story.WRONG_CARD:
        plan = replace(plan, kartu=travel)
    if story == "akhir_bulan":
        plan = replace(plan, tanggal=last - timedelta(days=max(0, last.weekday() - 4)))
    if story == "dua_tagihan":
        plan = replace(plan, tanggal=last.replace(day=special_story.MID_MONTH - 3))
    return [*plans[:index], plan, *plans[index + 1 :]]


def day_window(opd: OpdDemo, bulan: int) -> list[tuple[date, date]]:
    """First and last posting day of each bill of the month; usually one bill."""
    first = date(YEAR, bulan, 1)
    last = date(YEAR, bulan, monthrange(YEAR, bulan)[1])
    if (opd.slug, bulan) != special_story.TWO_BILLS:
        return [(first, last)]
    middle = first.replace(day=special_story.MID_MONTH)
    return [(first, middle), (middle + timedelta(days=1), last)]


def posted_lines(
    opd: OpdDemo, plans: list[PlannedPurchase], seed: int, first: date, last: date
) -> list[DemoBillLine]:
    """What the bank posted of these purchases between two days."""
    lines = (
        line
        for plan in plans
        for line in _billed(opd, plan, Random(f"{seed}:{opd.slug}:{plan.nomor}"))
    )
    return [line for line in lines if first <= line.posted_on <= last]


def tagihan(
    opd: OpdDemo, plans: list[PlannedPurchase], seed: int, first: date, last: date, sisa: Rupiah
) -> DemoBill:
    """The bank's bill over what it posted between two days. `sisa` is the last bill's total;
    payments since are added by the caller.
    """
    rng = Random(f"{seed}:{opd.slug}:bank:{first.month}:{first.day}")
    lines = posted_lines(opd, plans, seed, first, last)
    card = opd.kartu[0].finish
    lines.append(
        DemoBillLine(card, last, last, "BEA METERAI", "", _reference(rng), Rupiah.of(10_000))
    )
    if (opd.slug, first.month) in special_story.FEES:
        fee = DemoBillLine(
            card, last, last, special_story.FEE_TEXT, "", _reference(rng), Rupiah.of(15_000)
        )
        lines.append(fee)
    if first.day == 1 and (first.month % 3 == 0 or first.month == LAST_MONTH):
        lines.append(_unknown(opd, rng, first))
    lines.sort(key=lambda line: (line.posted_on, line.transaksi, line.referensi))
    return DemoBill(opd.nama, last, last + timedelta(days=15), sisa, ZERO, tuple(lines))


def _billed(opd: OpdDemo, plan: PlannedPurchase, rng: Random) -> list[DemoBillLine]:
    """How the bank shows one purchase: posted days later, split, surcharged or given back."""
    later = rng.choice((0, 1, 1, 1, 2, 2, 3))
    posted = plan.tanggal + timedelta(days=4 if plan.special_story == "akhir_bulan" else later)
    amount = plan.nilai
    if plan.special_story == "surcharge":
        amount += Rupiah.of(plan.nilai.sen * 3 // 10_000)
    line = DemoBillLine(
        opd.kartu[plan.kartu].finish,
        plan.tanggal,
        posted,
        bank_text(plan.thing.merchant),
        plan.thing.mcc,
        _reference(rng),
        amount,
    )
    if plan.special_story == "dua_tagihan":
        half = Rupiah.of(amount.sen // 200)
        rest = replace(line, posted_on=posted + timedelta(days=7), referensi=_reference(rng))
        return [replace(line, nilai=half), replace(rest, nilai=amount - half)]
    if plan.special_story not in special_story.REFUND_DAYS:
        return [line]
    back = posted + timedelta(days=special_story.REFUND_DAYS[plan.special_story])
    refund = DemoBillLine(
        line.kartu,
        back,
        back,
        f"REFUND {line.keterangan}"[:22].strip(),
        line.mcc,
        _reference(rng),
        -refund_amount(plan),
    )
    return [line, refund]


def refund_amount(plan: PlannedPurchase) -> Rupiah:
    """What comes back of a refunded purchase: all, one unit of many, else half."""
    if plan.special_story == "refund_penuh":
        return plan.nilai
    return plan.harga if plan.volume > 1 else Rupiah.of(plan.nilai.sen // 200)


def _unknown(opd: OpdDemo, rng: Random, first: date) -> DemoBillLine:
    """A charge that nobody recorded; the treasurer must ask the holder."""
    day = first + timedelta(days=rng.randint(3, 20))
    return DemoBillLine(
        opd.kartu[1].finish,
        day,
        day + timedelta(days=1),
        "KANTIN SINAR LESTARI",
        "5812",
        _reference(rng),
        Rupiah.of(rng.randint(60, 240) * 1000),
    )


def _reference(rng: Random) -> str:
    return f"{rng.randint(10**11, 10**12 - 1)}"
