"""periksa.py: check an audit package offline. Python 3.10 or newer, nothing else to install.

    python3 periksa.py [FOLDER | PACKAGE.zip] [--kunci HEX]

It needs no server, no database and no network, and trusts nothing in the package but the log's
public key that you got from elsewhere (--kunci). Exit status 0 when all holds, 1 when something
does not, 2 when it cannot be read, 4 when all holds but the key was not given: then nobody knows
who made the package.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

#: What stands before the manifest in what its signature is over: no checkpoint begins so.
MANIFEST_PREFIX = b"kkpd paket 2\n"
#: The same for a checkpoint; those of version 0.1.0 are signed as they are.
CHECKPOINT_PREFIX = b"kkpd titik periksa 2\n"
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
ReadFile = Callable[[str], bytes]
#: The most bytes of one file of a package.
MOST_BYTES = 1024**3
#: What reading a damaged or hostile package can end in.
DAMAGE_ERRORS = (
    OSError,
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    RuntimeError,
    MemoryError,
    EOFError,
    zipfile.BadZipFile,
    zlib.error,
)
#: Exit status -> the verdict in words.
VERDICTS = {
    0: "SAH: semua cocok.",
    1: "PALSU atau rusak: paket ini TIDAK dapat dipercaya.",
    4: "ASAL BELUM TERBUKTI: isinya utuh, tetapi belum terbukti siapa yang membuatnya. "
    "Berikan kunci log yang Anda terima dari pihak lain (--kunci).",
}
#: What begins so stands in a CSV behind an apostrophe, or a spreadsheet would calculate it.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
#: The fields of a purchase that are amounts, in sen in the log.
_VALUE = ("nilai", "harga_satuan", "dpp", "ppn", "pbjt", "pph")
# Ed25519 (RFC 8032), verifying only, in plain Python; a test holds it against `cryptography`.
_P = 2**255 - 19
_Q = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P
Point = tuple[int, int, int, int]


class PackageCheck:
    """The checks of one package; `hasil` are (holds or None, sentence) in order."""

    def __init__(self, read_in: ReadFile, names: list[str], kunci: str | None) -> None:
        self.read_in, self.names, self.kunci = read_in, names, kunci
        self.hasil: list[tuple[bool | None, str]] = []
        self.events: list[dict[str, Any]] = []

    def everything(self) -> bool:
        """Run every check; whether nothing fails."""
        data = self.read_in("manifes.json")
        if not self._signed(data):
            return False
        manifest = json.loads(data)
        self._manifest(manifest["files"])
        if manifest["hilang"]:
            self.record(
                False, "", f"Hilang atau berubah di penyimpanan OPD: {manifest['hilang'][:5]}"
            )
        self._checkpoint()
        self._chain()
        self._files(manifest["files"])
        self._purchases(manifest["tahun"], manifest["bulan"])
        self._reports(manifest["laporan"], manifest["tahun"], manifest["bulan"])
        return all(holds is not False for holds, _ in self.hasil)

    def record(self, holds: bool | None, yes: str, no: str = "") -> None:
        """Record an answer in the words for yes or no."""
        self.hasil.append((holds, no if holds is False else yes))

    def _signed(self, manifest: bytes) -> bool:
        """Whether the owner of the log's key has signed this very manifest."""
        own = self.read_in("rantai/kunci.txt").decode("ascii").strip()
        signature = bytes.fromhex(self.read_in("manifes.tanda.txt").decode("ascii").strip())
        holds = ed25519_valid(bytes.fromhex(own), signature, MANIFEST_PREFIX + manifest)
        self.record(
            holds,
            "Manifes ditandatangani kunci di dalam paket.",
            "Tanda tangan manifes TIDAK sah: isi paket tidak diperiksa lebih jauh.",
        )
        if self.kunci is None:
            self.record(None, "Kunci log tidak diberikan: pemilik kunci belum diperiksa.")
        else:
            self.record(
                self.kunci == own, "Kunci itu kunci log yang diberikan.", "BUKAN kunci log itu."
            )
        return holds and self.kunci in (None, own)

    def _manifest(self, files: dict[str, dict[str, Any]]) -> None:
        here = set(self.names)
        bad = [n for n, f in files.items() if n not in here or _sha(self.read_in(n)) != f["sha256"]]
        own = {"manifes.json", "manifes.tanda.txt"}
        extra = [n for n in self.names if n not in files and n not in own]
        self.record(
            not bad, f"{len(files)} berkas sesuai manifes.", f"Berubah atau hilang: {bad[:5]}"
        )
        self.record(not extra, "Tidak ada berkas di luar manifes.", f"Di luar manifes: {extra[:5]}")

    def _checkpoint(self) -> None:
        """The root over the heads, and who signed it."""
        data = self.read_in("rantai/titik_periksa.json")
        point, prefix = json.loads(data), CHECKPOINT_PREFIX
        if point["v"] == 1:  # as version 0.1.0 wrote it: the heads in it, signed without a prefix
            self.heads, prefix = point["heads"], b""
        else:
            self.heads = json.loads(self.read_in("rantai/rantai.json"))["kepala"]
        leaves = [_leaf(_canonical(head)) for head in self.heads]
        self.record(
            _root(leaves).hex() == point["root"] and point.get("size", len(leaves)) == len(leaves),
            f"Titik periksa {point['at']} memuat {len(leaves)} rantai.",
            "Akar titik periksa tidak sesuai rantai-rantainya.",
        )
        own = self.read_in("rantai/kunci.txt").decode("ascii").strip()
        signature = bytes.fromhex(self.read_in("rantai/tanda_tangan.txt").decode("ascii").strip())
        self.record(
            ed25519_valid(bytes.fromhex(own), signature, prefix + data),
            "Titik periksa ditandatangani kunci di dalam paket.",
            "Tanda tangan titik periksa TIDAK sah.",
        )

    def _chain(self) -> None:
        """The extract is the events from `start` to the chain's end, none changed or gone."""
        head = json.loads(self.read_in("rantai/rantai.json"))
        lines = self.read_in("rantai/peristiwa.jsonl").split(b"\n")[:-1]
        self.events = [json.loads(line) for line in lines]
        previous, linked = head["sebelum"], True
        for seq, (line, event) in enumerate(zip(lines, self.events, strict=True), head["awal"]):
            linked = linked and (event["seq"], event["prev"]) == (seq, previous)
            linked = linked and event["chain"] == head["rantai"]
            previous = _leaf(line).hex()
        self.record(
            linked, f"{len(lines)} peristiwa bersambung tanpa sela.", "Peristiwa tidak bersambung."
        )
        peaks = [bytes.fromhex(peak) for peak in head["puncak"]]
        root = _extended(head["awal"] - 1, peaks, [_leaf(line) for line in lines])
        size = head["awal"] - 1 + len(lines)
        wanted = [head["rantai"], size, root.hex()]
        self.record(
            wanted in self.heads,
            f"Cuplikan itu lengkap sampai ujung rantai {head['rantai']} ({size} peristiwa).",
            "Cuplikan peristiwa bukan bagian utuh dari rantai yang ditandatangani.",
        )

    def _files(self, files: dict[str, dict[str, Any]]) -> None:
        """Evidence and bank files are those that the log names."""
        known = {str(value) for event in self.events for value in _values(event.get("after"))}
        for folder, words in (("bukti/", "bukti"), ("bank/", "berkas bank")):
            mine = [n for n in files if n.startswith(folder)]
            bad = [n for n in mine if files[n]["sha256"] not in known]
            self.record(
                not bad,
                f"{len(mine)} {words} tercatat dalam rantai.",
                f"Tidak tercatat dalam rantai: {bad[:5]}",
            )

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
        text = self.read_in("data/belanja.csv").decode("utf-8-sig")
        rows = {row["id"]: row for row in csv.DictReader(io.StringIO(text, newline=""))}
        bad = [key for key, row in rows.items() if not same(row, logged.get(key))]
        self.record(
            not bad,
            f"{len(rows)} belanja berisi seperti tercatat dalam rantai.",
            f"Belanja berbeda dari rantai: {bad[:5]}",
        )
        first, last = bulan
        gone = [
            key
            for key, said in logged.items()
            if said["tahun"] == tahun and first <= said["bulan"] <= last and key not in rows
        ]
        self.record(
            not gone,
            "Semua belanja periode itu menurut rantai ada di dalamnya.",
            f"Ada dalam rantai, tidak ada dalam paket: belanja {gone[:5]}",
        )
        here = {Path(name).stem for name in self.names if name.startswith("bukti/")}
        lost = [key for key in rows for digest in proofs.get(key, ()) if digest not in here]
        self.record(
            not lost,
            "Semua bukti belanja itu menurut rantai ada di dalamnya.",
            f"Buktinya tidak ada dalam paket: belanja {lost[:5]}",
        )

    def _reports(self, reports: list[dict[str, str]], tahun: int, bulan: list[int]) -> None:
        """Each issued report: its data, its file, its totals, its events; and none left out."""
        said = [e["after"] for e in self.events if e["kind"] == "laporan:terbit"]
        issued = {after["sha256"] for after in said}
        here = {_sha(self.read_in(report["data"])) for report in reports}
        first, last = bulan
        gone = [
            after["nomor"]
            for after in said
            if after.get("tahun") == tahun
            and first <= after["bulan"] <= last
            and after["sha256"] not in here
        ]
        self.record(
            not gone,
            "Semua laporan periode itu menurut rantai ada di dalamnya.",
            f"Terbit menurut rantai, tidak ada dalam paket: {gone[:5]}",
        )
        archived = {e["after"]["sha256"] for e in self.events if e["kind"] == "laporan:arsip"}
        for report in reports:
            data, pdf = self.read_in(report["data"]), self.read_in(report["pdf"])
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
            self.record(
                not faults,
                f"{report['nomor']}: data, PDF, jumlah dan peristiwanya cocok.",
                f"{report['nomor']}: {'; '.join(faults)}.",
            )


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


