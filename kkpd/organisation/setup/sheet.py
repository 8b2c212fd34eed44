"""One sheet for OPDs, people, roles and cards: a row is a person in a role, perhaps with a card.

The whole sheet is proposed, or nothing of it: every wrong row is told with its column. What is
known already is left as it is, so the same sheet again changes nothing. Roles and cards take effect
when a second administrator confirms them (kkpd/organisation/setup/confirm.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from kkpd.core.choices import IN_FORCE, PROPOSED
from kkpd.core.errors import DomainError, FileRefused, Finding, Unreadable
from kkpd.core.moments import business_day
from kkpd.core.permissions import ACROSS_OPDS, ROLE_NAMES, Actor, Role, require
from kkpd.core.reference_row import ReferenceRow
from kkpd.engines.paper import Column, FrozenDocument, Letterhead
from kkpd.engines.paper.parts import data_table
from kkpd.models import Kartu, Opd, Orang, Pengguna, Penugasan
from kkpd.organisation import assignments, cards, organisation
from kkpd.pagu.budget import reference
from kkpd.pagu.budget import rows as budget_rows

#: A row is up to four acts in the one transaction; while it lasts nobody else writes (SQLite).
MOST_ROWS: Final = 75
#: The columns of the sheet, in the order of the template; what an example row holds.
COLUMNS: Final = {
    "kode_opd": "CONTOH-1.02",
    "nama_opd": "Dinas Contoh",
    "nama_pendek": "discontoh",
    "alamat_opd": "Jalan Contoh Nomor 1",
    "npwp_opd": "00.000.000.0-000.000",
    "nama": "Ani Contoh, A.Md.",
    "nip": "199001012015012001",
    "pangkat": "Penata Muda (III/a)",
    "jabatan": "Pelaksana",
    "surel": "ani@contoh.go.id",
    "nama_masuk": "ani",
    "peran": "pemegang",
    "mulai": "02/01/2026",
    "nomor_sk": "SK 1/2026",
    "tanggal_sk": "02/01/2026",
    "jenis_kartu": "barang",
    "empat_angka": "4821",
    "bank": "Bank Sumut",
    "limit": "50.000.000",
    "berlaku_sampai": "31/12/2029",
    "nomor_usul": "Usul PA 1/2026",
    "tanggal_usul": "02/01/2026",
}
#: Rows of this OPD code are the template's own and are passed over.
_EXAMPLE: Final = "CONTOH"
#: The field that a verb's refusal names -> the column of the sheet, of the OPD and of the rest.
_OPD_FIELDS: Final = {"slug": "nama_pendek", "kode": "kode_opd", "nama": "nama_opd"}
_FIELDS: Final = {
    "opd_id": "kode_opd",
    "orang_id": "nama",
    "pemegang_id": "nama",
    "dasar": "nomor_sk",
    "tanggal_dasar": "tanggal_sk",
    "jenis": "jenis_kartu",
    "nomor_akhir": "empat_angka",
    "nomor_dokumen": "nomor_usul",
    "tanggal": "tanggal_usul",
}


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A row of the sheet: what it is about, and what is new by it; empty where all is known."""

    nomor: int
    opd: str
    nama: str
    made: tuple[str, ...]


def read(data: bytes, name: str) -> list[ReferenceRow]:
    """The rows of an XLSX or CSV in the shape of the template."""
    found = reference.read(data, name, ("kode_opd", "nama", "peran"), tuple(COLUMNS))
    rows = [row for row in found if not row["kode_opd"].upper().startswith(_EXAMPLE)]
    if not rows:
        raise Unreadable("Tidak ada baris selain baris contoh dalam berkas ini.", field="berkas")
    if len(rows) > MOST_ROWS:
        raise Unreadable(
            f"Lembar ini berisi {len(rows)} baris; paling banyak {MOST_ROWS} sekali kirim. "
            "Bagi menjadi beberapa berkas.",
            field="berkas",
        )
    return rows


def template(day: date) -> FrozenDocument:
    """The empty sheet with its example row, for the writers of workbooks and CSV."""
    columns = tuple(Column(key, key, "teks", 80) for key in COLUMNS)
    table = data_table(columns, [("", [tuple(COLUMNS.values())])])
    head = Letterhead("", "")
    return FrozenDocument(
        formulir="rekap", versi=1, judul="Lembar", kop=head, tanggal=day, isi=(table,)
    )


def propose(
    session: Session, actor: Actor, rows: Sequence[ReferenceRow], now: datetime
) -> list[SheetLine]:
    """Propose everything that the sheet has and the books have not; FileRefused lists every wrong
    row.
    """
    for permission in ("opd:kelola", "pengguna:kelola", "penugasan:kelola", "kartu:kelola"):
        require(actor, permission)
    lines, wrong = [], []
    for row in rows:
        work = _Row(session, actor, row, now)
        try:
            work.take()
        except DomainError as refusal:
            wrong.append(work.finding(refusal))
        lines.append(SheetLine(row.nomor, row["kode_opd"], row["nama"], tuple(work.made)))
    if wrong:
        raise FileRefused(wrong)
    return lines


