"""Writing a plan into the books: bills, lines, sightings and the receipt, in one go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from kkpd.core.db import facts as db_facts
from kkpd.core.db.bulk import insert_rows
from kkpd.core.errors import Finding
from kkpd.core.money import Rupiah
from kkpd.models import BarisBank, Berkas, BerkasTagihan, Impor, ImporTagihan, SumberBaris, Tagihan
from kkpd.tagihan import bills
from kkpd.tagihan import known_lines as tagihan_known_lines
from kkpd.tagihan.bills import LISTING, LineTotals, sen, totals_by_key
from kkpd.tagihan.intake.plan import IntakePlan, Target


def write_out(
    session: Session,
    plan: IntakePlan,
    berkas: Berkas,
    jawaban: dict[str, str],
    *,
    oleh_id: int,
    now: datetime,
) -> tuple[Impor, dict[Target, Tagihan]]:
    """Write the plan; returns the import and the bills that it touched, in the plan's order."""
    bills = _Bills(session, plan, berkas, oleh_id, now).of_targets()
    insert_rows(session, BarisBank, _new_lines(plan, berkas, bills))
    insert_rows(session, SumberBaris, _sightings(plan, berkas, bills))
    for model in (BarisBank, SumberBaris):
        db_facts.carry_many(session, model, berkas.opd_id, berkas_id=berkas.id)
    receipt = write_receipt(session, plan, berkas, jawaban, oleh_id=oleh_id, now=now)
    per_tagihan(session, plan, receipt, bills)
    return receipt, bills


@dataclass(frozen=True, slots=True)
class _Bills:
    """The bills that the plan's lines go to."""

    session: Session
    plan: IntakePlan
    berkas: Berkas
    oleh_id: int
    now: datetime

    def of_targets(self) -> dict[Target, Tagihan]:
        """The bill of each target, found or made; each is told which file brought it."""
        found = {target: self._tagihan(target) for target in self.plan.all_targets}
        for id_ in dict.fromkeys(bill.id for bill in found.values()):
            self.session.add(
                BerkasTagihan(opd_id=self.berkas.opd_id, tagihan_id=id_, berkas_id=self.berkas.id)
            )
        return found

    def _tagihan(self, target: Target) -> Tagihan:
        group = self.plan.kelompok[target.kelompok]
        if group.lama is not None:
            return group.lama
        return self._listing(target) if target.kelompok == LISTING else self._bill(target)

    def _bill(self, target: Target) -> Tagihan:
        group = self.plan.kelompok[target.kelompok]
        bill, printed = group.bill, group.printed_totals
        assert bill is not None, "a target of a bill has one"
        assert printed is not None, "a bill's group has its printed totals"
        made = self._empty(target, self._turn(bills.identitas(bill, self.plan.jenis)))
        made.kartu_akhir = bill.card_last4
        made.tanggal, made.jatuh_tempo = bill.bill_date, bill.due_date
        made.tagihan_lalu, made.pembayaran = printed.previous, printed.paid
        made.belanja_baru, made.total = printed.baru, printed.total
        return self._add(made)

    def _listing(self, target: Target) -> Tagihan:
        name = bills.listing_identity(self.plan.jenis, target.buku.tahun, target.buku.bulan)
        turn = self._turn(name)
        found = tagihan_known_lines.listing(self.session, self.berkas.opd_id, turn)
        return found or self._add(self._empty(target, turn))

    def _turn(self, identitas: str) -> str:
        """The identity, told apart from those of the same bill that were taken out."""
        turn = tagihan_known_lines.bill_turn(self.session, self.berkas.opd_id, identitas)
        return bills.at_turn(identitas, turn)

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


