"""`kkpd load rekening|sub-kegiatan|libur|dpa|spd|kas|up FILE --tahun Y`: tables and budgets."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from kkpd.cli import context as cli_context
from kkpd.cli import options
from kkpd.core.choices import DPA_VERSIONS
from kkpd.core.db.session import EVERY_OPD, rehearsing, writing
from kkpd.core.errors import FileRefused, Unreadable
from kkpd.core.moments import business_day
from kkpd.core.permissions import Actor
from kkpd.core.reference_row import ReferenceRow
from kkpd.organisation import holidays
from kkpd.organisation.accounts import administrator
from kkpd.organisation.setup import national_codes
from kkpd.pagu import budget_load
from kkpd.pagu.budget import reference

#: More wrong rows than this are counted, not listed.
_FINDINGS_SHOWN: Final = 50
#: Tables that are no budgets: the columns they need, and those they may have.
_TABLES: Final = {
    "rekening": (("kode", "nama"), ("deskripsi",)),
    "sub-kegiatan": (("kode", "nama"), ()),
    "libur": (("tanggal", "nama"), ()),
}
#: What comes with the program and needs no file.
_NATIONAL: Final = "kode-nasional"
_CONTENTS: Final = (_NATIONAL, *_TABLES, *budget_load.KINDS)

_SHAPES: Final = """\
columns (headings without regard to case; title rows above the header are passed over):
  kode-nasional no file: the account codes, sub kegiatan and holidays that come with the program
  rekening      kode, nama [deskripsi]
  sub-kegiatan  kode, nama
  libur         tanggal, nama (the whole year: a day it lacks is taken back)
  dpa           kode_sub_kegiatan, kode_rekening, sumber_dana, pagu
                [kode_skpd, versi, nomor, tanggal]
  spd, kas      kode_sub_kegiatan [kode_rekening], then either bulan and nilai, or a column
                a month (januari ... desember) [jumlah, kode_skpd, nomor, tanggal]
  up            up [up_kkpd, kode_skpd, nomor, tanggal, dasar_hukum; TUP: jenis, sampai]
Amounts: 1.234.567,50 or 1234567.50. A row that calls itself Jumlah or Total must be the sum of the
rows above it, or of those since the total before it. A document's day is of the budget year or of
the year before. A file is loaded whole or not at all; loading it once more changes nothing.
exit status: 0 loaded (or known already), 2 refused: every wrong row is one line on stderr.
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """What to load, from where, for which year."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _SHAPES
    parser.add_argument("what", choices=_CONTENTS, help="what the file holds")
    parser.add_argument("file", type=Path, nargs="?", help="CSV (UTF-8) or XLSX with a header row")
    parser.add_argument("--tahun", type=options.budget_year, required=True, help="budget year")
    parser.add_argument("--opd", default="", help="OPD code or slug where the file names none")
    parser.add_argument("--versi", default="", choices=DPA_VERSIONS, help="version (dpa)")
    parser.add_argument("--nomor", default="", help="document number where the file has none")
    parser.add_argument("--tanggal", type=options.day, help="document date, YYYY-MM-DD")
    parser.add_argument(
        "--keputusan",
        default="",
        help="the decision that allows a DPA line below what it has used; dasar hukum of up, libur",
    )
    parser.add_argument("--periksa", action="store_true", help="check only, keep nothing")


def run(args: argparse.Namespace) -> int:
    """Load the whole file or nothing."""
    data = b"" if args.what == _NATIONAL else _bytes(args.file)
    rows = _rows(args, data)  # before the transaction: nobody waits for the child
    mode = rehearsing if args.periksa else writing
    try:
        with (
            cli_context.opened(cli_context.settings()) as engine,
            mode(engine, EVERY_OPD) as session,
        ):
            actor = administrator(session, business_day(cli_context.now()))
            told = _load(session, actor, args, rows, sha256(data).hexdigest())
    except FileRefused as refused:
        _tell(refused)
        raise
    print("\n".join([*told, *(["Hanya diperiksa; tidak ada yang disimpan."] * args.periksa)]))
    return 0


def _bytes(path: Path | None) -> bytes:
    if path is None:
        raise Unreadable("Sebut berkasnya: kkpd load ISI BERKAS --tahun TAHUN.")
    try:
        return path.read_bytes()
    except OSError as error:
        raise Unreadable(f"Berkas {path} tidak dapat dibuka ({error.strerror}).") from error


def _tell(refused: FileRefused) -> None:
    """Every wrong row, one a line."""
    for finding in refused.findings[:_FINDINGS_SHOWN]:
        print(finding.message, file=sys.stderr)
    more = len(refused.findings) - _FINDINGS_SHOWN
    if more > 0:
        print(f"... dan {more} baris lain.", file=sys.stderr)


def _rows(args: argparse.Namespace, data: bytes) -> list[ReferenceRow]:
    if args.what == _NATIONAL:
        return []
    if args.what in _TABLES:
        return reference.read(data, args.file.name, *_TABLES[args.what])
    return reference.read_reference_file(args.what, data, args.file.name)


def _load(
    session: Session,
    actor: Actor,
    args: argparse.Namespace,
    rows: Sequence[ReferenceRow],
    digest: str,
) -> list[str]:
    if args.what == _NATIONAL:
        return _national(session, actor, args.tahun)
    if args.what == "rekening":
        return [
            _counted(reference.load_rekening(session, actor, rows, args.tahun, cli_context.now()))
        ]
    if args.what == "sub-kegiatan":
        return [
            _counted(
                reference.load_sub_kegiatan(session, actor, rows, args.tahun, cli_context.now())
            )
        ]
    if args.what == "libur":
        days = holidays.load_data(
            session, actor, rows, args.tahun, args.keputusan, cli_context.now()
        )
        return [f"{days.baru} hari baru, {days.withdrawn} dicabut, {days.same} sama."]
    command = budget_load.BudgetLoad(
        jenis=args.what,
        tahun=args.tahun,
        rows=rows,
        opd=args.opd,
        versi=args.versi,
        nomor=args.nomor,
        tanggal=args.tanggal,
        keputusan=args.keputusan,
        sha256=digest,
    )
    return [_told(one) for one in budget_load.load_data(session, actor, command, cli_context.now())]


def _national(session: Session, actor: Actor, tahun: int) -> list[str]:
    now = cli_context.now()
    found = national_codes.load_codes(session, actor, tahun, now)
    days = national_codes.load_holidays(session, actor, tahun, now)
    told = [f"{one.nama} ({one.versi}): {_counted(result)}" for one, result in found]
    return [*told, f"Hari libur {tahun}: {days} hari baru."]


def _counted(result: reference.ReferenceLoad) -> str:
    return f"{result.baru} baru, {result.altered} berubah, {result.same} sama."


def _told(one: budget_load.LoadResult) -> str:
    if not one.baru:
        return f"{one.opd}: {one.label_text} sudah dimuat; tidak ada yang berubah."
    changes = ", ".join(f"{n} {word}" for word, n in sorted(one.perubahan.items()))
    return f"{one.opd}: {one.label_text}, {one.baris} baris, Rp {one.jumlah}" + (
        f" ({changes})." if changes else "."
    )
