"""The proxies of docs/proxy, the real nginx and the real Caddy, before a real `kkpd serve`.

The examples run as they are; only ports, certificate and the program's address are replaced.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from typing import Final

import pytest

from kkpd.web import server as web_server
from tests.databases import Databases
from tests.server.conftest import Server
from tests.server.orang import Orang
from tests.server.test_mati import upload
from tests.worlds.bills import KOPI, csv

EXAMPLES = Path(__file__).parents[2] / "docs" / "proxy"
NAME = "kkpd.contoh.go.id"
FORGED = "203.0.113.77"
_PATIENCE_SECONDS = 60
#: Headers that every page has, exactly once.
ONCE: Final = (
    *("Strict-Transport-Security", "Content-Security-Policy", "X-Content-Type-Options"),
    *("X-Frame-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy", "Permissions-Policy"),
    *("Cross-Origin-Resource-Policy", "Cache-Control", "X-Request-ID"),
)
_STARTED: Final = {
    "nginx": ("-p", "{folder}", "-c", "{folder}/whole.conf"),
    "caddy": ("run", "--config", "{folder}/Caddyfile", "--adapter", "caddyfile"),
}


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class Front:
    """One proxy before the program, as a browser outside sees it."""

    def __init__(self, kind: str, program: Server, folder: Path, certificate: Path) -> None:
        self.program, self.certificate = program, certificate
        self.plain, self.secure = free_port(), free_port()
        binary = os.environ.get(f"KKPD_TEST_{kind.upper()}") or shutil.which(
            kind, path=f"{os.environ['PATH']}:/usr/sbin"
        )
        assert binary, f"no {kind}: apt-get install {'nginx-light' if kind == 'nginx' else kind}"
        getattr(self, f"_write_{kind}")(folder)
        self.log = folder / "log"
        words = [word.format(folder=folder) for word in _STARTED[kind]]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [binary, *words], stdout=log, stderr=log,
                env={**os.environ, "HOME": str(folder), "XDG_DATA_HOME": str(folder)},
            )  # fmt: skip
        give_up = time.monotonic() + _PATIENCE_SECONDS
        while not self._listens():
            assert time.monotonic() < give_up, self.log.read_text()
            time.sleep(0.05)

    def _write_nginx(self, folder: Path) -> None:
        example = self._filled("nginx.conf", "http://127.0.0.1:8000")
        example = example.replace("listen 80;", f"listen 127.0.0.1:{self.plain};")
        example = example.replace("listen 443 ssl;", f"listen 127.0.0.1:{self.secure} ssl;")
        live = f"/etc/letsencrypt/live/{NAME}"
        example = example.replace(f"{live}/fullchain.pem", str(self.certificate))
        example = example.replace(f"{live}/privkey.pem", str(self.certificate))
        (folder / "kkpd.conf").write_text(example)
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        places = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
        user = "user root;\n" if os.getuid() == 0 else ""
        (folder / "whole.conf").write_text(
            f"{user}daemon off; pid {folder}/pid; error_log stderr;\nevents {{}}\n"
            f"http {{ access_log off;\n{places}include {folder}/kkpd.conf; }}\n"
        )

    def _write_caddy(self, folder: Path) -> None:
        example = self._filled("Caddyfile", "127.0.0.1:8000")
        ports = f"\thttp_port {self.plain}\n\thttps_port {self.secure}\n\tadmin off"
        example = example.replace("\tadmin off", ports)
        own = f"\tbind 127.0.0.1\n\ttls {self.certificate} {self.certificate} {{"
        example = example.replace("\ttls {", own)
        (folder / "Caddyfile").write_text(example)

    def _filled(self, example: str, program: str) -> str:
        here = program.replace("127.0.0.1:8000", self.program.alamat.removeprefix("http://"))
        text = (EXAMPLES / example).read_text("utf-8")
        assert program in text
        return text.replace(program, here)

    def _listens(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        try:
            self.open().close()
        except OSError:
            return False
        return True

    def open(self, context: ssl.SSLContext | None = None) -> ssl.SSLSocket:
        """A TLS connection; the certificate is checked."""
        context = context or ssl.create_default_context(cafile=self.certificate)
        plain = socket.create_connection(("127.0.0.1", self.secure), _PATIENCE_SECONDS)
        try:
            return context.wrap_socket(plain, server_hostname=NAME)
        except OSError:
            plain.close()
            raise

    def get(self, path: str, **headers: str) -> tuple[int, list[tuple[str, str]]]:
        """Status and headers of a page."""
        connection = Secure(self)
        connection.request("GET", path, headers=headers)
        found = connection.getresponse()
        found.read()
        connection.close()
        return found.status, found.getheaders()

    def person(self) -> Person:
        """Somebody at a browser."""
        return Person(self)


class Secure(HTTPSConnection):
    """HTTPS to the proxy by the name that its certificate bears."""

    def __init__(self, front: Front) -> None:
        super().__init__(NAME, timeout=_PATIENCE_SECONDS * 5)
        self.front = front

    def connect(self) -> None:
        """As a browser that was told where the name is."""
        self.sock = self.front.open()
        self.sock.settimeout(self.timeout)


class Person(Orang):
    """A person who comes through the proxy."""

    def __init__(self, front: Front) -> None:
        super().__init__(f"https://{NAME}")
        self.front = front

    def connection(self) -> HTTPConnection:
        """A connection to the proxy."""
        return Secure(self.front)


@pytest.fixture(scope="module")
def program(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """The program as behind a proxy, with cookies for HTTPS alone."""
    databases: Databases = request.getfixturevalue("sqlite_databases")
    database = databases.new(request.getfixturevalue("database_fill"))
    found = Server(tmp_path_factory.mktemp("program") / "instance", database)
    found.further = {
        "KKPD_SECURE_COOKIES": "1",
        "KKPD_TRUSTED_PROXIES": "1",
        "KKPD_TRUSTED_HOSTS": f"{NAME} 127.0.0.1",
        "KKPD_MAX_BILL_MIB": "2",
    }
    found.mulai()
    yield found
    found.bunuh()


@pytest.fixture(scope="module", params=["nginx", "caddy"])
def front(
    request: pytest.FixtureRequest, program: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Front]:
    """One of the two proxies, with a certificate made for it."""
    folder = tmp_path_factory.mktemp(request.param)
    certificate = folder / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
         "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}",
         "-keyout", certificate, "-out", folder / "public.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    with certificate.open("ab") as both:
        both.write((folder / "public.pem").read_bytes())
    found = Front(request.param, program, folder, certificate)
    yield found
    found.process.terminate()
    found.process.wait()


def offered(front: Front, version: ssl.TLSVersion, ciphers: str) -> ssl.SSLContext:
    """A client that offers this version of TLS and these ciphers of it alone."""
    context = ssl.create_default_context(cafile=front.certificate)
    context.set_ciphers(f"{ciphers}:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = version
    return context


OLD: Final = (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1)
WEAK: Final = ("AES128-SHA", "AES256-GCM-SHA384", "ECDHE-RSA-AES128-SHA", "DHE-RSA-AES256-SHA")


@pytest.mark.filterwarnings("ignore:.*TLSv1:DeprecationWarning")
def test_old_tls_and_weak_ciphers_are_refused(front: Front) -> None:
    for version in OLD:
        with pytest.raises(ssl.SSLError):
            front.open(offered(front, version, "ALL"))
    for cipher in WEAK:
        with pytest.raises(ssl.SSLError):
            front.open(offered(front, ssl.TLSVersion.TLSv1_2, cipher))
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        with front.open(offered(front, version, "ECDHE-RSA-AES128-GCM-SHA256")) as good:
            assert good.version() == version.name.replace("_", ".")


def test_pages_are_sent_on_to_https_and_services_are_refused(front: Front) -> None:
    def plain(method: str, path: str) -> tuple[int, str]:
        connection = HTTPConnection("127.0.0.1", front.plain, timeout=_PATIENCE_SECONDS)
        connection.request(method, path, headers={"Host": NAME})
        found = connection.getresponse()
        connection.close()
        return found.status, found.headers.get("Location", "")

    assert plain("GET", "/masuk?lanjut=/x") == (308, f"https://{NAME}/masuk?lanjut=/x")
    for method, path in (("POST", "/masuk"), ("GET", "/tenggat/rahasia.ics"), ("GET", "/sehat")):
        assert plain(method, path) == (403, ""), path


def test_security_headers_are_complete_and_come_once(front: Front) -> None:
    for path in ("/masuk", "/tidak-ada", "/periksa/x"):
        _status, headers = front.get(path)
        names = [name.lower() for name, _value in headers]
        wrong = [name for name in ONCE if names.count(name.lower()) != 1]
        assert wrong == [], path
        said = " ".join(value for name, value in headers if name.lower() in ("server", "via"))
        assert not any(digit.isdigit() for digit in said), said


def test_what_may_be_sent_is_the_programs_limit(front: Front) -> None:
    stranger = front.person()
    stranger.get("/masuk")
    assert stranger.kirim("/masuk", {"nama": "x" * 20_000, "sandi": "y"}).status == 413
    citra = entered(front)
    assert upload(citra, csv([KOPI] * 30_000)[: 1900 * 1024].rpartition(b"\n")[0])
    area = "/dinkes/2026-10/tagihan/unggah"
    citra.get(area)
    over = citra.kirim(area, {"profil": "", "jenis": ""}, ("berkas", "b.csv", bytes(3 << 20)))
    assert (over.status, "MB" in over.teks) == (413, True), over.teks


def entered(front: Front) -> Person:
    """Citra, logged in through the proxy."""
    person = front.person()
    person.headers = {"Referer": f"https://{NAME}/masuk"}
    person.entry("citra")
    return person


def lines(program: Server) -> list[dict[str, object]]:
    """What the program logged of its requests."""
    log = (program.instance / "server.log").read_text("utf-8", "replace").splitlines()
    found = [json.loads(line) for line in log if line.startswith("{")]
    return [line for line in found if line.get("message") == "request"]


def test_the_address_is_the_senders_and_a_forged_one_does_not_count(front: Front) -> None:
    forged = {
        "X-Forwarded-For": FORGED,
        "X_Forwarded_For": FORGED,
        "Forwarded": f"for={FORGED};host=jahat.example",
        "X-Forwarded-Host": "jahat.example",
        "X-Forwarded-Proto": "http",
        "X-Request-ID": "pilihan-penyerang",
    }
    status, headers = front.get("/masuk", **forged)
    assert status == 200
    given = {name.lower(): value for name, value in headers}["x-request-id"]
    assert given != "pilihan-penyerang"
    (line,) = [line for line in lines(front.program) if line["request_id"] == given]
    assert line["address"] == "127.0.0.1"
    assert FORGED not in (front.program.instance / "server.log").read_text()


_INNER: Final = f"GET /selundup HTTP/1.1\r\nHost: {NAME}\r\n\r\n".encode()
_CHUNKED: Final = b"0\r\n\r\n" + _INNER
#: Heads and bodies that two readers of HTTP may end at different places.
ATTACKS: Final[dict[str, tuple[bytes, bytes]]] = {
    "length and chunks": (b"Content-Length: %d\r\nTransfer-Encoding: chunked", _CHUNKED),
    "short length and chunks": (b"Content-Length: 4\r\nTransfer-Encoding: chunked", _CHUNKED),
    "two lengths": (b"Content-Length: 0\r\nContent-Length: %d", _INNER),
    "two lengths, long one first": (b"Content-Length: %d\r\nContent-Length: 0", _INNER),
    "lengths in a list": (b"Content-Length: 0, %d", _INNER),
    "length with a sign": (b"Content-Length: +%d", _INNER),
    "length with a word": (b"Content-Length: %dx", _INNER),
    "bad chunk size": (b"Transfer-Encoding: chunked", b"zz\r\n" + _INNER),
    "chunk size in C": (b"Transfer-Encoding: chunked", b"0x1\r\na\r\n" + _CHUNKED),
    "huge chunk size": (b"Transfer-Encoding: chunked", b"1" + b"0" * 16 + b"\r\n" + _CHUNKED),
    "chunk without its end": (b"Transfer-Encoding: chunked", b"1\r\naXX" + _CHUNKED),
    "folded header": (b"Content-Length: %d\r\nTransfer-Encoding:\r\n chunked", _CHUNKED),
    "folded length": (b"X-A: b\r\n Content-Length: 0\r\nContent-Length: %d", _INNER),
    "space before the colon": (b"Content-Length: %d\r\nTransfer-Encoding : chunked", _CHUNKED),
    "unknown coding": (b"Content-Length: %d\r\nTransfer-Encoding: xchunked", _CHUNKED),
    "tab in the coding": (b"Content-Length: %d\r\nTransfer-Encoding: \x0bchunked", _CHUNKED),
    "two codings": (b"Transfer-Encoding: identity\r\nTransfer-Encoding: chunked", _CHUNKED),
    "coding with an underscore": (b"Content-Length: %d\r\nTransfer_Encoding: chunked", _CHUNKED),
    "bare line feed": (b"Content-Length: %d\nTransfer-Encoding: chunked", _CHUNKED),
}


def attack(where: socket.socket, head: bytes, body: bytes) -> None:
    """Send one of them."""
    if b"%d" in head:
        head = head.replace(b"%d", str(len(body)).encode())
    where.sendall(b"POST /masuk HTTP/1.1\r\nHost: " + NAME.encode() + b"\r\n" + head)
    where.sendall(b"\r\n\r\n" + body)


def heard(where: socket.socket, seconds: float) -> bytes:
    """Everything that is answered until it is quiet for so long."""
    found = b""
    where.settimeout(seconds)
    try:
        while part := where.recv(65536):
            found += part
    except (TimeoutError, ssl.SSLError, ConnectionResetError):
        pass
    return found


def answered(found: bytes) -> list[str]:
    """The ids of the program's answers in it."""
    told = b"x-request-id: "
    return [
        line[len(told) :].decode().strip()
        for line in found.split(b"\r\n")
        if line.lower().startswith(told)
    ]


