"""The watch: what it finds of misuse in disguise and of planted frauds, what it says wrongly, and
what it adds to taking in 10,000 lines. Seeds 1 to 9 were for tuning, 101 to 105 judge.

    script/bench watch            all of it
    script/bench watch tune       seeds 1 to 9 only, with the lines that were missed
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from time import process_time
from typing import Any, Final

from benchmarks import bills
from benchmarks.ingest_cases import books
from kkpd.core.db.session import writing
from kkpd.core.money import Rupiah
from kkpd.engines.audit import reference
from kkpd.engines.reading import parse
from kkpd.engines.watch import rules
from kkpd.engines.watch.judge import judge
from kkpd.engines.watch.points import Habit, WatchWorld, card_of, shop_key
from kkpd.engines.watch.rules import Ruling
from kkpd.engines.watch.shapes import Hit, WatchedLine
from kkpd.engines.watch.words import said
from kkpd.organisation.setup import setting_defaults
from kkpd.oversight import watch
from kkpd.records.custody import Store
from kkpd.tagihan import receive
from tests.cast import ACTORS, DINKES

WORDS: Final = tomllib.loads(Path(__file__).with_name("watch_words.toml").read_text("utf-8"))
FAMILIES: Final = ("judi", "dompet", "tunai", "permainan")
RULINGS: Final = {
    name: Ruling(one.nilai, one.dasar_hukum)
    for one in setting_defaults.everything()
    if (name := one.kunci.removeprefix(rules.SETTING)) in rules.table() and one.nilai
}
LIMITS: Final = (Rupiah.of(50_000_000), Rupiah.of(200_000_000))
_LOOKS: Final = str.maketrans("OIEASTB", "0134578")
_SIGNS: Final = str.maketrans("AIS", "@!$")
_MCC: Final = {
    "judi": ("7995", "7994", "5816"),
    "dompet": ("6540", "4829", "6051"),
    "tunai": ("6010", "6011", "6051"),
    "permainan": ("5816", "5815", "7994"),
}


# Names in disguise ---------------------------------------------------------------------------


def _digits(name: str, dice: random.Random) -> str:
    return "".join(one.translate(_LOOKS) if dice.random() < 0.6 else one for one in name)


def _signs(name: str, dice: random.Random) -> str:
    return "".join(one.translate(_SIGNS) if dice.random() < 0.6 else one for one in name)


def _doubled(name: str, dice: random.Random) -> str:
    at = dice.randrange(len(name))
    return name[: at + 1] + name[at:]


def _syllables(name: str, _dice: random.Random) -> str:
    return " ".join(
        "-".join(word[at : at + 2] for at in range(0, len(word), 2)) for word in name.split()
    )


def _swapped(name: str, dice: random.Random) -> str:
    word = max(name.split(), key=len)
    at = dice.randrange(1, max(len(word) - 1, 2))
    turned = word[:at] + word[at : at + 2][::-1] + word[at + 2 :]
    return name.replace(word, turned)


WAYS: Final[Mapping[str, Callable[[str, random.Random], str]]] = {
    "plain": lambda name, _: name,
    "aggregator": lambda name, dice: dice.choice(WORDS["judge"]["aggregators"]) + name,
    "digits": _digits,
    "spaced": lambda name, _: " ".join(name.replace(" ", "")),
    "punctuation": lambda name, dice: name.replace(" ", dice.choice("-_./")),
    "dotted": lambda name, _: ".".join(name.replace(" ", "")),
    "joined": lambda name, _: name.replace(" ", ""),
    "doubled": _doubled,
    "syllables": _syllables,
    "signs": _signs,
    "cut": lambda name, _: name[:22],
    "number": lambda name, dice: f"{name} {dice.choice(('88', '77', '138', '303'))}",
    "accents": lambda name, _: name.replace("A", "Á").replace("O", "Ö").replace("E", "È"),
    "swapped": _swapped,
    "inside": lambda name, dice: f"TRX{dice.randrange(1000)} {name} JKT ID",
}


# A card's months -----------------------------------------------------------------------------


@dataclass(slots=True)
class Region:
    """Lines of cards, ordinary ones and planted ones; `planted` tells the fraud of a line."""

    dice: random.Random
    lines: list[WatchedLine]
    planted: dict[int, int]

    def add(self, card: int, day: date, name: str, mcc: str, amount: int, **more: Any) -> int:
        """One more line; its key."""
        key = len(self.lines) + 1
        own: dict[str, Any] = {
            "card_id": card,
            "card_last4": f"{4000 + card}",
            "holder_id": card,
            "card_active": True,
            "has_purchase": self.dice.random() < 0.7,
            "time": time(self.dice.randrange(7, 19), self.dice.randrange(60)),
        }
        line = WatchedLine(
            id=key,
            ref=f"R{key}",
            opd_id=1 + card // 2,
            opd=f"opd{1 + card // 2}",
            card_kind="perjalanan" if card % 2 else "barang",
            day=day,
            amount=Rupiah.of(amount),
            kind="belanja",
            merchant=name,
            description=name,
            mcc=mcc,
            **(own | more),
        )
        self.lines.append(line)
        return key

    def ordinary(self, card: int, month: int, count: int) -> None:
        """Ordinary payments of a card, sometimes at night, on Sundays, or at a new shop."""
        travels = {"3711", "4511", "4112", "7011", "4121", "5812"}
        shops = [
            row for row in WORDS["honest"]["rows"] if (str(row[0]) in travels) == bool(card % 2)
        ]
        near = [(self.dice.choice((5200, 5812, 5999)), name) for name in WORDS["honest"]["near"]]
        for _ in range(count):
            mcc, name = self.dice.choice(near if self.dice.random() < 0.15 else shops)
            amount = round(min(self.dice.lognormvariate(13.2, 0.8), 9_000_000), -2)
            hour = (
                self.dice.choice((20, 21, 22, 23))
                if self.dice.random() < 0.06
                else self.dice.randrange(7, 19)
            )
            self.add(
                card,
                date(2026, month, self.dice.randrange(1, 29)),
                name,
                f"{mcc:04d}" if self.dice.random() < 0.6 else "",
                int(amount),
                time=time(hour, self.dice.randrange(60)) if self.dice.random() < 0.7 else None,
            )


def _worlds(region: Region, month: int) -> list[WatchWorld]:
    """The lines of a month by office, each with what its books knew before."""
    found = []
    for office in sorted({line.opd_id for line in region.lines}):
        own = [line for line in region.lines if line.opd_id == office]
        now = [line for line in own if line.day.month == month]
        past = [line for line in own if line.day.month < month]
        paid: dict[str, list[Rupiah]] = {}
        for line in past:
            paid.setdefault(card_of(line), []).append(line.amount)
        found.append(
            WatchWorld(
                lines=now,
                rulings=RULINGS,
                habits={card: Habit.of(amounts) for card, amounts in paid.items()},
                shops={shop_key(line.merchant) for line in past},
                cities={said(line.merchant).city for line in past},
                count=len(past),
                limits=LIMITS,
                holidays=reference.holidays(),
            )
        )
    return found


def _cases(region: Region, months: Sequence[int]) -> dict[tuple[int, str], set[int]]:
    """(office, cause) -> its lines, as cases join hits."""
    offices = {line.id: line.opd_id for line in region.lines}
    cases: dict[tuple[int, str], set[int]] = {}
    for month in months:
        for world in _worlds(region, month):
            hits: list[Hit] = judge(world)
            for hit in hits:
                cases.setdefault((offices[hit.lines[0]], hit.cause), set()).update(hit.lines)
    return cases


# The replay ----------------------------------------------------------------------------------


def replay(seed: int, names: Mapping[str, Any], told: list[str]) -> tuple[int, int, int, int]:
    """One card of ten is misused: bad lines, found ones, ordinary lines, false cases."""
    region = Region(random.Random(seed), [], {})
    for card in range(10):
        for month in (7, 8, 9):
            region.ordinary(card, month, 15)
        region.ordinary(card, 10, 20)
    dice = region.dice
    for _ in range(60):
        family = dice.choice(FAMILIES)
        name = WAYS[dice.choice(names["ways"])](dice.choice(names[family]), dice)
        mcc = dice.choice(_MCC[family]) if dice.random() < 0.3 else ""
        key = region.add(
            3,
            date(2026, 10, dice.randrange(1, 29)),
            name,
            mcc,
            dice.choice((50_000, 100_000, 250_000, 500_000, 2_000_000)),
            has_purchase=dice.random() < 0.2,
            time=time(dice.randrange(24), dice.randrange(60)) if dice.random() < 0.5 else None,
        )
        region.planted[key] = 1
    cases = _cases(region, (10,))
    found = set[int]().union(*cases.values()) & region.planted.keys()
    told += [region.lines[key - 1].merchant for key in region.planted if key not in found]
    false = sum(not lines & region.planted.keys() for lines in cases.values())
    if names is WORDS["tune"]:
        told += [
            f"FALSE {region.lines[key - 1].merchant} {region.lines[key - 1].mcc}"
            for lines in cases.values()
            for key in lines - region.planted.keys()
        ]
    return len(region.planted), len(found), 200, false


# Twelve kinds of fraud -----------------------------------------------------------------------


def _plant(region: Region, kind: int, fraud: int) -> None:
    """One fraud of a kind on a card of its own choice, in October."""
    dice, card = region.dice, region.dice.randrange(80)
    day = date(2026, 10, dice.randrange(2, 24))
    names = WORDS["judge"]

    def pay(
        name: str, amount: int, mcc: str = "", after: int = 0, on: int = card, **more: Any
    ) -> None:
        more.setdefault("has_purchase", False)
        key = region.add(on, day + timedelta(days=after), name, mcc, amount, **more)
        region.planted[key] = fraud

    few = range(dice.randrange(1, 4))
    match kind:
        case 0 | 1 | 2 | 3:
            for _ in few:
                pay(dice.choice(names[FAMILIES[kind]]), dice.randrange(1, 20) * 50_000)
        case 4:
            pay("ROYAL LEISURE LTD", dice.randrange(1, 9) * 100_000, "7995")
        case 5:
            pay("TOKO SERBA ADA", dice.randrange(1, 9) * 150_000, card_active=False)
        case 6:
            pay("TOKO SERBA ADA", 400_000, card_id=None, card_last4="9999", card_active=None)
        case 7:
            for piece in range(3):
                pay(
                    f"CV KARYA {fraud}",
                    dice.randrange(18, 24) * 1_000_000,
                    "5021",
                    piece,
                    has_purchase=True,
                )
        case 8:
            start = dice.randrange(8, 17)
            for minute in range(5):
                pay(f"KIOS {fraud}", 150_000, "5999", time=time(start, minute * 3))
        case 9:
            pay(f"PT ANEKA {fraud}", dice.randrange(40, 47) * 1_000_000, "5732")
        case 10:
            pay(
                f"CV MITRA {fraud}",
                dice.randrange(48_000, 50_000) * 1_000,
                "5712",
                has_purchase=True,
            )
        case _:
            pay(f"KARAOKE {fraud}", dice.randrange(5, 30) * 100_000, "5813", time=time(23, 40))


def frauds(seed: int) -> dict[str, object]:
    """200 planted frauds of twelve kinds among the months of 40 offices."""
    region = Region(random.Random(seed), [], {})
    for card in range(80):
        for month in (6, 7, 8, 9):
            region.ordinary(card, month, 12)
        region.ordinary(card, 10, 12)
    kinds = {fraud: fraud % 12 for fraud in range(1, 201)}
    for fraud, kind in kinds.items():
        _plant(region, kind, fraud)
    cases = _cases(region, (10,))
    flagged = set[int]().union(*cases.values())
    found = {fraud for key, fraud in region.planted.items() if key in flagged}
    false = sum(not lines & region.planted.keys() for lines in cases.values())
    missed = sorted({kinds[fraud] for fraud in kinds.keys() - found})
    return {
        "bench": "watch frauds",
        "seed": seed,
        "planted": len(kinds),
        "found": round(len(found) / len(kinds), 3),
        "cases": len(cases),
        "false_cases": round(false / len(cases), 3),
        "kinds_missed": missed,
    }


# What it costs -------------------------------------------------------------------------------


def _office_bill(count: int) -> bytes:
    """A bill of one card at the shops of a regency, each text many times."""
    dice = random.Random(7)
    rows = ["Tanggal;Merchant;MCC;Nilai;Kartu;Referensi"]
    for at in range(count):
        mcc, name = dice.choice(WORDS["honest"]["rows"])
        day = date(2025, 1, 1) + timedelta(days=at % 360)
        amount = dice.randrange(50, 3_000) * 1_000
        rows.append(f"{day:%d/%m/%Y};{name};{mcc:04d};{amount};4821;R{at:06d}")
    return "\n".join(rows).encode()


def cost(bill: str, data: bytes) -> dict[str, object]:
    """Processor time of taking in 10,000 lines, and of the watch over them."""
    now = datetime(2025, 12, 30, tzinfo=UTC)
    with tempfile.TemporaryDirectory() as folder:
        engine = books(f"sqlite:///{folder}/kkpd.sqlite3")
        with writing(engine, {DINKES}) as session:
            start = process_time()
            upload = receive.UploadFile(DINKES, data, "tagihan.csv")
            kept = receive.upload(session, ACTORS["citra"], upload, Store(Path(folder)), now)
            read = parse(data, "tagihan.csv")
            receive.take_in(session, ACTORS["citra"], receive.TakeIn(DINKES, kept.id, read), now)
            session.flush()
            taken = process_time()
            cases = watch.watch_file(session, DINKES, kept.id, now)
            done = process_time()
        engine.dispose()
    return {
        "bench": "watch cost",
        "bill": bill,
        "lines": 10_000,
        "import_s": round(taken - start, 2),
        "watch_s": round(done - taken, 2),
        "added": round((done - taken) / (taken - start), 3),
        "cases": cases,
    }


def _replayed(name: str, seeds: Sequence[int], words: Mapping[str, Any], told: list[str]) -> None:
    rows = [replay(seed, words, told) for seed in seeds]
    bad, found, normal, false = (sum(row[at] for row in rows) for at in range(4))
    print(
        json.dumps(
            {
                "bench": name,
                "seeds": [*seeds],
                "bad_lines": bad,
                "recall": round(found / bad, 4),
                "normal_lines": normal,
                "false_cases_per_200": round(200 * false / normal, 3),
            }
        )
    )


def main() -> None:
    """Print one JSON line a measurement."""
    told: list[str] = []
    _replayed("watch replay, tuning", range(1, 10), WORDS["tune"], told)
    if "tune" in sys.argv[1:]:
        print(json.dumps({"missed": told}, ensure_ascii=False))
        print(json.dumps(frauds(1)))
        return
    _replayed("watch replay, first generator", range(101, 106), WORDS["tune"], told)
    _replayed("watch replay, second generator", range(101, 106), WORDS["judge"], told)
    for seed in range(101, 104):
        print(json.dumps(frauds(seed)))
    print(json.dumps(cost("shops of a regency", _office_bill(10_000))))
    print(json.dumps(cost("every text new, every card unknown", bills.as_csv(10_000))))


if __name__ == "__main__":
    main()
