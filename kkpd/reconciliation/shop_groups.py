"""Bank lines without a purchase by shop, with what the books say such a purchase usually is.

A proposal comes from the text rules, from equal earlier decisions of the OPD, or from the
classifier, in this order; it is always a line of the OPD's DPA that this kind of card may pay.
Where nothing speaks clearly there is none: no proposal is better than a wrong one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.belanja.checks import wrong_kind
from kkpd.belanja.classes import decide as classes_decide
from kkpd.core.money import ZERO, Rupiah, total
from kkpd.core.permissions import Actor, require
from kkpd.engines import matching
from kkpd.engines.classify import Classified
from kkpd.ledger.rules import NOT_CHARGED
from kkpd.models import BarisBank, Cocok, Kartu, Transaksi
from kkpd.pagu import reads as pagu_reads
from kkpd.pagu.reads import PaguLine
from kkpd.reconciliation import text_rules
from kkpd.reconciliation.matching_input import Row
from kkpd.reconciliation.month import MonthWork

#: Earlier decisions that are looked at, newest first.
_LOOKED_AT: Final = 3_000
#: The classifier's account counts from this score on: a shop's name alone says little.
_CLEAR_SCORE: Final = 0.9

#: Who says it: a text rule, earlier decisions, the classifier; or why nobody does.
Source = Literal["aturan", "riwayat", "penggolong", "di luar DPA", "berbeda-beda", "belum ada"]
_Kept = TypeVar("_Kept", bound=Hashable)


@dataclass(frozen=True, slots=True)
class ShopProposal:
    """What the purchases of a group probably are; empty texts where nothing is proposed.

    `times` of `out_of` earlier decisions named this charge, the last on `latest`; `score` is the
    classifier's. `kelas` is what recording would decide for the largest line, with the reason.
    """

    sumber: Source
    penerima: str
    uraian: str = ""
    dpa: PaguLine | None = None
    times: int = 0
    out_of: int = 0
    latest: date | None = None
    score: float = 0.0
    kelas: Classified | None = None

    @property
    def pembebanan(self) -> str:
        """The key of the proposed DPA line, empty when there is none."""
        return self.dpa.kunci if self.dpa else ""


@dataclass(frozen=True, slots=True)
class ShopGroup:
    """Lines of one shop that one kind of card paid, oldest first."""

    kunci: str
    nama: str
    card_kind: str
    baris: tuple[Row, ...]
    proposal: ShopProposal

    @property
    def jumlah(self) -> Rupiah:
        """The open amounts together."""
        return total(line.sisa for line in self.baris)


@dataclass(frozen=True, slots=True)
class _Earlier:
    """A purchase that was linked with a bank line of a shop."""

    penerima: str
    charge: tuple[str, str, str]
    uraian: str
    tanggal: date


def without_purchase(work: MonthWork) -> list[Row]:
    """Lines of money out on a card that no recorded purchase fits."""
    paired = {id_ for pair in (*work.certain, *work.proposal) for id_ in pair.baris}
    return [
        line
        for line in work.baris
        if line.jenis == "belanja"
        and line.sisa > ZERO
        and line.kartu_id is not None
        and line.tanggal is not None
        and str(line.id) not in paired
    ]


def shop_groups(
    session: Session, actor: Actor, opd_id: int, tahun: int, lines: Sequence[Row]
) -> list[ShopGroup]:
    """The lines by shop and kind of card, those with most lines first, each with its proposal."""
    require(actor, "cocok:lihat", opd_id)
    cards = session.execute(select(Kartu.id, Kartu.jenis).where(Kartu.opd_id == opd_id))
    kinds = {id_: jenis for id_, jenis in cards}  # noqa: C416 -- rows are typed so
    found: dict[tuple[str, str], list[Row]] = {}
    for line in lines:
        found.setdefault((_shop(line), kinds[line.kartu_id or 0]), []).append(line)
    asked = _Sources(session, opd_id, tahun, found)
    groups = [
        ShopGroup(shop, _name(rows), kind, tuple(rows), asked.proposal(shop, kind, rows))
        for (shop, kind), rows in found.items()
    ]
    return sorted(groups, key=lambda one: (-len(one.baris), one.nama, one.card_kind))


def _shop(line: Row) -> str:
    """The shop as matching names it; where the text names nobody, the text itself."""
    text = line.merchant or line.keterangan
    return matching.text_key(text) or " ".join(text.upper().split())


def _name(rows: Sequence[Row]) -> str:
    return Counter(row.merchant or row.keterangan for row in rows).most_common(1)[0][0]


class _Sources:
    """What rules, earlier decisions and the DPA say, read once for all groups."""

    def __init__(
        self,
        session: Session,
        opd_id: int,
        tahun: int,
        groups: Mapping[tuple[str, str], Sequence[Row]],
    ) -> None:
        self.session, self.opd_id = session, opd_id
        self.dpa = pagu_reads.dpa_lines(session, opd_id, tahun)
        self.earlier = _earlier(session, opd_id, tahun, set(groups))
        self.rules = text_rules.effective(
            session,
            opd_id,
            {
                (row.kartu_id or 0, matching.text_key(row.merchant))
                for rows in groups.values()
                for row in rows
            },
        )

    def proposal(self, shop: str, card_kind: str, rows: Sequence[Row]) -> ShopProposal:
        """The first source that speaks clearly, with the class that would be decided."""
        told = self.earlier.get((shop, card_kind), [])
        found = self._by_rule(card_kind, rows) or self._by_history(card_kind, rows, told)
        if found.dpa is None and found.sumber == "belum ada":
            found = self._by_classify(card_kind, rows, found)
        if found.dpa is None:
            return found
        said = found.dpa
        same = [one for one in told if one.charge[:2] == (said.sub_kegiatan, said.rekening)]
        found = replace(found, uraian=_clear(one.uraian for one in same) or "")
        return replace(found, kelas=self._class(found, rows))

    def _by_rule(self, card_kind: str, rows: Sequence[Row]) -> ShopProposal | None:
        """The rule of every line's text, where all lines have the same."""
        said = set()
        for row in rows:
            rule = self.rules.get((row.kartu_id or 0, matching.text_key(row.merchant)))
            said.add((rule.penerima, rule.sub_kegiatan, rule.rekening) if rule else None)
        one = said.pop() if len(said) == 1 else None
        if one is None:
            return None
        line = self._only([p for p in self.dpa if (p.sub_kegiatan, p.rekening) == one[1:]])
        if line is None or wrong_kind(card_kind, line.rekening):
            return None
        return ShopProposal("aturan", one[0], dpa=line)

    def _by_history(
        self, card_kind: str, rows: Sequence[Row], told: Sequence[_Earlier]
    ) -> ShopProposal:
        """The charge of most earlier purchases of this shop."""
        name = _clear(one.penerima for one in told) or _name(rows)
        if not told:
            return ShopProposal("belum ada", name)
        charge = _clear(one.charge for one in told)
        if charge is None:
            return ShopProposal("berbeda-beda", name, out_of=len(told))
        same = [one for one in told if one.charge == charge]
        line = next(
            (p for p in self.dpa if (p.sub_kegiatan, p.rekening, p.sumber_dana) == charge), None
        )
        if line is None or wrong_kind(card_kind, line.rekening):
            return ShopProposal("di luar DPA", name, out_of=len(told))
        latest = max(one.tanggal for one in same)
        return ShopProposal("riwayat", name, "", line, len(same), len(told), latest)

    def _by_classify(
        self, card_kind: str, rows: Sequence[Row], without: ShopProposal
    ) -> ShopProposal:
        """The account that the shop's name clearly means, where the DPA holds it once."""
        answer = self._ask(_name(rows), without.penerima, "", rows)
        best = next(iter(answer.proposed_rekening), None)
        if best is None or best.scores < _CLEAR_SCORE:
            return without
        line = self._only([p for p in self.dpa if p.rekening == best.kode])
        if line is None or wrong_kind(card_kind, line.rekening):
            return without
        return replace(without, sumber="penggolong", dpa=line, score=best.scores)

    def _class(self, found: ShopProposal, rows: Sequence[Row]) -> Classified:
        assert found.dpa is not None
        text = found.uraian or found.dpa.nama_rekening
        return self._ask(text, found.penerima, found.dpa.rekening, rows)

    def _ask(self, uraian: str, penerima: str, rekening: str, rows: Sequence[Row]) -> Classified:
        largest = max(rows, key=lambda row: row.sisa)
        assert largest.tanggal is not None
        thing = classes_decide.item_of(
            uraian=uraian[:500], merchant=penerima, rekening=rekening, nilai=largest.sisa
        )
        return classes_decide.propose(self.session, self.opd_id, thing, largest.tanggal)

    def _only(self, lines: Sequence[PaguLine]) -> PaguLine | None:
        return lines[0] if len(lines) == 1 else None


