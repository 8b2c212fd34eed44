"""periksa.py: check an audit package offline. Python 3.10 or newer, nothing else to install.

    python3 periksa.py [FOLDER | PACKAGE.zip] [--kunci HEX]

It needs no server, no database and no network, and trusts nothing in the package but the log's
public key that you got from elsewhere (--kunci; without it the package's own key is used, and said
to be unchecked). Exit status 0 when all holds, 1 when something does not, 2 when it cannot be read.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import sys
import zlib
from pathlib import Path
from typing import Any

from kkpd.reports.package.cells import same, wrong_totals
from kkpd.reports.package.ed25519 import ed25519_valid
from kkpd.reports.package.opening import DAMAGE_ERRORS, ReadFile, buka

#: What stands before the manifest in what its signature is over: no checkpoint begins so.
MANIFEST_PREFIX = b"kkpd paket 2\n"
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)


class PackageCheck:
    """The checks of one package; `hasil` are (holds or None, sentence) in order."""

    def __init__(self, baca: ReadFile, names: list[str], kunci: str | None) -> None:
        self.baca, self.names, self.kunci = baca, names, kunci
        self.hasil: list[tuple[bool | None, str]] = []
        self.events: list[dict[str, Any]] = []

    def everything(self) -> bool:
        """Run every check; whether nothing fails."""
        data = self.baca("manifes.json")
        if not self._signed(data):
            return False
        manifest = json.loads(data)
        self._manifest(manifest["files"])
        if manifest["hilang"]:
            self.catat(False, "", f"Hilang dari penyimpanan OPD: {manifest['hilang'][:5]}")
        self._checkpoint()
        self._chain()
        self._files(manifest["files"])
        self._purchases(manifest["tahun"], manifest["bulan"])
        self._reports(manifest["laporan"], manifest["tahun"], manifest["bulan"])
        return all(holds is not False for holds, _ in self.hasil)

    def catat(self, holds: bool | None, yes: str, no: str = "") -> None:
        """Record an answer in the words for yes or no."""
        self.hasil.append((holds, no if holds is False else yes))

    def _signed(self, manifest: bytes) -> bool:
        """Whether the owner of the log's key has signed this very manifest."""
        own = self.baca("rantai/kunci.txt").decode("ascii").strip()
        signature = bytes.fromhex(self.baca("manifes.tanda.txt").decode("ascii").strip())
        holds = ed25519_valid(bytes.fromhex(own), signature, MANIFEST_PREFIX + manifest)
        self.catat(
            holds,
            "Manifes ditandatangani kunci di dalam paket.",
            "Tanda tangan manifes TIDAK sah: isi paket tidak diperiksa lebih jauh.",
        )
        if self.kunci is None:
            self.catat(None, "Kunci log tidak diberikan: pemilik kunci belum diperiksa.")
        else:
            self.catat(
                self.kunci == own, "Kunci itu kunci log yang diberikan.", "BUKAN kunci log itu."
            )
        return holds and self.kunci in (None, own)

    def _manifest(self, files: dict[str, dict[str, Any]]) -> None:
        here = set(self.names)
        bad = [n for n, f in files.items() if n not in here or _sha(self.baca(n)) != f["sha256"]]
        own = {"manifes.json", "manifes.tanda.txt"}
        extra = [n for n in self.names if n not in files and n not in own]
        self.catat(
            not bad, f"{len(files)} berkas sesuai manifes.", f"Berubah atau hilang: {bad[:5]}"
        )
        self.catat(not extra, "Tidak ada berkas di luar manifes.", f"Di luar manifes: {extra[:5]}")

    def _checkpoint(self) -> None:
        """The root over the heads, and who signed it."""
        data = self.baca("rantai/titik_periksa.json")
        self.point = json.loads(data)
        leaves = [_leaf(_canonical(head)) for head in self.point["heads"]]
        self.catat(
            _root(leaves).hex() == self.point["root"],
            f"Titik periksa no. {self.point['seq']} memuat {len(leaves)} rantai.",
            "Akar titik periksa tidak sesuai rantai-rantainya.",
        )
        own = self.baca("rantai/kunci.txt").decode("ascii").strip()
        signature = bytes.fromhex(self.baca("rantai/tanda_tangan.txt").decode("ascii").strip())
        self.catat(
            ed25519_valid(bytes.fromhex(own), signature, data),
            "Titik periksa ditandatangani kunci di dalam paket.",
            "Tanda tangan titik periksa TIDAK sah.",
        )

    def _chain(self) -> None:
        """The extract is the events from `start` to the chain's end, none changed or gone."""
        head = json.loads(self.baca("rantai/rantai.json"))
        lines = self.baca("rantai/peristiwa.jsonl").split(b"\n")[:-1]
        self.events = [json.loads(line) for line in lines]
        previous, linked = head["sebelum"], True
        for seq, (line, event) in enumerate(zip(lines, self.events, strict=True), head["awal"]):
            linked = linked and (event["seq"], event["prev"]) == (seq, previous)
            linked = linked and event["chain"] == head["rantai"]
            previous = _leaf(line).hex()
        self.catat(
            linked, f"{len(lines)} peristiwa bersambung tanpa sela.", "Peristiwa tidak bersambung."
        )
        peaks = [bytes.fromhex(peak) for peak in head["puncak"]]
        root = _extended(head["awal"] - 1, peaks, [_leaf(line) for line in lines])
        size = head["awal"] - 1 + len(lines)
        wanted = [head["rantai"], size, root.hex()]
        self.catat(
            wanted in self.point["heads"],
            f"Cuplikan itu lengkap sampai ujung rantai {head['rantai']} ({size} peristiwa).",
            "Cuplikan peristiwa bukan bagian utuh dari rantai yang ditandatangani.",
        )

    def _files(self, files: dict[str, dict[str, Any]]) -> None:
        """Evidence and bank files are those that the log names."""
        known = {str(value) for event in self.events for value in _values(event.get("after"))}
        for folder, words in (("bukti/", "bukti"), ("bank/", "berkas bank")):
            mine = [n for n in files if n.startswith(folder)]
            bad = [n for n in mine if files[n]["sha256"] not in known]
            self.catat(not bad, f"{len(mine)} {words} tercatat dalam rantai.",
                       f"Tidak tercatat dalam rantai: {bad[:5]}")  # fmt: skip

    def _purchases(self, tahun: int, bulan: list[int]) -> None:
        """data/belanja.csv has the months' purchases, all of them, each as the log has it last;
        the package has the evidence that the log names for them.
        """
        logged: dict[str, dict[str, Any]] = {}
        proofs: dict[str, list[str]] = {}
        for event in self.events:
            kind, after = event["kind"], event.get("after")
            what, _, key = event["subject"].partition(":")
            if what != "transaksi" or not isinstance(after, dict):
                continue
            if kind in ("belanja:transaksi:catat", "belanja:transaksi:ubah"):
                logged.setdefault(key, {}).update(after)
            elif kind == "belanja:bukti:lampirkan":
                proofs.setdefault(key, []).append(after["sha256"])
        text = self.baca("data/belanja.csv").decode("utf-8-sig")
        rows = {row["id"]: row for row in csv.DictReader(io.StringIO(text, newline=""))}
        bad = [key for key, row in rows.items() if not same(row, logged.get(key))]
        self.catat(not bad, f"{len(rows)} belanja berisi seperti tercatat dalam rantai.",
                   f"Belanja berbeda dari rantai: {bad[:5]}")  # fmt: skip
        first, last = bulan
        gone = [
            key for key, said in logged.items()
            if said["tahun"] == tahun and first <= said["bulan"] <= last and key not in rows
        ]  # fmt: skip
        self.catat(not gone, "Semua belanja periode itu menurut rantai ada di dalamnya.",
                   f"Ada dalam rantai, tidak ada dalam paket: belanja {gone[:5]}")  # fmt: skip
        here = {Path(name).stem for name in self.names if name.startswith("bukti/")}
        lost = [key for key in rows for digest in proofs.get(key, ()) if digest not in here]
        self.catat(not lost, "Semua bukti belanja itu menurut rantai ada di dalamnya.",
                   f"Buktinya tidak ada dalam paket: belanja {lost[:5]}")  # fmt: skip

    def _reports(self, reports: list[dict[str, str]], tahun: int, bulan: list[int]) -> None:
        """Each issued report: its data, its file, its totals, its events; and none left out."""
        said = [e["after"] for e in self.events if e["kind"] == "laporan:terbit"]
        issued = {after["sha256"] for after in said}
        here = {_sha(self.baca(report["data"])) for report in reports}
        first, last = bulan
        gone = [
            after["nomor"] for after in said
            if after.get("tahun") == tahun and first <= after["bulan"] <= last
            and after["sha256"] not in here
        ]  # fmt: skip
        self.catat(not gone, "Semua laporan periode itu menurut rantai ada di dalamnya.",
                   f"Terbit menurut rantai, tidak ada dalam paket: {gone[:5]}")  # fmt: skip
        archived = {e["after"]["sha256"] for e in self.events if e["kind"] == "laporan:arsip"}
        for report in reports:
            data, pdf = self.baca(report["data"]), self.baca(report["pdf"])
            faults = []
            if _sha(data) not in issued:
                faults.append("datanya tidak diterbitkan dalam rantai")
            if _sha(pdf) not in archived:
                faults.append("PDF-nya tidak diarsipkan dalam rantai")
            elif not _carries(pdf, data):
                faults.append("PDF-nya tidak membawa data ini")
            document = json.loads(data)
            if document["nomor"] != report["nomor"]:
                faults.append("nomornya lain")
            faults += wrong_totals(document)
            self.catat(not faults, f"{report['nomor']}: data, PDF, jumlah dan peristiwanya cocok.",
                       f"{report['nomor']}: {'; '.join(faults)}.")  # fmt: skip


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _leaf(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _extended(size: int, peaks: list[bytes], leaves: list[bytes]) -> bytes:
    """The root (RFC 6962) of a tree of this size and these peaks with the leaves appended."""
    if len(peaks) != bin(size).count("1"):
        return b""
    peaks = list(peaks)
    for leaf in leaves:
        full = size
        while full & 1:
            leaf, full = _node(peaks.pop(), leaf), full >> 1
        peaks.append(leaf)
        size += 1
    return _bagged(peaks)


def _bagged(peaks: list[bytes]) -> bytes:
    if not peaks:
        return hashlib.sha256(b"").digest()
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = _node(peak, root)
    return root


def _root(leaves: list[bytes]) -> bytes:
    return _extended(0, [], leaves)


def _canonical(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _values(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [item for one in value.values() for item in _values(one)]
    if isinstance(value, list):
        return [item for one in value for item in _values(one)]
    return [value]


def _carries(pdf: bytes, data: bytes) -> bool:
    """Whether one of the PDF's streams holds exactly these bytes."""
    for found in _STREAM.finditer(pdf):
        raw = found.group(1)
        if raw == data:
            return True
        try:
            if zlib.decompress(raw) == data:
                return True
        except zlib.error:
            continue
    return False


def main(argv: list[str]) -> int:
    """Check the package and print one line a check."""
    if "-h" in argv or "--help" in argv:
        print(__doc__)
        return 0
    kunci = None
    if "--kunci" in argv:
        at = argv.index("--kunci")
        kunci = "".join(argv[at + 1 : at + 2]).strip().lower()
        del argv[at : at + 2]
    where = Path(argv[0]) if argv else Path(__file__).resolve().parent
    try:
        baca, names = buka(where)
        check = PackageCheck(baca, names, kunci)
        holds = check.everything()
    except DAMAGE_ERRORS as error:
        print(f"Paket tidak terbaca atau rusak: {error!r}")
        return 2
    for found, said in check.hasil:
        mark = {True: "cocok", False: "TIDAK COCOK", None: "tidak diperiksa"}[found]
        line = "".join(c if c.isprintable() else "\ufffd" for c in said)
        print(f"[{mark}] {line}")
    print("Semua cocok." if holds else "Paket ini TIDAK dapat dipercaya.")
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