def open_up(where: Path) -> tuple[ReadFile, list[str]]:
    """How its files are read, and their names; ValueError where two have one name."""
    if where.is_dir():
        found = {p.relative_to(where).as_posix(): p for p in where.rglob("*") if p.is_file()}
        sizes = {name: path.stat().st_size for name, path in found.items()}
        return _bounded(lambda name: found[name].read_bytes(), sizes), list(found)
    archive = zipfile.ZipFile(where)
    inside = [info for info in archive.infolist() if not info.is_dir()]
    names = [info.filename for info in inside]
    if len(set(names)) != len(names):
        raise ValueError("dua berkas dengan nama yang sama di dalam ZIP")
    return _bounded(archive.read, {info.filename: info.file_size for info in inside}), names


def _bounded(read_in: ReadFile, sizes: dict[str, int]) -> ReadFile:
    """Reads only what is in the package, and nothing that is too large for any."""

    def read(name: str) -> bytes:
        if name not in sizes:
            raise KeyError(f"{name} tidak ada dalam paket")
        if sizes[name] > MOST_BYTES:
            raise ValueError(f"{name} lebih dari 1 GiB")
        return read_in(name)

    return read


def same(row: dict[str, str], logged: dict[str, Any] | None) -> bool:
    """Whether every field that both tell is the same."""
    return logged is not None and all(
        row[name] == _cell(name, value) for name, value in logged.items() if name in row
    )


