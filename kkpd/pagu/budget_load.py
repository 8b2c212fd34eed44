"""Load a budget file: its rows by OPD and document, each saved by its own verb."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from kkpd.core.choices import DPA_VERSIONS
from kkpd.core.errors import DomainError, FileRefused, Finding, NotFound, Unreadable
from kkpd.core.moments import business_day
from kkpd.core.money import ZERO, Rupiah, total
from kkpd.core.permissions import Actor, require
from kkpd.core.reference_row import TOTAL_MARK, ReferenceRow
from kkpd.models import Dpa, DpaBaris, Opd, UpKeputusan
from kkpd.pagu import fund_plan, up
from kkpd.pagu.budget import rows as domain
from kkpd.pagu.budget import versions as budget_versions
from kkpd.pagu.budget.rows import BudgetHead, Row
from kkpd.pagu.up import DecideUp


@dataclass(frozen=True, slots=True)
class UpFile:
    """The rows, the OPD for each name, and what the person entered where the file says nothing."""

    tahun: int
    rows: Sequence[ReferenceRow]
    opd: Mapping[str, Opd]
    nomor: str = ""
    tanggal: date | None = None
    dasar_hukum: str = ""


def load_up(
    session: Session, actor: Actor, command: UpFile, now: datetime
) -> list[tuple[Opd, str, Rupiah, bool]]:
    """(OPD, what it is, UP KKPD, whether it is new) of every decision of the file."""
    found: list[tuple[Opd, str, Rupiah, bool]] = []
    wrong: list[Finding] = []
    for opd, decision, nomor in _read(command):
        kept = _kept(session, decision)
        try:
            row = kept or up.decide_up(session, actor, decision, now)
        except DomainError as refusal:
            wrong.append(_wrong_at(nomor, refusal.message))
            continue
        found.append((opd, f"{row.jenis.upper()} {row.nomor}", row.up_kkpd, kept is None))
    if wrong:
        raise FileRefused(wrong)
    return found


def _read(command: UpFile) -> list[tuple[Opd, DecideUp, int]]:
    wrong: list[Finding] = []
    found: list[tuple[Opd, DecideUp, int]] = []
    seen: set[tuple[int, date, date | None]] = set()
    for row in command.rows:
        try:
            if row[TOTAL_MARK]:
                _compare(row, "up", [one.up for _, one, _ in found])
                shares = [one.up_kkpd for _, one, _ in found if one.up_kkpd is not None]
                if row["up_kkpd"] and len(shares) == len(found):
                    _compare(row, "up_kkpd", shares)
                continue
            opd = command.opd[domain.header(row).opd]
            decision = _decision(command, row, opd)
            key = (opd.id, decision.mulai, decision.sampai)
            if key in seen:
                wrong.append(_wrong(row, f"UP {opd.nama} sudah ada di atasnya. Hapus salah satu."))
            seen.add(key)
            found.append((opd, decision, row.nomor))
        except DomainError as refusal:
            wrong.append(_wrong(row, refusal.message))
    if wrong:
        raise FileRefused(wrong)
    if not found:
        raise Unreadable("Tidak ada baris UP dalam berkas ini.")
    return found


def _wrong(row: ReferenceRow, sentence: str) -> Finding:
    return _wrong_at(row.nomor, sentence)


def _wrong_at(nomor: int, sentence: str) -> Finding:
    return Finding("anggaran:up", f"Baris {nomor}: {sentence}", "salah", row=nomor)


def _compare(row: ReferenceRow, column: str, amounts: Sequence[Rupiah]) -> None:
    printed = domain.nilai(row, column)
    if printed != total(amounts):
        raise DomainError(
            f"jumlah {column} tertulis Rp {printed}, penjumlahan barisnya Rp {total(amounts)}. "
            "Periksa nilai barisnya, atau perbaiki baris jumlahnya."
        )


def _decision(command: UpFile, row: ReferenceRow, opd: Opd) -> DecideUp:
    head = domain.header(row)
    first = command.tanggal or date(command.tahun, 1, 1)
    if row["jenis"].casefold() not in ("", "up", "tup"):
        raise DomainError(f"jenis “{row['jenis'][:20]}” bukan up atau tup.", field="jenis")
    if (row["jenis"].casefold() == "tup") != bool(row["sampai"]) and row["jenis"]:
        raise DomainError("TUP memerlukan hari terakhir (kolom sampai); UP tidak memakainya.")
    nomor = head.nomor or command.nomor
    return DecideUp(
        opd_id=opd.id,
        tahun=command.tahun,
        nomor=nomor,
        mulai=domain.day(head.tanggal) if head.tanggal else first,
        up=domain.nilai(row, "up"),
        up_kkpd=domain.nilai(row, "up_kkpd") if row["up_kkpd"] else None,
        dasar_hukum=row["dasar_hukum"] or command.dasar_hukum or f"Keputusan {nomor}",
        sampai=domain.day(row["sampai"]) if row["sampai"] else None,
    )


def _kept(session: Session, decision: DecideUp) -> UpKeputusan | None:
    """The same decision if it exists; other amounts under its number are refused.

    Where the file gives no card share, the saved one is kept.
    """
    share = () if decision.up_kkpd is None else (UpKeputusan.up_kkpd == decision.up_kkpd,)
    return session.scalars(
        select(UpKeputusan).where(
            UpKeputusan.opd_id == decision.opd_id,
            UpKeputusan.tahun == decision.tahun,
            UpKeputusan.nomor == decision.nomor,
            UpKeputusan.mulai == decision.mulai,
            UpKeputusan.up == decision.up,
            UpKeputusan.sampai.is_not_distinct_from(decision.sampai),
            *share,
        )
    ).first()


KINDS: Final = ("dpa", "spd", "kas", "up")


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetLoad:
    """A file's rows, and what the person entered where the file says nothing."""

    jenis: str
    tahun: int
    rows: Sequence[ReferenceRow]
    opd: str = ""
    versi: str = ""
    nomor: str = ""
    tanggal: date | None = None
    keputusan: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class LoadResult:
    """The result for one document of the file; `baru` False: it was there already with the same
    content.

    `perubahan` counts the DPA's lines against the version before: baru, naik, turun, hilang, tetap.
    """

    opd: str
    label_text: str
    baris: int
    jumlah: Rupiah
    baru: bool
    perubahan: Counter[str]


