"""Writing a plan (impor_rencana) into the books: bills, lines, sightings, findings, in one go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import compress

from sqlalchemy.orm import Session

from kkpd.core import gc_paused
from kkpd.core.db import facts as db_facts
from kkpd.core.db.bulk import Batches, insert_columns
from kkpd.models import BarisBank, Berkas, BerkasTagihan, Impor, SumberBaris, Tagihan
from kkpd.tagihan import bill_groups
from kkpd.tagihan import known_lines as tagihan_known_lines
from kkpd.tagihan.bill_arithmetic import sums_by_key
from kkpd.tagihan.bill_groups import LISTING
from kkpd.tagihan.intake.line_columns import LineColumns
from kkpd.tagihan.intake.plan_shapes import IntakePlan, KnownLine, Target
from kkpd.tagihan.intake.receipt import ReceiptTally, per_tagihan, write_receipt


@dataclass(slots=True)
class _Occurrences:
    """Occurrence numbers of new lines: after those that the books hold of the same base key."""

    plan: IntakePlan
    given: dict[str, int] = field(default_factory=dict)

    def everything(self, keys: Sequence[str]) -> list[int]:
        """The numbers of these lines in file order."""
        if not self.plan.tempat and not self.plan.buffer.twins:
            return [1] * len(keys)
        return list(map(self._next_occurrence, keys))

    def _next_occurrence(self, key: str) -> int:
        if key not in self.plan.buffer.twins and key not in self.plan.tempat:
            return 1
        slots = self.plan.tempat.get(key)
        number = self.given.get(key, slots.terakhir if slots else 0) + 1
        self.given[key] = number
        return number


@gc_paused.pause()
def write_out(
    session: Session,
    plan: IntakePlan,
    berkas: Berkas,
    jawaban: dict[str, str],
    *,
    oleh_id: int,
    now: datetime,
) -> tuple[Impor, list[Tagihan]]:
    """Write the plan; returns the import and the bills that it touched, in the plan's order."""
    writer = _Writer(session, plan, berkas, oleh_id, now)
    writer.lines()
    writer.empty_bills()
    receipt = write_receipt(session, plan, berkas, jawaban, oleh_id=oleh_id, now=now)
    per_tagihan(session, receipt, writer.tagihan, writer.arithmetic)
    return receipt, writer.tagihan


