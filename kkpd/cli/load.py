"""`kkpd load rekening|sub-kegiatan|dpa|up FILE --tahun Y`: reference data and budgets."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import date
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.cli import ruang
from kkpd.db.session import EVERY_OPD, writing
from kkpd.domain.errors import DomainError, NotFound, Unreadable
from kkpd.domain.money import Rupiah
from kkpd.domain.peran import Actor
from kkpd.ingest import acuan as files
from kkpd.models import Opd
from kkpd.queries.sistem import administrator
from kkpd.services import acuan, anggaran


def arguments(parser: argparse.ArgumentParser) -> None:
    """What to load, from where, for which year."""
    parser.add_argument("what", choices=sorted(LOADERS), help="what the file holds")
    parser.add_argument("file", type=Path, help="CSV (UTF-8) or XLSX with a header row")
    parser.add_argument("--tahun", type=int, required=True, help="budget year")
    parser.add_argument("--opd", help="OPD code or slug (dpa, up)")
    parser.add_argument("--versi", default="murni", choices=["murni", "pergeseran", "perubahan"])
    parser.add_argument("--nomor", default="", help="document number (dpa, up)")
    parser.add_argument("--tanggal", type=date.fromisoformat, help="document date, ISO (dpa, up)")


def run(args: argparse.Namespace) -> int:
    """Load the whole file or nothing."""
    try:
        data = args.file.read_bytes()
    except OSError as error:
        raise Unreadable(f"Berkas {args.file} tidak dapat dibuka ({error.strerror}).") from error
    with ruang.opened(ruang.settings()) as engine, writing(engine, EVERY_OPD) as session:
        print(LOADERS[args.what](session, administrator(session), args, data))
    return 0


def _rekening(session: Session, actor: Actor, args: argparse.Namespace, data: bytes) -> str:
    rows = files.read(data, args.file.name, ("kode", "nama"), ("deskripsi",))
    return _told(acuan.load_rekening(session, actor, rows, args.tahun, ruang.now()))


def _sub_kegiatan(session: Session, actor: Actor, args: argparse.Namespace, data: bytes) -> str:
    rows = files.read(data, args.file.name, ("kode", "nama"))
    return _told(acuan.load_sub_kegiatan(session, actor, rows, args.tahun, ruang.now()))


def _dpa(session: Session, actor: Actor, args: argparse.Namespace, data: bytes) -> str:
    columns = ("sub_kegiatan", "rekening", "sumber_dana", "pagu")
    rows = files.read(data, args.file.name, columns)
    opd = _opd(session, args)
    head = anggaran.VersiDpa(opd.id, args.tahun, args.versi, args.nomor, _date(args))
    anggaran.load_dpa(session, actor, head, rows, ruang.now())
    return f"DPA {args.versi} {opd.nama}: {len(rows)} baris."


def _up(session: Session, actor: Actor, args: argparse.Namespace, data: bytes) -> str:
    columns = ("up", "up_kkpd", "nomor", "dasar_hukum")
    rows = files.read(data, args.file.name, columns)
    opd = _opd(session, args)
    for row in rows:
        command = anggaran.TetapkanUp(
            opd_id=opd.id,
            tahun=args.tahun,
            nomor=row["nomor"],
            mulai=_date(args),
            up=_money(row.nomor, row["up"]),
            up_kkpd=_money(row.nomor, row["up_kkpd"]),
            dasar_hukum=row["dasar_hukum"],
        )
        anggaran.tetapkan_up(session, actor, command, ruang.now())
    return f"UP {opd.nama}: {len(rows)} keputusan."


def _money(row: int, text: str) -> Rupiah:
    try:
        return Rupiah.parse(text)
    except DomainError as error:
        raise Unreadable(f"Baris {row}: {error.message}") from error


def _opd(session: Session, args: argparse.Namespace) -> Opd:
    wanted = args.opd or ""
    found = session.scalars(
        select(Opd).where((Opd.kode == wanted) | (Opd.slug == wanted))
    ).one_or_none()
    if found is None:
        raise NotFound(f"OPD “{wanted}” tidak ada. Tulis kode atau nama pendeknya dengan --opd.")
    return found


def _date(args: argparse.Namespace) -> date:
    found = args.tanggal or date(args.tahun, 1, 1)
    assert isinstance(found, date)
    return found


def _told(result: acuan.Hasil) -> str:
    return f"{result.baru} baru, {result.berubah} berubah, {result.sama} sama."


LOADERS: dict[str, Callable[[Session, Actor, argparse.Namespace, bytes], str]] = {
    "rekening": _rekening,
    "sub-kegiatan": _sub_kegiatan,
    "dpa": _dpa,
    "up": _up,
}