def load_data(
    session: Session, actor: Actor, command: BudgetLoad, now: datetime
) -> list[LoadResult]:
    """Load the whole file, or raise and keep nothing (FileRefused lists every wrong row)."""
    require(actor, "anggaran:kelola")
    if command.jenis == "up":
        return [
            LoadResult(opd.nama, label_text, 1, nilai, baru, Counter())
            for opd, label_text, nilai, baru in load_up(session, actor, _up(session, command), now)
        ]
    if command.jenis == "dpa":
        return list(_dpa(session, actor, command, now))
    return list(_plans(session, actor, command, now))


def _up(session: Session, command: BudgetLoad) -> UpFile:
    names = [(domain.header(row).opd, row.nomor) for row in command.rows if not row[TOTAL_MARK]]
    opds = _opds(session, command, names)
    return UpFile(
        command.tahun, command.rows, opds, command.nomor, command.tanggal, command.keputusan
    )


def _dpa(
    session: Session, actor: Actor, command: BudgetLoad, now: datetime
) -> Iterator[LoadResult]:
    groups = _groups(session, command, domain.dpa(command.rows), now)
    _once(groups, command, now)
    for head, opd, lines in groups:
        versi = head.versi or command.versi or _newest(session, opd, command.tahun)
        if versi not in DPA_VERSIONS:
            raise DomainError(f"Versi “{versi}” bukan {', '.join(DPA_VERSIONS)}.", field="versi")
        version = budget_versions.DpaVersion(
            opd.id,
            command.tahun,
            versi,
            head.nomor or command.nomor,
            _day(head, command, now),
            command.keputusan,
        )
        before = _before(session, opd, command.tahun)
        dpa, new = budget_versions.save_dpa(session, actor, version, lines, now)
        yield LoadResult(
            opd.nama,
            f"DPA {dpa.versi} {dpa.nomor or 'tanpa nomor'}",
            len(lines),
            total(line.pagu for line in lines),
            new,
            _changes(before, {line.kunci: line.pagu for line in lines}),
        )


def _newest(session: Session, opd: Opd, tahun: int) -> str:
    newest = (
        select(Dpa.versi)
        .where(Dpa.opd_id == opd.id, Dpa.tahun == tahun)
        .order_by(Dpa.urut.desc())
        .limit(1)
    )
    return session.scalar(newest) or "murni"


def _before(session: Session, opd: Opd, tahun: int) -> dict[tuple[str, str, str], Rupiah]:
    newest = (
        select(Dpa.id)
        .where(Dpa.opd_id == opd.id, Dpa.tahun == tahun)
        .order_by(Dpa.urut.desc())
        .limit(1)
        .scalar_subquery()
    )
    return {
        (row.sub_kegiatan, row.rekening, row.sumber_dana): row.pagu
        for row in session.scalars(select(DpaBaris).where(DpaBaris.dpa_id == newest))
    }


def _changes(
    before: dict[tuple[str, str, str], Rupiah], after: dict[tuple[str, str, str], Rupiah]
) -> Counter[str]:
    counted: Counter[str] = Counter()
    for key in before.keys() | after.keys():
        old, new = before.get(key), after.get(key)
        if old is None:
            counted["baru"] += 1
        elif new is None:
            counted["hilang"] += 1
        else:
            counted["tetap" if old == new else "naik" if new > old else "turun"] += 1
    return counted


