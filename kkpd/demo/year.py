"""What happens in an OPD's year, seen from the outside: purchases as facts and bills as the bank
prints them. Pure: a seeded script that the acts of kkpd.demo.flow then live through.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Final

from kkpd.core.money import NOL, Rupiah
from kkpd.demo import stories as cerita
from kkpd.demo.bank import BarisTagihan, Tagihan, teks_bank
from kkpd.demo.ground import TAHUN, OpdDemo
from kkpd.demo.script import Barang

#: The last month that has a bill; it stays open.
BULAN_TERAKHIR: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Rencana:
    """A purchase that will happen, and how the bank will bill it.

    `cerita` is what is special: "", a story of `kkpd.demo.stories`, refund, pecah, surcharge,
    tanpa_nota, kartu_salah, or lupa: billed but never logged.
    """

    nomor: int
    barang: Barang
    kartu: int
    tanggal: date
    volume: int
    harga: Rupiah
    nilai: Rupiah
    cerita: str = ""
    nota: str = ""
    asal: int | None = None

    @property
    def bulan(self) -> int:
        """The month it happens in."""
        return self.tanggal.month


def belanja_setahun(opd: OpdDemo, catalogue: list[Barang], seed: int) -> list[Rencana]:
    """All purchases of an OPD's ten months, by date."""
    rng = Random(f"{seed}:{opd.slug}")
    plans: list[Rencana] = []
    for bulan in range(1, BULAN_TERAKHIR + 1):
        plans.extend(_bulan(opd, catalogue, rng, bulan, len(plans)))
    return plans


def _bulan(
    opd: OpdDemo, catalogue: list[Barang], rng: Random, bulan: int, start: int
) -> list[Rencana]:
    days = sorted(_workday(rng, bulan) for _ in range(rng.randint(8, 12)))
    plans = [_purchase(opd, catalogue, rng, day, start + index) for index, day in enumerate(days)]
    return _special(opd, rng, plans, bulan)


def _workday(rng: Random, bulan: int) -> date:
    day = date(TAHUN, bulan, rng.randint(1, monthrange(TAHUN, bulan)[1]))
    return day if day.weekday() < 5 else max(day - timedelta(days=2), date(TAHUN, bulan, 1))


def _purchase(opd: OpdDemo, catalogue: list[Barang], rng: Random, day: date, nomor: int) -> Rencana:
    item = rng.choices(catalogue, [one.bobot for one in catalogue])[0]
    cards = [i for i, card in enumerate(opd.kartu) if card.jenis == item.kartu]
    volume, price = item.beli(rng)
    return Rencana(
        nomor=nomor,
        barang=item,
        kartu=rng.choice(cards),
        tanggal=day,
        volume=volume,
        harga=price,
        nilai=price * volume,
        nota=f"N-{rng.randint(10_000, 99_999)}",
    )


def _special(opd: OpdDemo, rng: Random, plans: list[Rencana], bulan: int) -> list[Rencana]:
    """Give some purchases their story: what real months are made of."""
    stories = ["surcharge", "pecah"] if bulan % 2 else ["refund", "pecah"]
    if bulan in (4, 8, 10):
        stories.append("tanpa_nota")
    if bulan in (3, 7, 10):
        stories.append("kartu_salah")
    if bulan == BULAN_TERAKHIR:
        stories += ["surcharge", "refund", "lupa"]
    chosen = rng.sample(range(len(plans)), len(stories))
    travel = next(i for i, card in enumerate(opd.kartu) if card.jenis == "perjalanan")
    for index, story in zip(chosen, stories, strict=True):
        plan = replace(plans[index], cerita=story)
        if story == "kartu_salah" and plan.barang.kartu == "barang":
            plan = replace(plan, kartu=travel)
        plans[index] = plan
    return _told(plans, set(chosen), cerita.KHUSUS.get((opd.slug, bulan)), travel)


def _told(plans: list[Rencana], taken: set[int], story: str | None, travel: int) -> list[Rencana]:
    """Give the month's own story to its first goods purchase that has none yet."""
    if story is None:
        return plans
    goods = (i for i, plan in enumerate(plans) if i not in taken and plan.barang.kartu == "barang")
    index = next(goods, None)
    if index is None:  # a seed may leave a month without one; the story is not told then
        return plans
    plan = replace(plans[index], cerita=story)
    last = date(TAHUN, plan.bulan, monthrange(TAHUN, plan.bulan)[1])
    if story in cerita.SALAH_KARTU:
        plan = replace(plan, kartu=travel)
    if story == "akhir_bulan":
        plan = replace(plan, tanggal=last - timedelta(days=max(0, last.weekday() - 4)))
    if story == "dua_tagihan":
        plan = replace(plan, tanggal=last.replace(day=cerita.TENGAH - 3))
    return [*plans[:index], plan, *plans[index + 1 :]]


