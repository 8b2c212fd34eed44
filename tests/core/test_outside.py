"""Systems outside: those that settings name, no others, whichever library asks.

The hook cannot be taken away, so each test is a process of its own.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from kkpd.core import outside
from kkpd.core.config import NAMES, Settings
from kkpd.core.outside import NotNamed, named

_ROOT = Path(__file__).parents[2]
#: Addresses of this machine where nobody listens, so that each way out ends at once.
NAMED = {
    "KKPD_SMTP_HOST": "127.0.0.11",
    "KKPD_SMTP_FROM": "kkpd@contoh.go.id",
    "KKPD_OIDC_ISSUER": "https://127.0.0.12/realms/daerah",
    "KKPD_OIDC_CLIENT_ID": "kkpd",
    "KKPD_OIDC_HOSTS": "127.0.0.13",
    "KKPD_BSRE_URL": "http://127.0.0.14:8080",
    "KKPD_TSA_URL": "http://127.0.0.15/tsa",
    "KKPD_CLAMD": "127.0.0.16:3310",
    "KKPD_SECURITY_LOG": "127.0.0.17:514",
}
HOSTS = {f"127.0.0.{number}" for number in range(11, 18)}


def test_the_list_is_that_of_the_settings(tmp_path: Path) -> None:
    assert named(Settings.load({"KKPD_INSTANCE": str(tmp_path / "a")})) == frozenset()
    assert named(Settings.load({"KKPD_INSTANCE": str(tmp_path / "b"), **NAMED})) == HOSTS
    other = {**NAMED, "KKPD_SMTP_HOST": "Surel.contoh.go.id"}
    assert "surel.contoh.go.id" in named(
        Settings.load({"KKPD_INSTANCE": str(tmp_path / "d"), **other})
    )
    sockets = {"KKPD_CLAMD": "unix:/run/clamd", "KKPD_SECURITY_LOG": "/dev/log"}
    assert named(Settings.load({"KKPD_INSTANCE": str(tmp_path / "c"), **sockets})) == frozenset()


def test_what_the_hook_lets_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outside, "_hosts", frozenset())
    monkeypatch.setattr(outside, "_answers", {})
    outside.only(frozenset({"surel.contoh", "127.0.0.11"}))
    outside._asked("open", ("berkas",))
    outside._asked("socket.connect", (None, "/run/clamd"))
    outside._asked("socket.getaddrinfo", (None, 25))
    outside._asked("socket.connect", (None, ("127.0.0.11", 25)))
    for event, args in (
        ("socket.connect", (None, ("127.0.0.9", 25))),
        ("socket.getaddrinfo", ("lain.contoh", 25)),
        ("socket.getaddrinfo", (b"127.0.0.9", 25)),
        ("socket.gethostbyname", ("rahasia.lain.contoh",)),
        ("socket.gethostbyaddr", ("192.0.2.7",)),
    ):
        with pytest.raises(NotNamed):
            outside._asked(event, args)
    outside._asked("socket.gethostbyname", (socket.gethostname(),))  # smtplib greets with it


def test_a_look_up_opens_the_addresses_of_its_answer_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outside, "_hosts", frozenset({"surel.contoh"}))
    monkeypatch.setattr(outside, "_answers", {"192.0.2.9": 0.0})

    def look_up(*_asked: object) -> list[tuple[object, ...]]:
        return [(2, 1, 6, "", ("192.0.2.7", 25)), (10, 1, 6, "", ("2001:db8::7", 25, 0, 0))]

    monkeypatch.setattr(outside, "_look_up", look_up)
    outside._asked("socket.getaddrinfo", ("surel.contoh", 25))
    outside._answered("surel.contoh", 25)
    outside._asked("socket.connect", (None, ("192.0.2.7", 25)))
    outside._asked("socket.connect", (None, ("2001:db8::7", 25, 0, 0)))
    for other in ("192.0.2.8", "192.0.2.9"):
        with pytest.raises(NotNamed):
            outside._asked("socket.connect", (None, (other, 25)))
    assert set(outside._answers) == {"192.0.2.7", "2001:db8::7"}, "the old one is forgotten"


def child(program: str, instance: Path, **settings: str) -> str:
    """What a process with these settings prints."""
    ours = {f"KKPD_{name.upper()}" for name in NAMES}
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=_ROOT, env={**kept, "KKPD_INSTANCE": str(instance), **settings},
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


#: Every way out that the program or a library of it has: refused, or asked in vain.
_WAYS = """
import http.client, logging.handlers, smtplib, socket, urllib.request
import requests
from kkpd.core.outside import NotNamed