def _plans(
    session: Session, actor: Actor, command: BudgetLoad, now: datetime
) -> Iterator[LoadResult]:
    for head, opd, lines in _groups(session, command, domain.plan(command.rows), now):
        document = fund_plan.PlanHead(
            opd.id,
            command.tahun,
            command.jenis,
            head.nomor or command.nomor,
            _day(head, command, now),
            command.sha256,
        )
        row, new = fund_plan.load_data(session, actor, document, lines, now)
        nama = "SPD" if command.jenis == "spd" else "Anggaran kas"
        filled = [line for line in lines if line.nilai > ZERO]
        yield LoadResult(
            opd.nama,
            f"{nama} {row.nomor}",
            len(filled),
            total(line.nilai for line in filled),
            new,
            Counter(),
        )


def _once(
    groups: Sequence[tuple[BudgetHead, Opd, list[Row]]], command: BudgetLoad, now: datetime
) -> None:
    """An OPD has one DPA per day; otherwise a typing error in one row's number would create a
    version.
    """
    seen: dict[tuple[int, date], BudgetHead] = {}
    wrong = []
    for head, opd, lines in groups:
        other = seen.setdefault((opd.id, _day(head, command, now)), head)
        if other is not head:
            message = (
                f"Baris {lines[0].nomor}: {opd.nama} mempunyai dua DPA bertanggal sama dalam "
                f"berkas ini ({_named(other)} dan {_named(head)}). Samakan nomor dan versinya "
                "pada semua baris, atau beri tanggal masing-masing."
            )
            wrong.append(Finding("anggaran:dokumen", message, "salah", row=lines[0].nomor))
    if wrong:
        raise FileRefused(wrong)


def _named(head: BudgetHead) -> str:
    return f"{head.versi} {head.nomor}".strip() or "tanpa nomor"


def _groups(
    session: Session, command: BudgetLoad, found: domain.BudgetReading[Row], now: datetime
) -> list[tuple[BudgetHead, Opd, list[Row]]]:
    """The lines by the document they name, in the file's order; wrong rows refuse the file."""
    if found.mistakes:
        raise FileRefused(found.mistakes)
    if not found.baris:
        what = "pagu" if command.jenis == "dpa" else "nilai"
        raise DomainError(f"Tidak ada baris {what} dalam berkas ini.", field="berkas")
    opds = _opds(session, command, [(line.header.opd, line.nomor) for line in found.baris])
    groups: dict[BudgetHead, list[Row]] = {}
    for line in found.baris:
        groups.setdefault(line.header, []).append(line)
    _dates(groups, command, now)
    return [(head, opds[head.opd], lines) for head, lines in groups.items()]


def _dates(groups: Mapping[BudgetHead, list[Row]], command: BudgetLoad, now: datetime) -> None:
    """FileRefused with every document whose day is not of the budget year."""
    wrong = []
    for head, lines in groups.items():
        try:
            domain.of_budget_year(_day(head, command, now), command.tahun)
        except DomainError as refusal:
            message = f"Baris {lines[0].nomor}: {refusal.message}"
            wrong.append(Finding("anggaran:tanggal", message, "salah", row=lines[0].nomor))
    if wrong:
        raise FileRefused(wrong)


def _opds(
    session: Session, command: BudgetLoad, names: Sequence[tuple[str, int]]
) -> dict[str, Opd]:
    """The OPD for each name in the file ('': the one that the person named, or the only one);
    FileRefused with the first row of every unknown one.
    """
    wanted = dict(reversed(names))
    found: dict[str, Opd] = {}
    missing: list[Finding] = []
    for name in dict.fromkeys(name for name, _ in names):
        try:
            found[name] = _opd(session, name or command.opd)
        except NotFound as refusal:
            message = f"Baris {wanted[name]}: {refusal.message}"
            missing.append(Finding("anggaran:opd", message, "salah", row=wanted[name]))
    if missing:
        raise FileRefused(missing)
    return found


def _opd(session: Session, name: str) -> Opd:
    if not name:
        every = session.scalars(select(Opd).where(Opd.aktif).limit(2)).all()
        if len(every) == 1:
            return every[0]
        raise NotFound("Berkas tidak menyebut OPD. Isi kolom kode_skpd, atau pilih OPD-nya.")
    code = name.split()[0].casefold()
    found = session.scalars(
        select(Opd).where(or_(Opd.kode == name.split()[0], Opd.slug == code))
    ).one_or_none()
    if found is None:
        raise NotFound(f"OPD “{name[:60]}” tidak terdaftar. Periksa kode SKPD-nya.")
    return found


def _day(head: BudgetHead, command: BudgetLoad, now: datetime) -> date:
    """The document's date: of the file, of the person, else today within the budget year."""
    if head.tanggal:
        return domain.day(head.tanggal)
    today = business_day(now)
    first, last = date(command.tahun, 1, 1), date(command.tahun, 12, 31)
    return command.tanggal or min(max(today, first), last)