def jendela(opd: OpdDemo, bulan: int) -> list[tuple[date, date]]:
    """First and last posting day of each bill of the month: as a rule one."""
    first = date(TAHUN, bulan, 1)
    last = date(TAHUN, bulan, monthrange(TAHUN, bulan)[1])
    if (opd.slug, bulan) != cerita.DUA_TAGIHAN:
        return [(first, last)]
    middle = first.replace(day=cerita.TENGAH)
    return [(first, middle), (middle + timedelta(days=1), last)]


def diposting(
    opd: OpdDemo, plans: list[Rencana], seed: int, first: date, last: date
) -> list[BarisTagihan]:
    """What the bank posted of these purchases between two days."""
    lines = (
        line
        for plan in plans
        for line in _billed(opd, plan, Random(f"{seed}:{opd.slug}:{plan.nomor}"))
    )
    return [line for line in lines if first <= line.pembukuan <= last]


def tagihan(
    opd: OpdDemo, plans: list[Rencana], seed: int, first: date, last: date, sisa: Rupiah
) -> Tagihan:
    """The bank's bill over what it posted between two days. `sisa` is the last bill's total; what
    was paid since is put in by who knows it.
    """
    rng = Random(f"{seed}:{opd.slug}:bank:{first.month}:{first.day}")
    lines = diposting(opd, plans, seed, first, last)
    card = opd.kartu[0].akhir
    lines.append(
        BarisTagihan(card, last, last, "BEA METERAI", "", _reference(rng), Rupiah.of(10_000))
    )
    if (opd.slug, first.month) in cerita.BIAYA:
        fee = BarisTagihan(
            card, last, last, cerita.TEKS_BIAYA, "", _reference(rng), Rupiah.of(15_000)
        )
        lines.append(fee)
    if first.day == 1 and (first.month % 3 == 0 or first.month == BULAN_TERAKHIR):
        lines.append(_unknown(opd, rng, first))
    lines.sort(key=lambda line: (line.pembukuan, line.transaksi, line.referensi))
    return Tagihan(opd.nama, last, last + timedelta(days=15), sisa, NOL, tuple(lines))


def _billed(opd: OpdDemo, plan: Rencana, rng: Random) -> list[BarisTagihan]:
    """How the bank shows one purchase: posted days later, split, surcharged or given back."""
    later = rng.choice((0, 1, 1, 1, 2, 2, 3))
    posted = plan.tanggal + timedelta(days=4 if plan.cerita == "akhir_bulan" else later)
    amount = plan.nilai
    if plan.cerita == "surcharge":
        amount += Rupiah.of(plan.nilai.sen * 3 // 10_000)
    line = BarisTagihan(
        opd.kartu[plan.kartu].akhir,
        plan.tanggal,
        posted,
        teks_bank(plan.barang.merchant),
        plan.barang.mcc,
        _reference(rng),
        amount,
    )
    if plan.cerita == "dua_tagihan":
        half = Rupiah.of(amount.sen // 200)
        rest = replace(line, pembukuan=posted + timedelta(days=7), referensi=_reference(rng))
        return [replace(line, nilai=half), replace(rest, nilai=amount - half)]
    if plan.cerita not in cerita.KEMBALI:
        return [line]
    back = posted + timedelta(days=cerita.KEMBALI[plan.cerita])
    refund = BarisTagihan(
        line.kartu,
        back,
        back,
        f"REFUND {line.keterangan}"[:22].strip(),
        line.mcc,
        _reference(rng),
        -pengembalian(plan),
    )
    return [line, refund]


def pengembalian(plan: Rencana) -> Rupiah:
    """What comes back of a refunded purchase: all, one unit of many, else half."""
    if plan.cerita == "refund_penuh":
        return plan.nilai
    return plan.harga if plan.volume > 1 else Rupiah.of(plan.nilai.sen // 200)


def _unknown(opd: OpdDemo, rng: Random, first: date) -> BarisTagihan:
    """A charge that nobody logged: the treasurer must ask the holder."""
    day = first + timedelta(days=rng.randint(3, 20))
    return BarisTagihan(
        opd.kartu[1].akhir,
        day,
        day + timedelta(days=1),
        "KANTIN SINAR LESTARI",
        "5812",
        _reference(rng),
        Rupiah.of(rng.randint(60, 240) * 1000),
    )


def _reference(rng: Random) -> str:
    return f"{rng.randint(10**11, 10**12 - 1)}"
