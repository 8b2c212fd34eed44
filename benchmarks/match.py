"""`kkpd match` beside what others do: whole processes, from two CSV files to one, and how right.

    python -m benchmarks.match [--n 100000] [--quality] [--keep FOLDER]

One JSON line a peer: `bench, n, runs, ours_s, ours_cpu_s, rss_mb, peer, peer_s, peer_cpu_s,
peer_rss_mb, ratio_peer, ratio_cpu, limit_s, ratio_limit, load`: medians of runs taken in turn, on
the wall and in processor time (`ratio_limit` too). Ours solves splits, groups and refunds in its
time, peers only pairs. The limit is an exact merge with the csv module. Peers run with the Python
that KKPD_PEERS names (recordlinkage needs an older pandas than ours); a peer that is not installed
there says so.
`--quality` adds lines with F1, `certain` and wrong partners of lone lines on seeds that no weight
was learned from, ours and the peers' beside each other.

A child's peak memory includes its parent's at the fork, so each run is measured through a small
process.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks import match_cases, match_lain
from benchmarks.match_cases import Kasus, write_out

PEERS = ("lsa", "recordlinkage", "splink")
#: (name, lines a card, hard).
OFFICE = (("300 a card", 300, False), ("hard, 3000 a card", 3000, True))
#: The same from a generator that shares no line with the first; only quality is asked of it.
OTHER = (("other, 300 a card", 300, False), ("other hard, 2500 a card", 2500, True))
#: Never used for learning nor for choosing anything (those from 70,001 on were looked at).
BENIH = 64_001


@dataclass(frozen=True, slots=True)
class Lari:
    """One whole process: seconds on the wall, seconds of processor time, MB."""

    detik: float
    cpu: float
    mb: float


#: Starts a process and prints its seconds on the wall, of processor time, and its peak (KiB). A
#: child's peak counts from the peak of the process that starts it, so that must be a small one.
_PENGUKUR = """
import os, subprocess, sys, time
mulai = time.perf_counter()
anak = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, pakai = os.wait4(anak.pid, 0)
print(time.perf_counter() - mulai, pakai.ru_utime + pakai.ru_stime, pakai.ru_maxrss)
sys.exit(status != 0)
"""


def jalankan(purchase_command: list[str]) -> Lari | str:
    """What a whole process took, or the last line of what it complained about."""
    measure = [sys.executable, "-S", "-c", _PENGUKUR, *purchase_command]
    jadi = subprocess.run(measure, capture_output=True, text=True, check=False)
    if jadi.returncode:
        return (jadi.stderr.strip().splitlines() or ["gagal"])[-1]
    detik, cpu, puncak = map(float, jadi.stdout.split())
    return Lari(detik, cpu, puncak / 1024)


def perintah_kami(folder: Path, out: Path) -> list[str]:
    """Our whole process."""
    berkas = ["--statement", str(folder / "bank.csv"), "--ledger", str(folder / "belanja.csv")]
    return [sys.executable, "-m", "kkpd", "match", *berkas, "--out", str(out)]


def perintah_peer(cara: str, folder: Path, out: Path) -> list[str]:
    """A peer's whole process; the limit runs with our own Python."""
    python = sys.executable if cara == "merge" else os.environ.get("KKPD_PEERS", sys.executable)
    skrip = str(Path(__file__).with_name("match_peers.py"))
    return [python, skrip, cara, str(folder / "bank.csv"), str(folder / "belanja.csv"), str(out)]


def bergantian(folder: Path, times: int) -> dict[str, list[Lari] | str]:
    """Every method's runs, taken in turn, so that a busy minute falls on all of them."""
    cara = ("kami", "merge", *PEERS)
    hasil: dict[str, list[Lari] | str] = {nama: [] for nama in cara}
    for _ in range(times):
        for nama in cara:
            sejauh = hasil[nama]
            if isinstance(sejauh, str):
                continue
            out = folder / f"{nama}.csv"
            kami = nama == "kami"
            one_item = jalankan(
                perintah_kami(folder, out) if kami else perintah_peer(nama, folder, out)
            )
            if isinstance(one_item, str):
                hasil[nama] = one_item
            else:
                sejauh.append(one_item)
    return hasil


def middle(lari: list[Lari], what: str) -> float:
    """The median of one measure."""
    return float(statistics.median(getattr(one_item, what) for one_item in lari))