def _cell(name: str, value: Any) -> str:
    """A value of the log as it is written in a CSV of the package."""
    if value is None:
        return ""
    if name in _VALUE:
        sign, whole = "-" if value < 0 else "", abs(value)
        return f"{sign}{whole // 100}.{whole % 100:02}"
    return safe_cell(str(value))


def safe_cell(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula; a number keeps its minus sign."""
    number = cell.startswith("-") and cell[1:].replace(".", "", 1).isdecimal()
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) and not number else cell


def sen(amount: str | None) -> int:
    return 0 if amount is None else int(amount.replace(".", ""))


def wrong_totals(document: dict[str, Any]) -> list[str]:
    """The tables whose subtotals or totals are not the sums of their rows."""
    faults = []
    for part in document["isi"]:
        if part["bagian"] != "tabel":
            continue
        columns = [i for i, column in enumerate(part["kolom"]) if column["dijumlah"]]
        whole = [0] * len(columns)
        for group in part["kelompok"]:
            sums = [sum(sen(row[i]) for row in group["baris"]) for i in columns]
            whole = [a + b for a, b in zip(whole, sums, strict=True)]
            if sums != [sen(amount) for amount in group["jumlah"]]:
                faults.append(f"jumlah {group['judul'] or 'kelompok'} keliru")
        if whole != [sen(amount) for amount in part["jumlah"]]:
            faults.append(f"jumlah {part['judul'] or 'tabel'} keliru")
    return faults


def _add(a: Point, b: Point) -> Point:
    p, q = (a[1] - a[0]) * (b[1] - b[0]) % _P, (a[1] + a[0]) * (b[1] + b[0]) % _P
    r, s = 2 * a[3] * b[3] * _D % _P, 2 * a[2] * b[2] % _P
    e, f, g, h = q - p, s - r, s + r, q + p
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _times(n: int, point: Point) -> Point:
    found = (0, 1, 1, 0)
    while n:
        if n & 1:
            found = _add(found, point)
        point, n = _add(point, point), n >> 1
    return found


def _point(data: bytes) -> Point | None:
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= _P:
        return None
    x2 = (y * y - 1) * pow(_D * y * y + 1, _P - 2, _P) % _P
    x = pow(x2, (_P + 3) // 8, _P)
    if (x * x - x2) % _P:
        x = x * pow(2, (_P - 1) // 4, _P) % _P
    if (x * x - x2) % _P or (x == 0 and sign):
        return None
    x = _P - x if x & 1 != sign else x
    return x, y, 1, x * y % _P


def ed25519_valid(key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether the signature over the message is by this public key."""
    if len(key) != 32 or len(signature) != 64:
        return False
    a, r = _point(key), _point(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= _Q:
        return False
    base = _point((4 * pow(5, _P - 2, _P) % _P).to_bytes(32, "little"))
    assert base is not None
    digest = hashlib.sha512(signature[:32] + key + message).digest()
    k = int.from_bytes(digest, "little") % _Q
    left, right = _times(s, base), _add(r, _times(k, a))
    same_x = (left[0] * right[2] - right[0] * left[2]) % _P == 0
    return same_x and (left[1] * right[2] - right[1] * left[2]) % _P == 0


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
        read_in, names = open_up(where)
        check = PackageCheck(read_in, names, kunci)
        holds = check.everything()
    except DAMAGE_ERRORS as error:
        print(f"Paket tidak terbaca atau rusak: {error!r}")
        return 2
    for found, said in check.hasil:
        mark = {True: "cocok", False: "TIDAK COCOK", None: "tidak diperiksa"}[found]
        line = "".join(c if c.isprintable() else "\ufffd" for c in said)
        print(f"[{mark}] {line}")
    status = 1 if not holds else 4 if kunci is None else 0
    print(VERDICTS[status])
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
