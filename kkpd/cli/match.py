"""`kkpd match`: a bank statement beside a purchase ledger, both CSV, no database."""

from __future__ import annotations

import argparse
import csv
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from kkpd.cli.tables.match_bytes import ByteTexts
from kkpd.cli.tables.match_files import BANK, BELANJA, FIRST_ROW, baca
from kkpd.core import gc_paused
from kkpd.core.errors import DomainError, Finding
from kkpd.engines.matching.api import cut_findings
from kkpd.engines.matching.arrays import I64, order_by_keys
from kkpd.engines.matching.columns import BothSides, susun
from kkpd.engines.matching.forbidden_links import periksa
from kkpd.engines.matching.links import KINDS
from kkpd.engines.matching.pipeline import MatchAnswer, match_rows
from kkpd.engines.matching.reasons import short_reasons
from kkpd.engines.matching.weights import Weights, bawaan

_STATUS = ("usul", "pasti")
#: Rows worded and written at once (bounds memory).
_AT_ONCE = 5_000
HEAD = ("referensi", "id", "jenis", "status", "skor", "alasan")
EXPLANATION = """\
STATEMENT columns: referensi,kartu,tanggal_posting,tanggal_transaksi,nilai,merchant
LEDGER columns:    id,opd,kartu,tanggal,nilai,merchant
OUT columns:       referensi,id,jenis,status,skor,alasan; one row for each link of a line with a
                   purchase, a split or a group has several rows

Dates are ISO (2026-10-31; both bank dates may be empty), amounts whole rupiah, refunds negative. A
column mata_uang may say the currency; rows in another than IDR are findings and are not linked.

jenis   satu    one line, one purchase
        pecah   one line is the sum of several purchases
        gabung  several lines together are one purchase
        refund  a negative line and its negative purchase, or the purchase it gives back
status  pasti   may be accepted by itself
        usul    a person decides
skor    the sum of named weights (log-odds); see docs/rekonsiliasi.md

Counts go to stdout, findings (double ids, another OPD's purchase, a card nobody holds, ...) to
stderr. Exit status 0, or 2 when a file cannot be read: the sentence names the rows."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EXPLANATION
    parser.add_argument("--statement", required=True, type=Path, help="bank statement, CSV")
    parser.add_argument("--ledger", required=True, type=Path, help="purchase ledger, CSV")
    parser.add_argument("--out", required=True, type=Path, help="where the links are written, CSV")
    parser.add_argument(
        "--explain",
        action="store_true",
        help="write each reason's weight, the probability and the margin; list what stayed alone",
    )
    parser.add_argument("--weights", type=Path, help="another bobot.toml than the shipped one")


def run(args: argparse.Namespace) -> int:
    """Match and write; exit status 0."""
    weight = _weights(args.weights)
    # millions of strings that live to the end: looking for cycles among them costs a third
    with gc_paused.pause():
        both, id_bank, id_belanja, temuan = _read(args.statement, args.ledger)
        reply = match_rows(both, weight)
        plain = all(isinstance(i, ByteTexts) and i.plain for i in (id_bank, id_belanja))
        _write(args.out, _rows(reply, id_bank, id_belanja, rinci=args.explain), plain=plain)
    _temuan((*temuan, *cut_findings(reply, id_bank)))
    _print_counts(reply, len(id_bank), len(id_belanja))
    if args.explain:
        _alone(reply, id_bank, id_belanja)
    return 0


def _read(
    statement: Path, ledger: Path
) -> tuple[BothSides, Sequence[str], Sequence[str], tuple[Finding, ...]]:
    """Both files as columns and as ids, read side by side; what else was read is let go."""
    with ThreadPoolExecutor(2) as pool:
        bank, catatan = pool.map(baca, (statement, ledger), (BANK, BELANJA))
    checked = periksa(bank.kolom, catatan.kolom, None, FIRST_ROW)
    both = susun(
        bank.kolom, catatan.kolom, checked.bank & bank.eligible, checked.catatan & catatan.eligible
    )
    return both, bank.kolom.id, catatan.kolom.id, (*bank.temuan, *catatan.temuan, *checked.temuan)


def _weights(path: Path | None) -> Weights:
    if path is None:
        return bawaan()
    try:
        return Weights.baca(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError) as sebab:
        raise DomainError(f"Berkas bobot {path.name} tidak dapat dibaca ({sebab}).") from sebab


def _rows(
    reply: MatchAnswer, id_bank: Sequence[str], id_belanja: Sequence[str], *, rinci: bool
) -> Iterator[Iterable[tuple[str, ...]]]:
    """OUT rows in pieces, in the order of the engine, which knows nothing of the files' order."""
    tautan, both = reply.tautan, reply.context.both
    r = tautan.rinci
    hundredths = np.round(tautan.scores * 100).astype(np.int64)
    numeric = {n: f"{n / 100:.2f}" for n in sorted(set(hundredths.tolist()))}
    everything, _ = order_by_keys(r.b, r.c)
    for mulai in range(0, len(everything), _AT_ONCE):
        urut = everything[mulai : mulai + _AT_ONCE]
        nomor = r.nomor[urut]
        yield zip(
            _take(id_bank, both.bank.asal[r.b[urut]]),
            _take(id_belanja, both.catatan.asal[r.c[urut]]),
            map(KINDS.__getitem__, tautan.jenis[nomor].tolist()),
            map(_STATUS.__getitem__, tautan.certain[nomor].tolist()),
            map(numeric.__getitem__, hundredths[nomor].tolist()),
            short_reasons(both, tautan, urut, rinci=rinci),
            strict=True,
        )


