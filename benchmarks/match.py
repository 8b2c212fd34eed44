"""`kkpd match` beside what others do: whole processes, from two CSV files to one, and how right.

    python -m benchmarks.match [--n 100000] [--quality] [--keep FOLDER]

One JSON line a peer: `bench, n, runs, ours_s, ours_cpu_s, rss_mb, peer, peer_s, peer_cpu_s,
peer_rss_mb, ratio_peer, ratio_cpu, limit_s, ratio_limit, load`: medians of runs taken in turn, on
the wall and in processor time (`ratio_limit` too). Ours solves splits, groups and refunds in its
time, peers only pairs. The limit is an exact merge with the csv module. Peers run with the Python
that KKPD_PEERS names (recordlinkage needs an older pandas than ours); a peer that is not installed
there says so.
`--quality` adds lines with F1, `pasti` and wrong partners of lone lines on seeds that no weight
was learned from, ours and the peers' beside each other.
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
from benchmarks.match_cases import Kasus, tulis

PEERS = ("lsa", "recordlinkage", "splink")
#: (name, lines a card, hard).
PERANGKAT = (("300 a card", 300, False), ("hard, 3000 a card", 3000, True))
#: The same from a generator that shares no line with the first; only quality is asked of it.
LAIN = (("other, 300 a card", 300, False), ("other hard, 2500 a card", 2500, True))
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


def jalankan(perintah: list[str]) -> Lari | str:
    """What a whole process took, or the last line of what it complained about."""
    ukur = [sys.executable, "-S", "-c", _PENGUKUR, *perintah]
    jadi = subprocess.run(ukur, capture_output=True, text=True, check=False)
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


def bergantian(folder: Path, kali: int) -> dict[str, list[Lari] | str]:
    """Every method's runs, taken in turn, so that a busy minute falls on all of them."""
    cara = ("kami", "merge", *PEERS)
    hasil: dict[str, list[Lari] | str] = {nama: [] for nama in cara}
    for _ in range(kali):
        for nama in cara:
            sejauh = hasil[nama]
            if isinstance(sejauh, str):
                continue
            out = folder / f"{nama}.csv"
            kami = nama == "kami"
            satu = jalankan(
                perintah_kami(folder, out) if kami else perintah_peer(nama, folder, out)
            )
            if isinstance(satu, str):
                hasil[nama] = satu
            else:
                sejauh.append(satu)
    return hasil


def tengah(lari: list[Lari], apa: str) -> float:
    """The median of one measure."""
    return float(statistics.median(getattr(satu, apa) for satu in lari))


def ukur(n: int, nama: str, folder: Path, kali: int) -> None:
    """Medians of all methods on one pair of files; ratios of wall and of processor time."""
    semua = bergantian(folder, kali)
    kami, batas = semua["kami"], semua["merge"]
    if isinstance(kami, str) or isinstance(batas, str):
        raise SystemExit(f"gagal: {kami} {batas}")
    for peer in PEERS:
        baris: dict[str, object] = {
            "bench": f"match ({nama})",
            "n": n,
            "runs": kali,
            "ours_s": round(tengah(kami, "detik"), 2),
            "ours_cpu_s": round(tengah(kami, "cpu"), 2),
            "rss_mb": round(tengah(kami, "mb")),
            "peer": peer,
        }
        lain = semua[peer]
        if isinstance(lain, str):
            baris["peer_says"] = lain
        else:
            baris |= {
                "peer_s": round(tengah(lain, "detik"), 2),
                "peer_cpu_s": round(tengah(lain, "cpu"), 2),
                "peer_rss_mb": round(tengah(lain, "mb")),
                "ratio_peer": round(tengah(kami, "detik") / tengah(lain, "detik"), 2),
                "ratio_cpu": round(tengah(kami, "cpu") / tengah(lain, "cpu"), 2),
            }
        baris |= {
            "limit_s": round(tengah(batas, "detik"), 2),
            "ratio_limit": round(tengah(kami, "cpu") / tengah(batas, "cpu"), 2),
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
    """F1 of each kind, share and precision of `pasti`, one lone line in how many is given one.

    Purchases of one card, day, amount and shop are one: nothing tells them apart.
    """
    ciri_c = {x[0]: (*x[2:5], kasus.toko[x[0]]) for x in kasus.belanja}
    ciri_b = {x[0]: (*x[1:5], kasus.toko[x[0]]) for x in kasus.baris}
    milik: dict[str, set[object]] = {}
    balik: dict[str, set[object]] = {}
    for ref, id_, _ in kasus.benar:
        milik.setdefault(ref, set()).add(ciri_c[id_])
        balik.setdefault(id_, set()).add(ciri_b[ref])

    def benar(row: dict[str, str]) -> bool:
        ref, id_ = row["referensi"], row["id"]
        return ciri_c[id_] in milik.get(ref, ()) or ciri_b[ref] in balik.get(id_, ())

    negatif = {x[0] for x in kasus.baris if x[4] < 0}
    hasil: dict[str, float | int | None] = {}
    for nama, jenis in (("satu", ("satu",)), ("himpunan", ("pecah", "gabung"))):
        punya = [
            r for r in rows if r["referensi"] not in negatif and r.get("jenis", "satu") in jenis
        ]
        hasil[f"f1_{nama}"] = _f1(sum(map(benar, punya)), len(punya), _banyak(kasus, jenis))
    punya = [r for r in rows if r["referensi"] in negatif]
    hasil["f1_refund"] = _f1(sum(map(benar, punya)), len(punya), _banyak(kasus, ("refund",)))
    pasti = [r for r in rows if r.get("status") == "pasti"]
    if pasti:
        hasil["pasti"] = round(len(pasti) / len(rows), 4)
        hasil["pasti_tepat"] = round(sum(map(benar, pasti)) / len(pasti), 5)
    sendiri = {x[0] for x in kasus.baris} - set(milik)
    for nama, dari in (("sendiri_satu_dari", rows), ("sendiri_pasti_satu_dari", pasti)):
        salah = len({r["referensi"] for r in dari} & sendiri)
        hasil[nama] = round(len(sendiri) / salah) if salah else None
    return hasil


def _banyak(kasus: Kasus, jenis: tuple[str, ...]) -> int:
    return sum(j in jenis for _, _, j in kasus.benar)


def _f1(benar: int, punya: int, seharusnya: int) -> float:
    return round(2 * benar / max(punya + seharusnya, 1), 4)


def main() -> None:
    """Generate, run, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--n", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--quality", action="store_true")
    parser.add_argument("--keep", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as sementara:
        for k, (nama, per_kartu, sulit) in enumerate(PERANGKAT):
            folder = (args.keep or Path(sementara)) / f"match_{k}"
            kasus = match_cases.buat(args.n, per_kartu, BENIH + k, sulit=sulit)
            tulis(kasus, folder)
            ukur(args.n, nama, folder, args.runs)
            if args.quality:
                mutu(kasus, folder, nama)
        for k, (nama, per_kartu, sulit) in enumerate(LAIN if args.quality else ()):
            folder = (args.keep or Path(sementara)) / f"match_lain_{k}"
            kasus = match_lain.buat(args.n, per_kartu, BENIH + k, sulit=sulit)
            tulis(kasus, folder)
            jalankan(perintah_kami(folder, folder / "kami.csv"))
            jalankan(perintah_peer("lsa", folder, folder / "lsa.csv"))
            mutu(kasus, folder, nama)


if __name__ == "__main__":
    main()