def _clear(values: Iterable[_Kept]) -> _Kept | None:
    """The value of more than half of them, None where there is no such value."""
    counts = Counter(values)
    if not counts:
        return None
    value, times = counts.most_common(1)[0]
    return value if 2 * times > counts.total() else None


def _earlier(
    session: Session, opd_id: int, tahun: int, asked: set[tuple[str, str]]
) -> dict[tuple[str, str], list[_Earlier]]:
    """The purchases of this and the last year that one bank line of these shops asked for."""
    rows = session.execute(
        select(
            BarisBank.merchant,
            BarisBank.keterangan,
            Kartu.jenis,
            Transaksi.merchant,
            Transaksi.sub_kegiatan,
            Transaksi.rekening,
            Transaksi.sumber_dana,
            Transaksi.uraian,
            Transaksi.tanggal,
        )
        .join(Cocok, Cocok.baris_bank_id == BarisBank.id)
        .join(Transaksi, Transaksi.id == Cocok.transaksi_id)
        .join(Kartu, Kartu.id == Transaksi.kartu_id)
        .where(
            Cocok.opd_id == opd_id,
            Cocok.dicabut_at.is_(None),
            Cocok.jenis == "satu",
            Transaksi.tahun.in_((tahun, tahun - 1)),
            Transaksi.status.not_in(NOT_CHARGED),
        )
        .order_by(Transaksi.tanggal.desc(), Transaksi.id.desc())
        .limit(_LOOKED_AT)
    )
    found: dict[tuple[str, str], list[_Earlier]] = {}
    for text, more, kind, penerima, sub, account, fund, uraian, day in rows:
        shop = matching.text_key(text or more)
        if shop and (shop, kind) in asked:
            one = _Earlier(penerima, (sub, account, fund), uraian, day)
            found.setdefault((shop, kind), []).append(one)
    return found
