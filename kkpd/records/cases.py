"""Cases follow the facts: a new fact opens a case or joins one, and a case whose facts are all
gone closes by itself.

What is written here rides on the event of the verb that found the fact (adr/0014).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import String, cast, exists, func, literal, select
from sqlalchemy.orm import Session

from kkpd.core.moments import business_day
from kkpd.core.money import ZERO, Rupiah
from kkpd.core.permissions import Role
from kkpd.models import BarisBank, BarisKeluar, Case, CaseItem, CaseStep, Temuan, Transaksi
from kkpd.records import settings as records_settings
from kkpd.records.case_rules import LEGAL_DAYS, CaseFact, at_risk, offices, strongest, tier
from kkpd.records.case_statuses import case_step
from kkpd.records.office_holders import officer

LINE: Final = "baris_bank:"
PURCHASE: Final = "transaksi:"
BILL: Final = "tagihan:"
_CLEAR: Final = "Jernih menurut aturan."
_GONE: Final = "Tidak ada butirnya yang masih berlaku."
_AGAIN: Final = "Temuannya berlaku lagi."


def put(session: Session, opd_id: int, facts: Sequence[CaseFact], now: datetime) -> tuple[int, int]:
    """Put facts of one OPD into cases; returns how many are new and how many grew. A fact that is
    known already changes nothing.
    """
    if not facts:
        return 0, 0
    work = _Opening(session, opd_id, now)
    work.look_up(facts)
    for fact in facts:
        work.place(fact)
    work.finish()
    return work.made, len(work.grown) - work.made


def follow(session: Session, findings: Sequence[Temuan], now: datetime) -> tuple[int, int]:
    """Put open findings of one OPD into cases, and close cases of which nothing holds any more;
    returns how many are new and how many grew.
    """
    if not findings:
        return 0, 0
    opd_id = findings[0].opd_id
    still = [row for row in findings if row.selesai_at is None]
    about = _subjects(session, still)
    facts = [_fact(row, *about.get(row.subjek, (ZERO, ""))) for row in still]
    changed = put(session, opd_id, facts, now)
    clear(session, opd_id, {row.subjek for row in findings if row.selesai_at is not None}, now)
    return changed


def clear(session: Session, opd_id: int, subjects: Collection[str], now: datetime) -> None:
    """Close by itself every waiting case about these subjects in which no fact holds any more."""
    if not subjects:
        return
    session.flush()
    touched = select(CaseItem.kasus_id).where(
        CaseItem.opd_id == opd_id, CaseItem.subjek.in_(subjects)
    )
    settled = exists().where(
        Temuan.opd_id == CaseItem.opd_id,
        Temuan.aturan == CaseItem.aturan,
        Temuan.subjek == CaseItem.subjek,
        Temuan.selesai_at.is_not(None),
    )
    gone = CaseItem.subjek.in_(
        select(literal(LINE) + cast(BarisKeluar.baris_bank_id, String)).where(
            BarisKeluar.opd_id == opd_id
        )
    )
    holds = exists().where(CaseItem.kasus_id == Case.id, ~settled, ~gone)
    for case in session.scalars(
        select(Case)
        .where(Case.opd_id == opd_id, Case.status == "terbuka", Case.id.in_(touched), ~holds)
        .order_by(Case.id)
    ).all():
        close(session, case, "tutup", _GONE, now, oleh_id=None)


def close(
    session: Session, case: Case, action: str, why: str, now: datetime, *, oleh_id: int | None
) -> None:
    """Take a step that ends the case and write it down; one that ends by itself asks for nothing
    more (BPK: sesuai).
    """
    case.status = case_step(case.status, action)
    if oleh_id is None:
        case.status_bpk = "sesuai"
    case.ditutup_at, case.ditutup_oleh_id = now, oleh_id
    case.versi += 1
    tell(session, case, action, why, now, oleh_id=oleh_id, value=case.hasil or "")


def reopen(
    session: Session,
    case: Case,
    action: str,
    why: str,
    now: datetime,
    *,
    oleh_id: int | None,
    value: str = "",
) -> None:
    """Open a closed case again: the days to answer run anew."""
    case.status = case_step(case.status, action)
    case.ditutup_at = case.ditutup_oleh_id = case.hasil = None
    case.status_bpk = "belum_ditindaklanjuti"
    case.jatuh_tempo = due_day(session, case.opd_id, now)
    case.versi += 1
    step = "buka_lagi" if action == "berlaku_lagi" else action
    tell(session, case, step, why, now, oleh_id=oleh_id, value=value)


def tell(
    session: Session,
    case: Case,
    kind: str,
    text: str,
    now: datetime,
    *,
    oleh_id: int | None,
    value: str = "",
    berkas_id: int | None = None,
) -> None:
    """Write down one step of a case."""
    session.add(
        CaseStep(
            opd_id=case.opd_id,
            kasus_id=case.id,
            jenis=kind,
            isi=text[:1000],
            at=now,
            oleh_id=oleh_id,
            nilai_baru=value,
            berkas_id=berkas_id,
        )
    )
    session.flush()


def due_day(session: Session, opd_id: int, now: datetime) -> date:
    """The last day to answer a case that opens now (UU 15/2004 Art. 20)."""
    day = business_day(now)
    days = records_settings.value(session, "days_to_answer_case", day, opd_id)
    return day + timedelta(days=LEGAL_DAYS if days is None else int(days))


@dataclass(slots=True)
class _Opening:
    """Facts of one OPD on their way into cases."""

    session: Session
    opd_id: int
    now: datetime
    #: (rule, subject) -> the newest case that holds this fact
    known: dict[tuple[str, str], Case] = field(default_factory=dict)
    #: subject -> the waiting case that it stands in
    waiting: dict[str, Case] = field(default_factory=dict)
    #: cause -> its newest case
    causes: dict[str, Case] = field(default_factory=dict)
    #: (cause, subject) of closed cases
    closed: set[tuple[str, str]] = field(default_factory=set)
    grown: dict[int, tuple[Case, int]] = field(default_factory=dict)
    owners: dict[Role, int | None] = field(default_factory=dict)
    made: int = 0

    def look_up(self, facts: Sequence[CaseFact]) -> None:
        """Read the cases in which these subjects and causes stand already."""
        rows = self.session.execute(
            select(CaseItem.aturan, CaseItem.subjek, Case)
            .join(Case, Case.id == CaseItem.kasus_id)
            .where(
                CaseItem.opd_id == self.opd_id,
                CaseItem.subjek.in_({fact.subject for fact in facts}),
            )
            .order_by(Case.id)
        )
        for rule, subject, case in rows:
            self.known[rule, subject] = case
            if case.status == "selesai":
                self.closed.add((case.sebab, subject))
            else:
                self.waiting[subject] = case
        for case in self.session.scalars(
            select(Case)
            .where(Case.opd_id == self.opd_id, Case.sebab.in_({fact.cause for fact in facts}))
            .order_by(Case.id)
        ):
            self.causes[case.sebab] = case

    def place(self, fact: CaseFact) -> None:
        """Put one fact where it belongs."""
        known = self.known.get((fact.rule, fact.subject))
        if known is not None:
            if fact.returns and known.status == "selesai":
                reopen(self.session, known, "berlaku_lagi", _AGAIN, self.now, oleh_id=None)
            return
        case = self.waiting.get(fact.subject) or self._of_cause(fact)
        if case is None and not fact.returns and (fact.cause, fact.subject) in self.closed:
            return
        self._add(case or self._open(fact), fact)

    def _of_cause(self, fact: CaseFact) -> Case | None:
        """The case of this cause that still grows: one that waits, or for a clear fact also one
        that closed by itself.
        """
        case = self.causes.get(fact.cause)
        if case is None or case.status != "selesai":
            return case
        return case if fact.clear and case.ditutup_oleh_id is None else None

    def _open(self, fact: CaseFact) -> Case:
        case = Case(
            opd_id=self.opd_id,
            tahun=fact.month[0],
            bulan=fact.month[1],
            sebab=fact.cause,
            aturan=fact.rule,
            berat=fact.severity,
            nilai=ZERO,
            dibuka_at=self.now,
            jatuh_tempo=due_day(self.session, self.opd_id, self.now),
            status="terbuka",
            status_bpk="belum_ditindaklanjuti",
            pemilik_id=self._owner(fact.owner),
        )
        self.session.add(case)
        self.session.flush()
        self.causes[case.sebab] = case
        self.made += 1
        tell(self.session, case, "buka", fact.message, self.now, oleh_id=None)
        if fact.clear:
            close(self.session, case, "tutup", _CLEAR, self.now, oleh_id=None)
        return case

    def _owner(self, first: Role) -> int | None:
        if first not in self.owners:
            day = business_day(self.now)
            holders = (officer(self.session, self.opd_id, role, day) for role in offices(first))
            self.owners[first] = next((one.id for one in holders if one is not None), None)
        return self.owners[first]

    def _add(self, case: Case, fact: CaseFact) -> None:
        self.session.add(
            CaseItem(
                opd_id=self.opd_id,
                kasus_id=case.id,
                aturan=fact.rule,
                berat=fact.severity,
                subjek=fact.subject,
                nilai=fact.amount,
                bukti=dict(fact.evidence),
                pesan=fact.message[:600],
                jernih=fact.clears[:400],
                dasar=fact.basis[:300],
                at=self.now,
            )
        )
        self.known[fact.rule, fact.subject] = case
        if case.status != "selesai":
            self.waiting[fact.subject] = case
        before = self.grown.get(case.id, (case, 0))[1]
        self.grown[case.id] = (case, before + 1)

    def finish(self) -> None:
        """Sum every case that grew again, and name its strongest rule."""
        self.session.flush()
        for case, count in self.grown.values():
            items = self.session.execute(
                select(CaseItem.aturan, CaseItem.berat, CaseItem.subjek, CaseItem.nilai).where(
                    CaseItem.kasus_id == case.id
                )
            ).all()
            case.nilai = at_risk((one.subjek, one.nilai) for one in items)
            case.aturan, case.berat = strongest(
                [(one.aturan, one.berat, one.nilai) for one in items]
            )
            if len(items) > count:
                case.versi += 1
                tell(self.session, case, "tambah", f"{count} butir baru.", self.now, oleh_id=None)
        self.session.flush()


def _fact(row: Temuan, amount: Rupiah, card: str) -> CaseFact:
    """A finding as the fact of a case."""
    how = tier(row.aturan, row.berat)
    if how.amount:
        first, *others = (Rupiah.parse(row.masukan.get(name, "0")) for name in how.amount)
        amount = abs(sum(others, start=-first))
    cause = f"kartu:{card}/{row.aturan}" if how.join == "kartu" and card else row.subjek
    return CaseFact(
        rule=row.aturan,
        severity=row.berat,  # type: ignore[arg-type]  # a CHECK holds the three words
        subject=row.subjek,
        amount=amount,
        cause=cause,
        month=(row.tahun, row.bulan),
        evidence=row.masukan,
        message=row.pesan,
        clears=how.clears,
        basis=row.masukan.get("dasar", ""),
        owner=how.owner,
        clear=how.clear,
        returns=not how.clear,
    )


def _subjects(session: Session, findings: Iterable[Temuan]) -> Mapping[str, tuple[Rupiah, str]]:
    """Subject of a finding -> its amount and the card it was paid with: its key, or the last digits
    of one that nobody registered.
    """
    subjects = {row.subjek for row in findings}
    found: dict[str, tuple[Rupiah, str]] = {}
    digits = "akhir-" + BarisBank.kartu_akhir
    for prefix, model, unknown in ((PURCHASE, Transaksi, ()), (LINE, BarisBank, (digits,))):
        ids = numbers(subjects, prefix)
        if ids:
            card = func.coalesce(cast(model.kartu_id, String), *unknown, "")
            rows = session.execute(select(model.id, model.nilai, card).where(model.id.in_(ids)))
            found |= {f"{prefix}{id_}": (amount, kartu) for id_, amount, kartu in rows}
    return found


def numbers(subjects: Iterable[str], prefix: str) -> set[int]:
    """The keys of the subjects of this kind."""
    told = (one.removeprefix(prefix) for one in subjects if one.startswith(prefix))
    return {int(number) for number in told if number.isdigit()}