class _Writer:
    """One writing of one plan."""

    def __init__(
        self, session: Session, plan: IntakePlan, berkas: Berkas, oleh_id: int, now: datetime
    ) -> None:
        self.session, self.plan, self.berkas = session, plan, berkas
        self.oleh_id, self.now = oleh_id, now
        self.tagihan: list[Tagihan] = []
        self.arithmetic: list[ReceiptTally] = []
        self._number = _Occurrences(plan)

    def lines(self) -> None:
        """Every line of the file: new ones into the books, known ones as one more sighting."""
        self._bills_for(self.plan.expected_targets())  # before the first batch: nothing waits
        with Batches(self.session, BarisBank.__table__) as entry:  # type: ignore[arg-type]  # a Table
            for start, kolom in self.plan.buffer.numbered():
                self._batch(entry, start, kolom)
        for model in (BarisBank, SumberBaris):
            db_facts.carry_many(self.session, model, self.berkas.opd_id, berkas_id=self.berkas.id)

    def _batch(self, entry: Batches, start: int, kolom: LineColumns) -> None:
        plan = self.plan
        targets = plan.target_numbers(kolom)
        if len(self.tagihan) <= max(targets, default=-1):
            entry.wait()
        self._bills_for(targets)
        self._count(kolom, targets)
        if not plan.recognised and not plan.lewat:
            entry.add(self._columns(kolom, targets))
            return
        span = range(start, start + len(kolom))
        new = [one not in plan.recognised and one not in plan.lewat for one in span]
        entry.add(self._columns(_only(kolom, new), list(compress(targets, new))))
        entry.wait()
        self._sight(start, kolom, targets)

    def empty_bills(self) -> None:
        """A bill without a single line is a bill all the same."""
        seen = {target.kelompok for target in self.plan.sasaran}
        for number, group in self.plan.kelompok.items():
            if group.bill is not None and number not in seen:
                self._bills_for([self.plan.empty_target(number)])

    def _bills_for(self, targets: Sequence[int]) -> None:
        """The bills of these targets exist before their lines do."""
        while len(self.tagihan) <= max(targets, default=-1):
            target = self.plan.sasaran[len(self.tagihan)]
            bill = self._tagihan(target)
            if bill not in self.tagihan:
                self._brought(bill)
            self.tagihan.append(bill)
            self.arithmetic.append(ReceiptTally())

    def _brought(self, bill: Tagihan) -> None:
        self.session.add(
            BerkasTagihan(opd_id=self.berkas.opd_id, tagihan_id=bill.id, berkas_id=self.berkas.id)
        )

    def _tagihan(self, target: Target) -> Tagihan:
        group = self.plan.kelompok[target.kelompok]
        if group.lama is not None:
            return group.lama
        if target.kelompok == LISTING:
            return self._listing(target)
        return self._add(self._bill(target))

    def _bill(self, target: Target) -> Tagihan:
        group = self.plan.kelompok[target.kelompok]
        bill, printed = group.bill, group.printed_totals
        assert bill is not None, "a target of a bill has one"
        assert printed is not None, "a bill's group has its printed totals"
        made = self._empty(target, self._turn(bill_groups.identitas(bill, self.plan.jenis)))
        made.kartu_akhir, made.tanggal, made.jatuh_tempo = (
            bill.card_last4,
            bill.bill_date,
            bill.due_date,
        )
        made.tagihan_lalu, made.pembayaran = printed.previous, printed.bayar
        made.belanja_baru, made.total = printed.baru, printed.total
        return made

    def _listing(self, target: Target) -> Tagihan:
        name = bill_groups.listing_identity(self.plan.jenis, target.buku.tahun, target.buku.bulan)
        turn = self._turn(name)
        found = tagihan_known_lines.listing(self.session, self.berkas.opd_id, turn)
        return found or self._add(self._empty(target, turn))

    def _turn(self, identitas: str) -> str:
        """The identity, told apart from those of the same bill that were taken out."""
        turn = tagihan_known_lines.bill_turn(self.session, self.berkas.opd_id, identitas)
        return bill_groups.at_turn(identitas, turn)

    def _empty(self, target: Target, identitas: str) -> Tagihan:
        return Tagihan(
            opd_id=self.berkas.opd_id,
            tahun=target.buku.tahun,
            bulan=target.buku.bulan,
            jenis=self.plan.jenis,
            identitas=identitas,
            berkas_id=self.berkas.id,
            at=self.now,
            oleh_id=self.oleh_id,
        )

    def _add(self, tagihan: Tagihan) -> Tagihan:
        self.session.add(tagihan)
        self.session.flush()
        return tagihan

    def _count(self, kolom: LineColumns, targets: Sequence[int]) -> None:
        for jenis in dict.fromkeys(kolom.jenis):
            of_kind = list(map(jenis.__eq__, kolom.jenis))
            theirs, sen = compress(targets, of_kind), list(compress(kolom.sen, of_kind))
            for target, (count, total) in sums_by_key(theirs, sen).items():
                tally = self.arithmetic[target]
                tally.baris += count
                tally.jumlah = tally.jumlah.plus(jenis, count, total)

    def _columns(self, kolom: LineColumns, targets: Sequence[int]) -> dict[str, object]:
        """New lines as the books hold them, by column."""
        plan, books = self.plan, [one.buku for one in self.plan.sasaran]
        late = [one.asal[0] * 100 + one.asal[1] if one.asal else None for one in books]
        currency = plan.mata_uang
        cards: dict[str | None, int] = dict(plan.kartu.items())
        for target, count in Counter(targets).items():
            self.arithmetic[target].baru += count
        return {
            "opd_id": self.berkas.opd_id,
            "berkas_id": self.berkas.id,
            "tahun": _of([one.tahun for one in books], targets),
            "bulan": _of([one.bulan for one in books], targets),
            "bulan_asal": _of(late, targets),
            "tagihan_id": _of([one.id for one in self.tagihan], targets),
            "kunci_dasar": _prefixed(plan.beginning, kolom.kunci),
            "kejadian": self._number.everything(kolom.kunci),
            "jenis": kolom.jenis,
            "nilai": kolom.sen,
            "keterangan": kolom.keterangan,
            "merchant": kolom.merchant,
            "baris": kolom.baris,
            "lembar": kolom.lembar,
            "tanggal_transaksi": kolom.transaksi,
            "tanggal_posting": kolom.posting,
            "kartu_akhir": kolom.kartu,
            "kartu_id": list(map(cards.get, kolom.kartu)),
            "referensi": kolom.referensi,
            "mcc": kolom.mcc,
            "mata_uang": [one or currency for one in kolom.mata_uang],
        }

    def _sight(self, start: int, kolom: LineColumns, targets: Sequence[int]) -> None:
        known: list[tuple[int, KnownLine]] = [
            (offset, self.plan.recognised[start + offset])
            for offset in range(len(kolom))
            if start + offset in self.plan.recognised
        ]
        insert_columns(
            self.session,
            SumberBaris.__table__,  # type: ignore[arg-type]  # a Table for every mapped class
            {
                "opd_id": self.berkas.opd_id,
                "baris_bank_id": [one.line_id for _, one in known],
                "berkas_id": self.berkas.id,
                "tagihan_id": [self.tagihan[targets[offset]].id for offset, _ in known],
                "baris": [kolom.baris[offset] for offset, _ in known],
                "lembar": [kolom.lembar[offset] for offset, _ in known],
                "referensi": [one.referensi for _, one in known],
            },
        )


def _of(values: Sequence[int | None], targets: Sequence[int]) -> list[int | None] | int | None:
    """Each line's value by its target; one value where all have the same."""
    if len(set(values)) == 1:
        return values[0]
    return [values[target] for target in targets]


def _prefixed(prefix: str, keys: list[str]) -> list[str]:
    return [prefix + key for key in keys] if prefix else keys


def _only(kolom: LineColumns, wanted: Sequence[bool]) -> LineColumns:
    return LineColumns(*(list(compress(column, wanted)) for column in kolom.lists()))