def attacked(program: Server, openings: list[tuple[str, socket.socket]]) -> list[str]:
    """What went wrong: a request that the program served and that its sender got no answer to."""
    before = {line["request_id"] for line in lines(program)}
    for name, where in openings:
        attack(where, *ATTACKS[name])
    told = {name: answered(heard(where, 2.0)) for name, where in openings}
    served = {line["request_id"]: line for line in lines(program)}
    seen = {one for ids in told.values() for one in ids}
    return [str(served[one]) for one in served.keys() - before - seen]


def test_proxy_and_program_read_the_end_of_a_request_alike(front: Front) -> None:
    """Every request that the program saw was answered to the one who sent it, on his connection."""
    openings: list[tuple[str, socket.socket]] = [(name, front.open()) for name in ATTACKS]
    assert attacked(front.program, openings) == []
    for _name, where in openings:
        where.close()
    assert front.get("/masuk")[0] == 200


def test_the_program_alone_refuses_what_can_be_read_in_two_ways(program: Server) -> None:
    host, port = program.alamat.removeprefix("http://").split(":")
    openings = [(name, socket.create_connection((host, int(port)), 60)) for name in ATTACKS]
    assert attacked(program, openings) == []
    for _name, where in openings:
        where.close()
    ambiguous = [name for name in ATTACKS if "length" in name and name != "length and chunks"]
    for name in ambiguous:
        if name in ("short length and chunks", "folded length"):
            continue  # read in one way: chunks win, a folded line is no header of its own
        with socket.create_connection((host, int(port)), 60) as where:
            attack(where, *ATTACKS[name])
            assert heard(where, 2.0).startswith(b"HTTP/1.1 400 "), name


def test_slow_heads_are_cut_off_and_slow_bodies_are_told(front: Front) -> None:
    with front.open() as head, front.open() as body:
        head.sendall(b"GET /masuk HTTP/1.1\r\nHost: ")
        body.sendall(
            b"POST /masuk HTTP/1.1\r\nHost: " + NAME.encode() + b"\r\nContent-Length: 100\r\n\r\nna"
        )
        begin = time.monotonic()
        assert front.get("/masuk")[0] == 200
        assert time.monotonic() - begin < 5
        assert not heard(head, _PATIENCE_SECONDS).startswith(b"HTTP/1.1 200")
        assert time.monotonic() - begin < web_server.PATIENCE
        body.settimeout(web_server.PATIENCE + _PATIENCE_SECONDS)
        assert b" 408 " in body.recv(4096)
