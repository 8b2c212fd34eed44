"""The inspector's board: every OPD with its money at risk, what is open by month, how old it is.

Money at risk is the largest of three sums that may hold the same rupiah (open cases, open bank
lines, bills past their due day): at least so much needs eyes, and nothing is counted twice.

Every figure is a sum of the ledger's parts (`kkpd/ledger/standing.py`): the gross open amount,
explained or refused amounts that wait, and amounts not billed yet. Unsettled months of earlier
years stay on the board until they are settled.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from kkpd.core.moments import MONTHS
from kkpd.core.money import Rupiah, total
from kkpd.core.permissions import Actor, require
from kkpd.engines.paper import Column, FrozenDocument, Letterhead
from kkpd.engines.paper.parts import Row, data_table
from kkpd.ledger.shapes import Month
from kkpd.ledger.standing import MonthSum, StandingSummary, standing, summary
from kkpd.models import Case, Ceiling, Opd, Periode
from kkpd.oversight.cases.reads import WAITING
from kkpd.records import settings as records_settings


@dataclass(frozen=True, slots=True)
class Sel:
    """One OPD's month: what is open of it, the age in days of its oldest open line, its state.

    `jumlah` holds the sums; `present` is False where nothing was billed.
    """

    jumlah: MonthSum
    umur: int | None
    status: str

    @property
    def present(self) -> bool:
        """Whether anything is billed in it."""
        return self.jumlah.lines > 0

    @property
    def selisih(self) -> Rupiah:
        """The gross open amount."""
        return self.jumlah.gross

    @property
    def oldest_open(self) -> int | None:
        """Its oldest open line."""
        return self.jumlah.oldest[1] if self.jumlah.oldest else None


@dataclass(frozen=True)
class BoardRow:
    """One OPD of the board as of `day`; `dibawa` are the unsettled months of earlier years, by
    month, `cases` the waiting cases (count, money) by the day on which they are due.
    Its sums are kept: a board reads each several times.
    """

    opd_id: int
    slug: str
    nama: str
    tahun: int
    bulan: tuple[Sel, ...]
    dibawa: tuple[tuple[Month, Sel], ...]
    up_used: int | None
    day: date
    sums: StandingSummary
    cases: Mapping[date, tuple[int, Rupiah]]

    @cached_property
    def _all(self) -> dict[Month, Sel]:
        year = {(self.tahun, month): cell for month, cell in enumerate(self.bulan, 1)}
        return dict(self.dibawa) | year

    @cached_property
    def temuan(self) -> int:
        """How many cases wait."""
        return sum(count for count, _amount in self.cases.values())

    @cached_property
    def case_money(self) -> Rupiah:
        """What those cases are about."""
        return total(amount for _count, amount in self.cases.values())

    @cached_property
    def late(self) -> Rupiah:
        """What the bank is still owed of bills past their due day."""
        return total(one.sisa for one in self.sums.due if one.due_day < self.day)

    @cached_property
    def at_risk(self) -> Rupiah:
        """At least so much needs eyes: the largest of cases, open lines and late bills."""
        return max(self.case_money, self.selisih, self.late)

    @cached_property
    def selisih(self) -> Rupiah:
        """The gross open amount of all these months."""
        return total(cell.selisih for cell in self._all.values())

    @cached_property
    def carried_difference(self) -> Rupiah:
        """What of it is of earlier years."""
        return total(cell.selisih for _, cell in self.dibawa)

    @cached_property
    def pending(self) -> tuple[int, Rupiah]:
        """How many explained and refused parts wait for somebody, and how much."""
        sums = [cell.jumlah for cell in self._all.values()]
        return sum(one.waits for one in sums), total(one.left for one in sums)

    @cached_property
    def carried_waiting(self) -> Rupiah:
        """What of it is of earlier years."""
        return total(cell.jumlah.left for _, cell in self.dibawa)

    @cached_property
    def not_yet_billed(self) -> tuple[int, Rupiah]:
        """How many purchases no bill asks for yet, and how much."""
        sums = [cell.jumlah for cell in self._all.values()]
        return sum(one.unbilled for one in sums), total(one.not_billed for one in sums)

    @cached_property
    def settled_share(self) -> int | None:
        """How many lines of the year are settled, in whole percent, rounded down; None without."""
        lines = sum(cell.jumlah.lines for cell in self.bulan)
        return sum(cell.jumlah.settled for cell in self.bulan) * 100 // lines if lines else None

    @cached_property
    def closed_months(self) -> int:
        """The number of closed months."""
        return sum(cell.status not in ("", "terbuka") for cell in self.bulan)

    @cached_property
    def oldest_open(self) -> int:
        """The age of its oldest open line in days, 0 for none."""
        return max((cell.umur or 0 for cell in self._all.values()), default=0)

    @cached_property
    def oldest_cell(self) -> tuple[Month, Sel] | None:
        """The month that holds its oldest open line: one that came late stands in a later month
        than its day; the earlier month of two.
        """
        old = [(month, cell) for month, cell in self._all.items() if cell.umur is not None]
        return min(old, key=lambda one: (-(one[1].umur or 0), one[0]), default=None)


#: What the board can be sorted by; each ends with the name, so that the order is total.
SORT_KEYS: Final[Mapping[str, Callable[[BoardRow], tuple[int, str]]]] = {
    "nama": lambda row: (0, row.nama),
    "risiko": lambda row: (row.at_risk.sen, row.nama),
    "kasus": lambda row: (row.case_money.sen, row.nama),
    "lewat": lambda row: (row.late.sen, row.nama),
    "selisih": lambda row: (row.selisih.sen, row.nama),
    "menunggu": lambda row: (row.pending[1].sen, row.nama),
    "belum": lambda row: (row.not_yet_billed[1].sen, row.nama),
    "umur": lambda row: (row.oldest_open, row.nama),
    "cakupan": lambda row: (-1 if row.settled_share is None else row.settled_share, row.nama),
    "up": lambda row: (row.up_used or 0, row.nama),
    "temuan": lambda row: (row.temuan, row.nama),
}


def oversight_board(
    session: Session,
    actor: Actor,
    tahun: int,
    day: date,
    urut: tuple[str, bool] = ("risiko", True),
    brief: Callable[[int], StandingSummary] | None = None,
) -> list[BoardRow]:
    """All OPDs the actor may see, the most money at risk first (then age), or sorted by one of
    SORT_KEYS (second value: descending). An OPD that ended stays while the year has lines or
    something is unsettled. `brief` gives an OPD's sums where they are known already.
    """
    require(actor, "papan:lihat")
    known = brief or (lambda opd_id: summary(standing(session, [opd_id], day)))
    opds = session.scalars(_opds(actor)).all()
    sums = {opd.id: known(opd.id) for opd in opds}
    states = {
        (row.opd_id, row.tahun, row.bulan): row.status
        for row in session.scalars(select(Periode).where(Periode.tahun <= tahun))
    }
    waiting = _waiting(session, [opd.id for opd in opds])
    limits = _limits(session, tahun)
    found = []
    for opd in opds:
        year, earlier = _cells(sums[opd.id], opd.id, states, tahun, day)
        if opd.aktif or earlier or any(cell.present for cell in year):
            used = _percent(sums[opd.id].owed, limits.get(opd.id))
            known_as = (opd.id, opd.slug, opd.nama, tahun, year, earlier, used)
            found.append(BoardRow(*known_as, day, sums[opd.id], waiting.get(opd.id, {})))
    found.sort(key=lambda row: (-row.at_risk.sen, -row.oldest_open, row.nama))
    key, descending = urut
    return sorted(found, key=SORT_KEYS[key], reverse=descending) if key in SORT_KEYS else found


def _cells(
    sums: StandingSummary,
    opd_id: int,
    states: Mapping[tuple[int, int, int], str],
    tahun: int,
    day: date,
) -> tuple[tuple[Sel, ...], tuple[tuple[Month, Sel], ...]]:
    """(the twelve months of the year, the unsettled ones of earlier years)."""
    cells = {
        month: _cell(found, states.get((opd_id, *month)), day)
        for month, found in sums.months.items()
    }
    year = tuple(
        cells.get((tahun, month)) or _cell(MonthSum(), states.get((opd_id, tahun, month)), day)
        for month in range(1, 13)
    )
    earlier = sorted(month for month, found in sums.months.items() if not found.ended)
    return year, tuple((month, cells[month]) for month in earlier if month[0] < tahun)


def _opds(actor: Actor) -> Select[Opd]:
    statement = select(Opd).order_by(Opd.nama)
    return statement if actor.opd_ids is None else statement.where(Opd.id.in_(actor.opd_ids))


def _cell(sums: MonthSum, status: str | None, day: date) -> Sel:
    age = max((day - sums.oldest[0]).days, 0) if sums.oldest else None
    return Sel(sums, age, status or ("terbuka" if sums.lines else ""))


def _limits(session: Session, tahun: int) -> dict[int, Rupiah]:
    """OPD -> its UP KKPD of the year."""
    rows = session.execute(
        select(Ceiling.opd_id, Ceiling.limit).where(
            Ceiling.tahun == tahun, Ceiling.jenis == "up_kkpd"
        )
    )
    return {opd_id: limit for opd_id, limit in rows}  # noqa: C416 -- a Row is no typed pair


def _percent(owed: Rupiah, limit: Rupiah | None) -> int | None:
    """How much of UP KKPD is used, in whole percent."""
    return owed.sen * 100 // limit.sen if limit else None


def _waiting(
    session: Session, opd_ids: Collection[int]
) -> dict[int, dict[date, tuple[int, Rupiah]]]:
    """OPD -> due day -> (number, money) of the cases that wait."""
    found: dict[int, dict[date, tuple[int, Rupiah]]] = defaultdict(dict)
    for opd_id, due, count, amount in session.execute(
        select(Case.opd_id, Case.jatuh_tempo, func.count(), func.sum(Case.nilai))
        .where(Case.opd_id.in_(opd_ids), Case.status.in_(WAITING))
        .group_by(Case.opd_id, Case.jatuh_tempo)
    ):
        found[opd_id][due] = (count, amount)
    return found


_COLUMNS: Final = (
    Column("opd", "OPD", lebar=160),
    Column("risiko", "Uang berisiko sekurangnya", "uang", 80, dijumlah=True),
    Column("kasus", "Nilai tindak lanjut", "uang", 80, dijumlah=True),
    Column("lewat", "Tagihan lewat jatuh tempo", "uang", 80, dijumlah=True),
    *(
        Column(f"bulan_{number:02d}", name, "uang", 70, dijumlah=True)
        for number, name in enumerate(MONTHS, 1)
    ),
    Column("dibawa", "Selisih dari tahun sebelumnya", "uang", 80, dijumlah=True),
    Column("selisih", "Selisih tanpa tanda", "uang", 80, dijumlah=True),
    Column("menunggu", "Dijelaskan, belum selesai", "uang", 80, dijumlah=True),
    Column("belum_ditagih", "Belum ditagih", "uang", 80, dijumlah=True),
    Column("tertua", "Umur tertua (hari)", "angka", 50),
    Column("cakupan", "Baris selesai (persen)", "angka", 50),
    Column("tertutup", "Bulan ditutup", "angka", 50),
    Column("up", "UP KKPD terpakai (persen)", "angka", 50),
    Column("temuan", "Tindak lanjut terbuka", "angka", 50),
)


def dokumen(session: Session, rows: Sequence[BoardRow], tahun: int, day: date) -> FrozenDocument:
    """The board of the year as it stands on `day`, in the order of `rows`."""
    return FrozenDocument(
        formulir="papan_opd",
        versi=2,
        judul=f"Papan selisih KKPD semua OPD tahun {tahun}",
        kop=Letterhead(
            records_settings.value(session, "nama_pemerintah", day) or "Pemerintah Daerah", ""
        ),
        tanggal=day,
        isi=(data_table(_COLUMNS, [("", [_export_row(row) for row in rows])], judul="Papan"),),
    )


def _export_row(row: BoardRow) -> Row:
    return (
        row.nama,
        row.at_risk,
        row.case_money,
        row.late,
        *(cell.selisih for cell in row.bulan),
        row.carried_difference,
        row.selisih,
        row.pending[1],
        row.not_yet_billed[1],
        row.oldest_open,
        row.settled_share,
        row.closed_months,
        row.up_used,
        row.temuan,
    )