def measure(n: int, nama: str, folder: Path, times: int) -> None:
    """Medians of all methods on one pair of files; ratios of wall and of processor time."""
    everything = bergantian(folder, times)
    kami, bound = everything["kami"], everything["merge"]
    if isinstance(kami, str) or isinstance(bound, str):
        raise SystemExit(f"gagal: {kami} {bound}")
    for peer in PEERS:
        baris: dict[str, object] = {
            "bench": f"match ({nama})",
            "n": n,
            "runs": times,
            "ours_s": round(middle(kami, "detik"), 2),
            "ours_cpu_s": round(middle(kami, "cpu"), 2),
            "rss_mb": round(middle(kami, "mb")),
            "peer": peer,
        }
        lain = everything[peer]
        if isinstance(lain, str):
            baris["peer_says"] = lain
        else:
            baris |= {
                "peer_s": round(middle(lain, "detik"), 2),
                "peer_cpu_s": round(middle(lain, "cpu"), 2),
                "peer_rss_mb": round(middle(lain, "mb")),
                "ratio_peer": round(middle(kami, "detik") / middle(lain, "detik"), 2),
                "ratio_cpu": round(middle(kami, "cpu") / middle(lain, "cpu"), 2),
            }
        baris |= {
            "limit_s": round(middle(bound, "detik"), 2),
            "ratio_limit": round(middle(kami, "cpu") / middle(bound, "cpu"), 2),
            "load": round(os.getloadavg()[0], 1),
        }
        print(json.dumps(baris), flush=True)


def mutu(kasus: Kasus, folder: Path, nama: str) -> None:
    """How right every method is, those that ran."""
    for cara in ("kami", *PEERS):
        if (folder / f"{cara}.csv").exists():
            with (folder / f"{cara}.csv").open(encoding="utf-8", newline="") as isi:
                rows = list(csv.DictReader(isi))
            print(
                json.dumps({"bench": f"match quality ({nama})", "peer": cara} | nilai(kasus, rows))
            )


def nilai(kasus: Kasus, rows: list[dict[str, str]]) -> dict[str, float | int | None]:
    """F1 of each kind, share and precision of `certain`, one lone line in how many is given one.

    Purchases of one card, day, amount and shop are one: nothing tells them apart.
    """
    ciri_c = {x[0]: (*x[2:5], kasus.toko[x[0]]) for x in kasus.belanja}
    ciri_b = {x[0]: (*x[1:5], kasus.toko[x[0]]) for x in kasus.baris}
    owned: dict[str, set[object]] = {}
    balik: dict[str, set[object]] = {}
    for ref, id_, _ in kasus.correct:
        owned.setdefault(ref, set()).add(ciri_c[id_])
        balik.setdefault(id_, set()).add(ciri_b[ref])

    def correct(row: dict[str, str]) -> bool:
        ref, id_ = row["referensi"], row["id"]
        return ciri_c[id_] in owned.get(ref, ()) or ciri_b[ref] in balik.get(id_, ())

    negative = {x[0] for x in kasus.baris if x[4] < 0}
    hasil: dict[str, float | int | None] = {}
    for nama, jenis in (("satu", ("satu",)), ("himpunan", ("pecah", "gabung"))):
        held = [
            r for r in rows if r["referensi"] not in negative and r.get("jenis", "satu") in jenis
        ]
        hasil[f"f1_{nama}"] = _f1(sum(map(correct, held)), len(held), _how_many(kasus, jenis))
    held = [r for r in rows if r["referensi"] in negative]
    hasil["f1_refund"] = _f1(sum(map(correct, held)), len(held), _how_many(kasus, ("refund",)))
    certain = [r for r in rows if r.get("status") == "pasti"]
    if certain:
        hasil["pasti"] = round(len(certain) / len(rows), 4)
        hasil["pasti_tepat"] = round(sum(map(correct, certain)) / len(certain), 5)
    on_own = {x[0] for x in kasus.baris} - set(owned)
    for nama, dari in (("sendiri_satu_dari", rows), ("sendiri_pasti_satu_dari", certain)):
        mistakes = len({r["referensi"] for r in dari} & on_own)
        hasil[nama] = round(len(on_own) / mistakes) if mistakes else None
    return hasil


def _how_many(kasus: Kasus, jenis: tuple[str, ...]) -> int:
    return sum(j in jenis for _, _, j in kasus.correct)


def _f1(correct: int, held: int, expected: int) -> float:
    return round(2 * correct / max(held + expected, 1), 4)


def main() -> None:
    """Generate, run, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--n", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--quality", action="store_true")
    parser.add_argument("--keep", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        for k, (nama, per_kartu, sulit) in enumerate(OFFICE):
            folder = (args.keep or Path(temporary)) / f"match_{k}"
            kasus = match_cases.build(args.n, per_kartu, BENIH + k, sulit=sulit)
            write_out(kasus, folder)
            measure(args.n, nama, folder, args.runs)
            if args.quality:
                mutu(kasus, folder, nama)
        for k, (nama, per_kartu, sulit) in enumerate(OTHER if args.quality else ()):
            folder = (args.keep or Path(temporary)) / f"match_lain_{k}"
            kasus = match_lain.build(args.n, per_kartu, BENIH + k, sulit=sulit)
            write_out(kasus, folder)
            jalankan(perintah_kami(folder, folder / "kami.csv"))
            jalankan(perintah_peer("lsa", folder, folder / "lsa.csv"))
            mutu(kasus, folder, nama)


if __name__ == "__main__":
    main()
