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

from kkpd.cli.tables.match_bytes import TeksBita
from kkpd.cli.tables.match_files import BANK, BARIS_PERTAMA, BELANJA, baca
from kkpd.core import gc_paused
from kkpd.core.errors import DomainError, Finding
from kkpd.engines.matching.api import temuan_potong
from kkpd.engines.matching.arrays import I64, urut_kunci
from kkpd.engines.matching.columns import Dua, susun
from kkpd.engines.matching.forbidden_links import periksa
from kkpd.engines.matching.links import JENIS
from kkpd.engines.matching.pipeline import Jawaban, cocokkan
from kkpd.engines.matching.reasons import alasan_singkat
from kkpd.engines.matching.weights import Bobot, bawaan

_STATUS = ("usul", "pasti")
#: Rows worded and written at once (bounds memory).
_SEKALI = 5_000
KEPALA = ("referensi", "id", "jenis", "status", "skor", "alasan")
PENJELASAN = """\
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
    parser.epilog = PENJELASAN
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
    bobot = _bobot(args.weights)
    # millions of strings that live to the end: looking for cycles among them costs a third
    with gc_paused.istirahat():
        dua, id_bank, id_belanja, temuan = _baca(args.statement, args.ledger)
        jawab = cocokkan(dua, bobot)
        polos = all(isinstance(i, TeksBita) and i.polos for i in (id_bank, id_belanja))
        _tulis(args.out, _rows(jawab, id_bank, id_belanja, rinci=args.explain), polos=polos)
    _temuan((*temuan, *temuan_potong(jawab, id_bank)))
    _hitungan(jawab, len(id_bank), len(id_belanja))
    if args.explain:
        _sendiri(jawab, id_bank, id_belanja)
    return 0


def _baca(
    statement: Path, ledger: Path
) -> tuple[Dua, Sequence[str], Sequence[str], tuple[Finding, ...]]:
    """Both files as columns and as ids, read side by side; what else was read is let go."""
    with ThreadPoolExecutor(2) as dua_tangan:
        bank, catatan = dua_tangan.map(baca, (statement, ledger), (BANK, BELANJA))
    cek = periksa(bank.kolom, catatan.kolom, None, BARIS_PERTAMA)
    dua = susun(bank.kolom, catatan.kolom, cek.bank & bank.layak, cek.catatan & catatan.layak)
    return dua, bank.kolom.id, catatan.kolom.id, (*bank.temuan, *catatan.temuan, *cek.temuan)


def _bobot(path: Path | None) -> Bobot:
    if path is None:
        return bawaan()
    try:
        return Bobot.baca(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError) as sebab:
        raise DomainError(f"Berkas bobot {path.name} tidak dapat dibaca ({sebab}).") from sebab


def _rows(
    jawab: Jawaban, id_bank: Sequence[str], id_belanja: Sequence[str], *, rinci: bool
) -> Iterator[Iterable[tuple[str, ...]]]:
    """OUT rows in pieces, in the order of the engine, which knows nothing of the files' order."""
    tautan, dua = jawab.tautan, jawab.medan.dua
    r = tautan.rinci
    seratus = np.round(tautan.skor * 100).astype(np.int64)
    angka = {n: f"{n / 100:.2f}" for n in sorted(set(seratus.tolist()))}
    semua, _ = urut_kunci(r.b, r.c)
    for mulai in range(0, len(semua), _SEKALI):
        urut = semua[mulai : mulai + _SEKALI]
        nomor = r.nomor[urut]
        yield zip(
            _ambil(id_bank, dua.bank.asal[r.b[urut]]),
            _ambil(id_belanja, dua.catatan.asal[r.c[urut]]),
            map(JENIS.__getitem__, tautan.jenis[nomor].tolist()),
            map(_STATUS.__getitem__, tautan.pasti[nomor].tolist()),
            map(angka.__getitem__, seratus[nomor].tolist()),
            alasan_singkat(dua, tautan, urut, rinci=rinci),
            strict=True,
        )


def _ambil(semua: Sequence[str], rows: I64) -> Iterable[str]:
    if isinstance(semua, TeksBita):
        return semua.ambil(rows)
    return map(semua.__getitem__, rows.tolist())


def _tulis(path: Path, rows: Iterable[Iterable[tuple[str, ...]]], *, polos: bool = False) -> None:
    """Written beside and moved in place, so that a broken run leaves no half a file.

    `polos`: no id needs quotes, so only the reasons (which have commas) are put in quotes.
    """
    sementara = path.with_name(path.name + ".baru")
    try:
        with sementara.open("w", encoding="utf-8", newline="") as isi:
            tulis = csv.writer(isi, lineterminator="\n")
            tulis.writerow(KEPALA)
            for potong in rows:
                if polos:
                    isi.write(
                        "".join([f'{r},{i},{j},{s},{n},"{a}"\n' for r, i, j, s, n, a in potong])
                    )
                else:
                    tulis.writerows(potong)
        sementara.replace(path)
    except OSError as sebab:
        raise DomainError(f"Berkas {path} tidak dapat ditulis ({sebab.strerror}).") from sebab


def _temuan(temuan: Iterable[Finding]) -> None:
    for satu in temuan:
        print(f"temuan: {satu.message}", file=sys.stderr)


def _hitungan(jawab: Jawaban, banyak_baris: int, banyak_belanja: int) -> None:
    """Counts to stdout; rows left out by a finding count as unmatched."""
    tautan = jawab.tautan
    r = tautan.rinci
    jenis: Counter[str] = Counter()
    for nama, banyak in zip(JENIS, np.bincount(tautan.jenis, minlength=len(JENIS)), strict=True):
        jenis[nama] += int(banyak)
    rincian = ", ".join(f"{nama} {jenis[nama]}" for nama in dict.fromkeys(JENIS))
    pasti = int(tautan.pasti.sum())
    print(f"pasangan: {len(tautan.jenis)} ({rincian})")
    print(f"pasti: {pasti}, usul: {len(tautan.jenis) - pasti}")
    print(f"baris bank tanpa pasangan: {banyak_baris - np.count_nonzero(np.bincount(r.b))}")
    print(f"belanja tanpa pasangan: {banyak_belanja - np.count_nonzero(np.bincount(r.c))}")


def _sendiri(jawab: Jawaban, id_bank: Sequence[str], id_belanja: Sequence[str]) -> None:
    """Which rows stayed alone, in file order."""
    r, dua = jawab.tautan.rinci, jawab.medan.dua
    for kata, semua, sisi, dipakai in (
        ("baris bank", id_bank, dua.bank, r.b),
        ("belanja", id_belanja, dua.catatan, r.c),
    ):
        sendiri = np.ones(len(semua), dtype=np.bool_)
        sendiri[sisi.asal[dipakai]] = False
        for i in np.flatnonzero(sendiri).tolist():
            print(f"tanpa pasangan: {kata} {semua[i]} (baris {i + BARIS_PERTAMA})")
