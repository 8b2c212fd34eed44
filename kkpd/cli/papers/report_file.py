"""One report to a file: drawn as a draft, or issued (`kkpd report NAME`); writing files whole."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from kkpd.cli import context as cli_context
from kkpd.core.config import Settings
from kkpd.core.db.session import EVERY_OPD, reading, writing
from kkpd.core.errors import DomainError, NotFound, Unreadable
from kkpd.core.moments import business_day, parse_span
from kkpd.core.permissions import Actor
from kkpd.engines.paper import FrozenDocument as Document
from kkpd.engines.paper.writers import WRITERS
from kkpd.models import Dokumen
from kkpd.reports import named
from kkpd.reports.issue import issue
from kkpd.reports.named import issued


def run(args: argparse.Namespace) -> int:
    """Draw the report, or issue it, and write the file."""
    asked = permintaan(args)
    path = output_path(args.out, tuple(f".{ending}" for ending in WRITERS))
    config = cli_context.settings()
    with cli_context.opened(config) as engine:
        day = business_day(cli_context.now(), config.zone)
        with reading(engine, EVERY_OPD) as session:
            who = cli_context.acting(session, asked.opd, args.oleh, day)
        if args.terbit:
            data, document = _issued(engine, config, who, asked, path.suffix.lower())
        else:
            with reading(engine, cli_context.data_scope(who)) as session:
                document = named.compose(session, who, asked, day)
            data = WRITERS[path.suffix.lower()[1:]](document)
    write_out(path, data)
    _told(path, document, as_json=args.json)
    return 0


def permintaan(args: argparse.Namespace) -> named.ReportRequest:
    """The request of the command's options, each named where it is missing."""
    named.find(args.name)
    if args.opd is None or args.periode is None:
        raise DomainError("Sebut OPD dan periodenya: --opd KODE --periode 2026-10.")
    if args.kartu and not (args.kartu.isascii() and len(args.kartu) == 4 and args.kartu.isdigit()):
        raise DomainError("Kartu disebut dengan empat angka terakhirnya: --kartu 4821.")
    return named.ReportRequest(
        nama=args.name, opd=args.opd, span=parse_span(args.periode), kartu=args.kartu
    )


def output_path(path: Path | None, suffixes: tuple[str, ...]) -> Path:
    """The file to write, its suffix and its folder checked before any work is done."""
    if path is None:
        raise DomainError("Sebut berkas hasilnya dengan --out.", field="out")
    if path.suffix.lower() not in suffixes:
        raise DomainError(
            f"Nama berkas hasil harus berakhiran {' atau '.join(suffixes)}, "
            f"bukan “{path.name[:60]}”.",
            field="out",
        )
    if path.is_dir() or not path.parent.is_dir():
        raise Unreadable(f"{path} tidak dapat ditulis: foldernya tidak ada atau itu sebuah folder.")
    return path


def write_out(path: Path, data: bytes) -> None:
    """Write the file whole or not at all."""
    aside = path.with_name(f".{path.name[:200]}.{os.getpid()}")
    try:
        aside.write_bytes(data)
        aside.replace(path)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise Unreadable(f"{path} tidak dapat ditulis: {error.strerror}.") from None


def _issued(
    engine: Engine, config: Settings, who: Actor, asked: named.ReportRequest, suffix: str
) -> tuple[bytes, Document]:
    """Issue it, or take the issued paper of the chain; the archived file where a PDF is asked."""
    penerbit = cli_context.penerbit(config)
    with writing(engine, cli_context.data_scope(who)) as session:
        if named.find(asked.nama).of_chain:
            row = _from_chain(session, who, asked)
        else:
            row = issue(session, who, asked, penerbit, cli_context.now()).dokumen
        document, digest = issued.document(row), issued.archive_fingerprint(session, row.id)
    data = penerbit.arsip.get(digest) if suffix == ".pdf" else WRITERS[suffix[1:]](document)
    return data, document


def _from_chain(session: Session, who: Actor, asked: named.ReportRequest) -> Dokumen:
    report = named.find(asked.nama)
    where = named.coverage(session, who, asked.opd, "laporan:unduh")
    found = issued.chain_papers(session, where.ids, asked, report)
    if len(found) == 1:
        return found[0]
    if found:
        raise DomainError(
            f"Ada {len(found)} {report.judul} terbit untuk {asked.span.nama}; "
            "persempit OPD atau periodenya, atau unduh dari halaman Laporan."
        )
    raise NotFound(
        f"{report.judul} {where.nama} belum terbit untuk {asked.span.nama}: ia terbit lewat "
        "langkahnya sendiri (persetujuan, pembayaran, atau penutupan bulan)."
    )


def _told(path: Path, document: Document, *, as_json: bool) -> None:
    if as_json:
        said = {
            "file": str(path),
            "judul": document.judul,
            "nomor": document.nomor,
            "periode": document.periode,
            "rancangan": document.rancangan,
            "sidik": document.sidik(),
        }
        print(json.dumps(said, ensure_ascii=False))
        return
    state = "rancangan, belum terbit" if document.rancangan else f"terbit, nomor {document.nomor}"
    print(f"{path}: {document.judul}, {document.kop.opd}, {document.periode} ({state})")
