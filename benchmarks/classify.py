"""Classification: a long list, names never met, the command on a file, and the first answer.

Ours runs in a process of its own, so that its memory is its own. The peer is scikit-learn's
pipeline (words and pieces of words, logistic regression) predicting the same rows; the limit is
what only cutting every text into words costs. CPU time of one process, seconds.
"""

from __future__ import annotations

import argparse
import csv
import gc
import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from kkpd.core.money import Rupiah
from kkpd.engines.classify import Item, classify

ULANG = 6
BATAS = Rupiah.of(1_000_000)
_WORDS = re.compile(r"[a-z][a-z0-9]*")


def daftar_panjang() -> list[Item]:
    """100,398 goods: every name of the training list six times, each time another price and type.

    As in a year of purchases, names return and specifications do not.
    """
    from train import sumber

    rows = [row.thing for row in sumber.thing()]
    return [
        Item(
            row.uraian,
            f"{row.spesifikasi} tipe {turn}x",
            row.satuan,
            harga=Rupiah((row.harga or BATAS).sen + turn * 100_000),
        )
        for turn in range(ULANG)
        for row in rows
    ]


def nama_baru() -> list[Item]:
    """Names that are all different: goods codes, account examples, general knowledge, goods."""
    from train import sumber, umum

    rows = [*sumber.thing(), *sumber.kamus(), *umum.thing()]
    names = dict.fromkeys(row.thing.uraian for row in rows)
    return [Item(name, satuan="Unit", harga=Rupiah.of(1_500_000)) for name in names]


LISTING = {"classify_list": daftar_panjang, "classify_new_names": nama_baru}


def measure(path: Path) -> dict[str, float]:
    """Ours, in this process and with nothing else in it: seconds and peak memory in MB."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [
            Item(name, spec, unit, harga=Rupiah(int(sen)))
            for name, spec, unit, sen in csv.reader(file)
        ]
    gc.freeze()  # the rows are the benchmark's: they must not be walked on the program's account
    started = time.process_time()
    for row in rows:
        classify(row, capitalisation_limit=BATAS, detailed=False)
    spent = time.process_time() - started
    return {"s": spent, "rss_mb": _puncak_mb()}


def _puncak_mb() -> float:
    """Peak memory of this program; getrusage would count what the parent held before the start."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.findall(r"VmHWM:\s+(\d+)", status)[0]) / 1024


def ukur_sendiri(rows: list[Item]) -> dict[str, float]:
    """`measure` in a fresh process, which reads the rows from a file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            for row in rows:
                sen = (row.harga or BATAS).sen
                writer.writerow((row.uraian, row.spesifikasi, row.satuan, sen))
        measured: dict[str, float] = json.loads(_anak("--ukur", str(path)))
    return measured


def _anak(*args: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.classify", *args],
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def purchase_command(rows: list[Item]) -> float:
    """CPU seconds of `kkpd classify` on these rows: start, reading, deciding and writing."""
    with tempfile.TemporaryDirectory() as folder:
        path, out = Path(folder) / "rows.csv", Path(folder) / "out.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("uraian", "spesifikasi", "satuan", "harga"))
            for row in rows:
                price = (row.harga or BATAS).sen // 100
                writer.writerow((row.uraian, row.spesifikasi, row.satuan, price))
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = ("classify", str(path), "--out", str(out), "--batas-kapitalisasi", "1000000")
        subprocess.run(
            [str(Path(sys.executable).with_name("kkpd")), *command], check=True, capture_output=True
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def lawan(rows: list[Item]) -> float:
    """Seconds of scikit-learn's predict on the same texts, after a quick fit."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline, make_union

    from train import sumber

    seen = sumber.thing()[::4]
    model = make_pipeline(
        make_union(
            TfidfVectorizer(ngram_range=(1, 2)),
            TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5)),
        ),
        LogisticRegression(max_iter=200),
    )
    model.fit([_text(row.thing) for row in seen], [row.label for row in seen])
    texts = [_text(row) for row in rows]
    started = time.process_time()
    model.predict(texts)
    return time.process_time() - started


def _text(row: Item) -> str:
    return f"{row.uraian} {row.spesifikasi} {row.satuan}"


def bound(rows: list[Item]) -> float:
    """Seconds that only finding the words of every row takes."""
    started = time.process_time()
    for row in rows:
        _WORDS.findall(_text(row).lower())
    return time.process_time() - started


def mulai(code: str) -> float:
    """Wall seconds of a fresh process, the best of seven."""
    times = []
    for _ in range(7):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        times.append(time.perf_counter() - started)
    return min(times)


_ANSWER_PREFIX = (
    "from kkpd.engines.classify import Item, classify;"
    "from kkpd.core.money import Rupiah;"
    "classify(Item('Laptop', harga=Rupiah.of(9)), capitalisation_limit=Rupiah.of(1000000))"
)


def main(argv: list[str] | None = None) -> int:
    """Print one JSON line a measurement."""
    parser = argparse.ArgumentParser(prog="benchmarks.classify", description=__doc__)
    parser.add_argument("--ukur", type=Path, metavar="FILE", help="measure ours only, on this file")
    args = parser.parse_args(argv)
    if args.ukur:
        print(json.dumps(measure(args.ukur)))
        return 0
    for name, make in LISTING.items():
        rows = make()
        own = ukur_sendiri(rows)
        _cetak(name, len(rows), own["s"], lawan(rows), bound(rows), own["rss_mb"])
    long = daftar_panjang()
    print(
        json.dumps({"bench": "classify_command", "n": len(long), "ours_s": purchase_command(long)})
    )
    own_start, bare = mulai(_ANSWER_PREFIX), mulai("pass")
    peer_start = mulai("import sklearn.pipeline, sklearn.feature_extraction.text")
    _cetak("classify_start", 1, own_start, peer_start, bare, 0.0)
    return 0


def _cetak(name: str, n: int, ours: float, peer: float, limit: float, rss: float) -> None:
    print(
        json.dumps(
            {
                "bench": name,
                "n": n,
                "ours_s": round(ours, 3),
                "peer": "scikit-learn TF-IDF + logistic regression",
                "peer_s": round(peer, 3),
                "limit_s": round(limit, 3),
                "ratio_peer": round(peer / ours, 1),
                "ratio_limit": round(ours / limit, 1),
                "rows_a_second": round(n / ours),
                "rss_mb": round(rss, 1),
            }
        )
    )


if __name__ == "__main__":
    sys.exit(main())