class _Row:
    """One row on its way into the books."""

    def __init__(self, session: Session, actor: Actor, row: ReferenceRow, now: datetime) -> None:
        self.session, self.actor, self.row, self.now = session, actor, row, now
        self.made: list[str] = []
        self.fields = _OPD_FIELDS

    def take(self) -> None:
        """OPD, person, login, role, card: each only where the row names it."""
        opd = self._opd()
        self.fields = _FIELDS
        if not self.row["nama"]:
            return
        orang = self._person(opd)
        if self.row["nama_masuk"]:
            self._login(orang)
        if self.row["peran"]:
            self._role(orang, opd)
        if self.row["empat_angka"] or self.row["jenis_kartu"]:
            self._card(orang, opd)

    def finding(self, refusal: DomainError) -> Finding:
        """The refusal with its row and column."""
        field = refusal.field or ""
        column = self.fields.get(field, field)
        where = f", kolom {column}" if column in COLUMNS else ""
        message = f"Baris {self.row.nomor}{where}: {refusal.message}"
        return Finding("lembar", message, "salah", row=self.row.nomor, field=column)

    def _day(self, column: str) -> date | None:
        try:
            return budget_rows.day(self.row[column]) if self.row[column] else None
        except DomainError as refusal:
            raise DomainError(refusal.message, field=column) from refusal

    def _opd(self) -> Opd | None:
        """The OPD that the row names, made where it is new and the row describes it."""
        kode = self.row["kode_opd"]
        if not kode:
            return None
        known = self.session.scalar(select(Opd).where(or_(Opd.kode == kode, Opd.slug == kode)))
        if known is not None:
            return known
        if not self.row["nama_opd"]:
            raise DomainError(
                "OPD ini belum ada. Isi nama_opd dan nama_pendek pada barisnya yang pertama.",
                field="kode",
            )
        data = organisation.DataOpd(
            kode=kode,
            slug=self.row["nama_pendek"],
            nama=self.row["nama_opd"],
            alamat=self.row["alamat_opd"],
            npwp=self.row["npwp_opd"] or None,
        )
        self.made.append("OPD")
        return organisation.save_opd(self.session, self.actor, data, self.now)

    def _person(self, opd: Opd | None) -> Orang:
        """The person by NIP, else by name in the OPD; made where nobody is."""
        nip, opd_id = self.row["nip"], None if opd is None else opd.id
        same = Orang.nip == nip if nip else Orang.nama == self.row["nama"]
        query = select(Orang).where(same, *([] if nip else [Orang.opd_id == opd_id]))
        known = self.session.scalars(query.limit(1)).first()
        if known is not None:
            if known.nama != self.row["nama"]:
                raise DomainError(f"NIP ini milik {known.nama}. Periksa namanya.", field="nip")
            return known
        data = organisation.PersonData(
            nama=self.row["nama"],
            nip=nip or None,
            pangkat=self.row["pangkat"],
            jabatan=self.row["jabatan"],
            surel=self.row["surel"] or None,
            opd_id=opd_id,
        )
        self.made.append("orang")
        return organisation.save_person(self.session, self.actor, data, self.now)

    def _login(self, orang: Orang) -> None:
        name = self.row["nama_masuk"].lower()
        known = self.session.scalar(
            select(Pengguna.nama_masuk).where(Pengguna.orang_id == orang.id)
        )
        if known == name:
            return
        if known is not None:
            raise DomainError(f"{orang.nama} sudah punya nama masuk {known}.", field="nama_masuk")
        data = organisation.LoginData(orang_id=orang.id, nama_masuk=name)
        organisation.create_login(self.session, self.actor, data, self.now)
        self.made.append("nama masuk")

    def _role(self, orang: Orang, opd: Opd | None) -> None:
        role = _role_of(self.row["peran"])
        opd_id = None if role in ACROSS_OPDS or opd is None else opd.id
        known = select(Penugasan.id).where(
            Penugasan.orang_id == orang.id,
            Penugasan.peran == role,
            Penugasan.opd_id.is_(None) if opd_id is None else Penugasan.opd_id == opd_id,
            Penugasan.status.in_((PROPOSED, IN_FORCE)),
        )
        if self.session.scalars(known.limit(1)).first() is not None:
            return
        today = business_day(self.now)
        first = self._day("mulai") or today
        why = f"Sudah menjabat sebelum dicatat di sini, {self.row['nomor_sk']}"[:300]
        data = assignments.AssignmentData(
            orang_id=orang.id,
            peran=role.value,
            opd_id=opd_id,
            mulai=first,
            dasar=self.row["nomor_sk"],
            tanggal_dasar=self._day("tanggal_sk"),
            alasan_mundur=why if first < today else "",
        )
        assignments.propose(self.session, self.actor, data, self.now)
        self.made.append(ROLE_NAMES[role])

    def _card(self, orang: Orang, opd: Opd | None) -> None:
        if opd is None:
            raise DomainError("Kartu milik sebuah OPD. Isi kode_opd.", field="opd_id")
        known = select(Kartu.pemegang_id).where(
            Kartu.opd_id == opd.id,
            Kartu.nomor_akhir == self.row["empat_angka"],
            Kartu.bank == self.row["bank"],
        )
        if self.session.scalars(known.limit(1)).first() == orang.id:
            return
        limit = budget_rows.nilai(self.row, "limit") if self.row["limit"] else None
        command = cards.ProposeCard(
            opd_id=opd.id,
            jenis=self.row["jenis_kartu"].lower(),
            nomor_akhir=self.row["empat_angka"].zfill(4),
            bank=self.row["bank"],
            pemegang_id=orang.id,
            tanggal=self._day("tanggal_usul") or business_day(self.now),
            nomor_dokumen=self.row["nomor_usul"],
            limit=limit,
            berlaku_sampai=self._day("berlaku_sampai"),
        )
        cards.propose(self.session, self.actor, command, self.now)
        self.made.append(f"kartu {command.nomor_akhir}")


def _role_of(text: str) -> Role:
    """The role by its word or its name, without regard to case."""
    asked = text.strip().casefold()
    for role, name in ROLE_NAMES.items():
        if asked in {role.value, name.casefold()}:
            return role
    known = ", ".join(role.value for role in ROLE_NAMES)
    raise DomainError(f"“{text[:30]}” bukan peran. Yang dikenal: {known}.", field="peran")