def why(call, *args):
    try:
        call(*args)
    except Exception as wrong:
        while wrong is not None:
            if isinstance(wrong, NotNamed) or "named by no setting" in str(wrong):
                return "refused"
            wrong = wrong.__cause__ or wrong.__context__
        return "asked"
    return "asked"

def raw(host):
    with socket.socket() as one:
        one.settimeout(5)
        one.connect((host, 9))

def datagram(host):
    with socket.socket(type=socket.SOCK_DGRAM) as one:
        one.sendto(b"x", (host, 514))

def web(host):
    http.client.HTTPConnection(host, timeout=5).request("GET", "/")

ways = [
    raw, datagram, web,
    lambda host: urllib.request.urlopen(f"http://{host}/", timeout=5),
    lambda host: requests.get(f"https://{host}/", timeout=5),
    lambda host: smtplib.SMTP(host, 25, timeout=5),
    lambda host: socket.create_connection((host, 3310), 5),
]
"""


def test_the_serving_process_talks_to_nobody_else(tmp_path: Path) -> None:
    program = f"import wsgi\n{_WAYS}\n" + (
        "for host in HOSTS: print(host, *[why(way, host) for way in ways])\n"
    ).replace("HOSTS", repr([*sorted(HOSTS), "localhost", "127.0.0.1", "192.0.2.1"]))
    told = child(program, tmp_path / "instance", KKPD_DEMO="1", **NAMED)
    found = {line.split()[0]: set(line.split()[1:]) for line in told.splitlines()}
    assert {host for host, said in found.items() if said == {"asked"}} == HOSTS
    others = {host for host, said in found.items() if said == {"refused"}}
    assert others == {"localhost", "127.0.0.1", "192.0.2.1"}


def test_a_named_host_opens_no_other_address(tmp_path: Path) -> None:
    """In the serving process: the library that looked up `localhost` may go there, no further."""
    program = (
        f"import wsgi\n{_WAYS}\nprint(why(web, 'localhost'), why(web, '192.0.2.1'), "
        "why(raw, '127.0.0.9'), why(socket.gethostbyname, 'data.contoh'))"
    )
    told = child(program, tmp_path / "instance", KKPD_DEMO="1", KKPD_CLAMD="localhost:9")
    assert told.split() == ["asked", "refused", "refused", "refused"]


def test_a_child_that_opens_foreign_files_talks_to_nobody(tmp_path: Path) -> None:
    program = (
        "import socket\nfrom kkpd.core import sandbox\n"
        "try:\n    sandbox.run('socket:create_connection', ('127.0.0.1', 9), 5)\n"
        "except sandbox.ChildFault as wrong:\n    print(str(wrong))\n"
    )
    assert "named by no setting" in child(program, tmp_path)


@pytest.mark.parametrize("named_too", [False, True])
def test_a_command_talks_to_nobody_else(tmp_path: Path, named_too: bool) -> None:
    program = (
        "import sys, socket\nfrom kkpd import cli\nfrom kkpd.cli import context\n"
        "sys.argv = ['kkpd', '--version']\n"
        "try:\n    cli.main()\nexcept SystemExit:\n    pass\n"
        "context.settings()\n"
        "try:\n    socket.getaddrinfo('127.0.0.5', 9)\n    print('asked')\n"
        "except OSError as wrong:\n    print(wrong)\n"
    )
    told = child(program, tmp_path, **({"KKPD_CLAMD": "127.0.0.5:3310"} if named_too else {}))
    assert ("named by no setting" in told) is not named_too
