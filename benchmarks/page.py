"""A month's page of 500 lines with candidates beside a bare hello page of the same server.

    script/bench page [--lines 500] [--rules 1000] [--runs 40]

One JSON line: `bench, lines, ours_ms, first_ms, hello_ms, limit_ms, ratio_hello, ratio_first,
ratio_limit, rules, rules_ms, rules_first_ms, ratio_rules, kb, load`. `ours` is the page while its
books stand, `first` the page after a decision, when everything is matched and drawn anew. `hello`
answers through the program's whole middleware (session, permission, headers, log) to the same
person, `limit` is a Flask application of one view beside it; all come from one granian process and
are asked in turn over one connection. `rules_*` are the same pages of a second process whose OPD
has so many rules, half of them about these lines; `ratio_rules` is the first page with rules
beside the first page without. Figures are medians. Every line of the month is open.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from benchmarks.page_dunia import MONTHS, bulan
from tests.client import DEMO_LOGIN_WORD

HALAMAN = f"/dinkes/{MONTHS[0]}-{MONTHS[1]:02d}/cocok/"
HALO, POLOS = "/halo", "/polos/"
_PANAS = 4


def app() -> DispatcherMiddleware:
    """The program with one more view, and a bare application beside it (granian calls this)."""
    from kkpd.app import create_app
    from kkpd.core.config import Settings
    from kkpd.web.request.permissions import needs

    program = create_app(Settings.load(os.environ))
    program.add_url_rule(HALO, "halo", needs("cocok:lihat")(lambda: "Halo"))
    bare = Flask("polos")
    bare.add_url_rule("/", "halo", lambda: "Halo")
    return DispatcherMiddleware(program, {POLOS.rstrip("/"): bare})


class Orang:
    """One person's connection with the server, kept open."""

    def __init__(self, port: int) -> None:
        self.http = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.kukis: dict[str, str] = {}
        isi = {
            "nama": "citra",
            "sandi": DEMO_LOGIN_WORD,
            "csrf_token": _isian(self.minta("/masuk")),
        }
        self.minta("/masuk", urlencode(isi), 303)
        halaman = self.minta(HALAMAN)
        self.tanda = {"csrf_token": _isian(halaman), "baris": _isian(halaman, "baris")}

    def minta(self, alamat: str, isi: str | None = None, status: int = 200) -> str:
        """The body of an answer; another status ends the measurement."""
        header = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.kukis.items())}
        if isi is not None:
            header["Content-Type"] = "application/x-www-form-urlencoded"
        self.http.request("POST" if isi else "GET", alamat, isi, header)
        reply = self.http.getresponse()
        teks = reply.read().decode()
        for one_item in reply.headers.get_all("Set-Cookie", []):
            nama, _, nilai = one_item.partition(";")[0].partition("=")
            self.kukis[nama] = nilai
        assert reply.status == status, f"{alamat}: {reply.status} {teks[:200]}"
        return teks

    def putuskan(self, *, batal: bool) -> None:
        """Explain the chosen line, or take that back: the books move."""
        isi = self.tanda | {"jenis": "biaya", "catatan": "Ditanyakan kepada bank."}
        working = "urungkan" if batal else "jelaskan"
        self.minta(f"{HALAMAN}{working}", urlencode(isi), 303)

    def lama(self, alamat: str) -> float:
        """Milliseconds of one answer."""
        mulai = time.perf_counter()
        self.minta(alamat)
        return (time.perf_counter() - mulai) * 1000


def _isian(halaman: str, nama: str = "csrf_token") -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{nama}" value="([^"]+)"', halaman)
    assert found, f"the page carries {nama}"
    return found[1]


@contextmanager
def dilayani(folder: Path) -> Iterator[int]:
    """The program on the database in `folder`, in a server process of its own; its port."""
    with socket.socket() as one_item:
        one_item.bind(("127.0.0.1", 0))
        port = int(one_item.getsockname()[1])
    purchase_command = [
        "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "1",
        "--blocking-threads", "1", "--no-log", "--workers-kill-timeout", "2",
        "--factory", "benchmarks.page:app",
    ]  # fmt: skip
    lingkungan = os.environ | {
        "KKPD_INSTANCE": str(folder),
        "KKPD_DATABASE_URL": f"sqlite:///{folder / 'kkpd.sqlite3'}",
        "KKPD_SECURE_COOKIES": "0",
        "KKPD_DEMO": "1",
    }
    granian = str(Path(sys.executable).with_name("granian"))
    server = subprocess.Popen(
        [granian, *purchase_command], env=lingkungan, stderr=subprocess.DEVNULL
    )
    try:
        _tunggu(server, port)
        yield port
    finally:
        server.terminate()
        server.wait()


def _tunggu(server: subprocess.Popen[bytes], port: int) -> None:
    for _ in range(1200):
        if server.poll() is not None:
            raise SystemExit("the server did not start")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the server does not answer")


def measure(plain: Orang, beraturan: Orang, times: int) -> dict[str, float]:
    """Medians in milliseconds of all, asked in turn."""
    lama: dict[str, list[float]] = {}
    for ke in range(times + _PANAS):
        for start, orang in (("", plain), ("rules_", beraturan)):
            orang.putuskan(batal=bool(ke % 2))
            one_item = {f"{start}first": orang.lama(HALAMAN), f"{start}ours": orang.lama(HALAMAN)}
            one_item |= {f"{start}hello": orang.lama(HALO), f"{start}limit": orang.lama(POLOS)}
            for nama, ms in one_item.items() if ke >= _PANAS else ():
                lama.setdefault(nama, []).append(ms)
    return {nama: statistics.median(everything) for nama, everything in lama.items()}


def main() -> None:
    """Two databases, two servers, one line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--lines", type=int, default=500)
    parser.add_argument("--rules", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=40)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        one_item, both = Path(folder) / "tanpa", Path(folder) / "dengan"
        bulan(one_item, args.lines, 0)
        bulan(both, args.lines, args.rules)
        with dilayani(one_item) as port, dilayani(both) as lain:
            orang = Orang(port)
            long = len(orang.minta(HALAMAN).encode())
            ms = measure(orang, Orang(lain), args.runs)
    hasil = {
        "bench": "page",
        "lines": args.lines,
        "ours_ms": round(ms["ours"], 1),
        "first_ms": round(ms["first"], 1),
        "hello_ms": round(ms["hello"], 2),
        "limit_ms": round(ms["limit"], 2),
        "ratio_hello": round(ms["ours"] / ms["hello"], 1),
        "ratio_first": round(ms["first"] / ms["hello"], 1),
        "ratio_limit": round(ms["ours"] / ms["limit"], 1),
        "rules": args.rules,
        "rules_ms": round(ms["rules_ours"], 1),
        "rules_first_ms": round(ms["rules_first"], 1),
        "ratio_rules": round(ms["rules_first"] / ms["first"], 2),
        "kb": round(long / 1024),
        "load": round(os.getloadavg()[0], 1),
    }
    print(json.dumps(hasil), flush=True)


if __name__ == "__main__":
    main()