def _take(everything: Sequence[str], rows: I64) -> Iterable[str]:
    if isinstance(everything, ByteTexts):
        return everything.ambil(rows)
    return map(everything.__getitem__, rows.tolist())


def _write(path: Path, rows: Iterable[Iterable[tuple[str, ...]]], *, plain: bool = False) -> None:
    """Written beside and moved in place, so that a broken run leaves no half a file.

    `plain`: no id needs quotes, so only the reasons (which have commas) are put in quotes.
    """
    temporary = path.with_name(path.name + ".baru")
    try:
        with temporary.open("w", encoding="utf-8", newline="") as isi:
            write_out = csv.writer(isi, lineterminator="\n")
            write_out.writerow(HEAD)
            for cut in rows:
                if plain:
                    isi.write("".join([f'{r},{i},{j},{s},{n},"{a}"\n' for r, i, j, s, n, a in cut]))
                else:
                    write_out.writerows(cut)
        temporary.replace(path)
    except OSError as sebab:
        raise DomainError(f"Berkas {path} tidak dapat ditulis ({sebab.strerror}).") from sebab


def _temuan(temuan: Iterable[Finding]) -> None:
    for one_item in temuan:
        print(f"temuan: {one_item.message}", file=sys.stderr)


def _print_counts(reply: MatchAnswer, row_count: int, purchase_count: int) -> None:
    """Counts to stdout; rows left out by a finding count as unmatched."""
    tautan = reply.tautan
    r = tautan.rinci
    jenis: Counter[str] = Counter()
    for nama, banyak in zip(KINDS, np.bincount(tautan.jenis, minlength=len(KINDS)), strict=True):
        jenis[nama] += int(banyak)
    rincian = ", ".join(f"{nama} {jenis[nama]}" for nama in dict.fromkeys(KINDS))
    certain = int(tautan.certain.sum())
    print(f"pasangan: {len(tautan.jenis)} ({rincian})")
    print(f"pasti: {certain}, usul: {len(tautan.jenis) - certain}")
    print(f"baris bank tanpa pasangan: {row_count - np.count_nonzero(np.bincount(r.b))}")
    print(f"belanja tanpa pasangan: {purchase_count - np.count_nonzero(np.bincount(r.c))}")


def _alone(reply: MatchAnswer, id_bank: Sequence[str], id_belanja: Sequence[str]) -> None:
    """Which rows stayed alone, in file order."""
    r, both = reply.tautan.rinci, reply.context.both
    for kata, everything, sisi, in_use in (
        ("baris bank", id_bank, both.bank, r.b),
        ("belanja", id_belanja, both.catatan, r.c),
    ):
        on_own = np.ones(len(everything), dtype=np.bool_)
        on_own[sisi.asal[in_use]] = False
        for i in np.flatnonzero(on_own).tolist():
            print(f"tanpa pasangan: {kata} {everything[i]} (baris {i + FIRST_ROW})")