def _new_lines(
    plan: IntakePlan, berkas: Berkas, bills: Mapping[Target, Tagihan]
) -> list[dict[str, object]]:
    """New lines as the books hold them. Their occurrences come after those that the books hold of
    the same base key.
    """
    ids = {target: bill.id for target, bill in bills.items()}
    given = {key: slots.terakhir for key, slots in plan.tempat.items()}
    currency, rows = plan.mata_uang, list[dict[str, object]]()
    for number, (line, key, target) in enumerate(
        zip(plan.lines, plan.keys, plan.targets, strict=True)
    ):
        if number in plan.recognised or number in plan.lewat:
            continue
        given[key] = given.get(key, 0) + 1
        books, card = target.buku, line.card_last4
        rows.append(
            {
                "opd_id": berkas.opd_id,
                "berkas_id": berkas.id,
                "tahun": books.tahun,
                "bulan": books.bulan,
                "bulan_asal": books.asal[0] * 100 + books.asal[1] if books.asal else None,
                "tagihan_id": ids[target],
                "kunci_dasar": key,
                "kejadian": given[key],
                "jenis": line.kind,
                "nilai": Rupiah(sen(line)),
                "keterangan": line.description,
                "merchant": line.merchant,
                "baris": line.row,
                "lembar": line.sheet,
                "tanggal_transaksi": line.transaction_date,
                "tanggal_posting": line.posting_date,
                "kartu_akhir": card,
                "kartu_id": plan.kartu.get(card) if card else None,
                "referensi": line.reference,
                "mcc": line.mcc,
                "mata_uang": line.currency or currency,
                "jam": line.time.isoformat() if line.time else None,
            }
        )
    return rows


def _sightings(
    plan: IntakePlan, berkas: Berkas, bills: Mapping[Target, Tagihan]
) -> list[dict[str, object]]:
    """Known lines, seen once more in this file."""
    return [
        {
            "opd_id": berkas.opd_id,
            "baris_bank_id": known.line_id,
            "berkas_id": berkas.id,
            "tagihan_id": bills[plan.targets[number]].id,
            "baris": plan.lines[number].row,
            "lembar": plan.lines[number].sheet,
            "referensi": known.referensi,
        }
        for number, known in sorted(plan.recognised.items())
    ]


def write_receipt(
    session: Session,
    plan: IntakePlan,
    berkas: Berkas,
    jawaban: dict[str, str],
    *,
    oleh_id: int,
    now: datetime,
) -> Impor:
    """Write the receipt; every row of the file is in it."""
    summary = plan.summary
    skipped = [
        {"baris": str(row.row), "lembar": row.sheet or "", "sebab": row.reason, "isi": row.text}
        for row in summary.skipped
    ]
    skipped += _left_out(plan)
    made = Impor(
        opd_id=berkas.opd_id,
        berkas_id=berkas.id,
        jenis=plan.jenis,
        profil=summary.profile,
        jawaban=jawaban,
        baris_masuk=summary.rows,
        baris_baru=plan.baru,
        baris_lama=len(plan.recognised),
        baris_lewat=len(skipped),
        lewat=skipped,
        temuan=[_plain(one) for one in (*plan.catatan, *plan.temuan)],
        at=now,
        oleh_id=oleh_id,
    )
    session.add(made)
    session.flush()
    return made


def per_tagihan(
    session: Session, plan: IntakePlan, impor: Impor, bills: Mapping[Target, Tagihan]
) -> None:
    """What each bill got; late lines and those of the month itself go to one list."""
    ids = {target: bill.id for target, bill in bills.items()}
    totals = totals_by_key((ids[target] for target in plan.targets), plan.lines)
    new = Counter(
        ids[target]
        for number, target in enumerate(plan.targets)
        if number not in plan.recognised and number not in plan.lewat
    )
    for id_ in dict.fromkeys(ids.values()):
        own = totals.get(id_, LineTotals())
        session.add(
            ImporTagihan(
                opd_id=impor.opd_id,
                impor_id=impor.id,
                tagihan_id=id_,
                baris=own.baris,
                baru=new[id_],
                jumlah=own.bank_billed,
            )
        )
    session.flush()


def _left_out(plan: IntakePlan) -> list[dict[str, str]]:
    """Lines that a complete bill does not have, as skipped rows."""
    return [
        {
            "baris": str(line.row),
            "lembar": line.sheet or "",
            "sebab": plan.lewat[number],
            "isi": f"{line.description} | {Rupiah(sen(line))}",
        }
        for number, line in enumerate(plan.lines)
        if number in plan.lewat
    ]


def _plain(finding: Finding) -> dict[str, str]:
    """A finding as the books keep it."""
    row = {} if finding.row is None else {"baris": str(finding.row)}
    return {
        "aturan": finding.rule,
        "berat": finding.severity,
        "pesan": finding.message,
        **row,
        **{f"masukan_{key}": value for key, value in finding.inputs.items()},
    }
