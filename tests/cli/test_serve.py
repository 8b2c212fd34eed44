"""`kkpd serve`: beyond this machine only a named proxy is served."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Iterable, Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from kkpd.cli import main
from kkpd.web.server import Server


def started_servers(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The words by which servers are started from now on, in the place of one."""
    started: list[list[str]] = []

    def become(_program: str, words: list[str]) -> None:
        started.append(words)
        raise SystemExit

    monkeypatch.setattr(os, "execv", become)
    return started


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.1.2.3", "kantor.contoh.go.id"])  # noqa: S104 (refused here)
def test_serving_beyond_this_machine_needs_a_named_proxy(
    host: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    started = started_servers(monkeypatch)
    monkeypatch.setenv("KKPD_INSTANCE", str(tmp_path / "instance"))
    assert main(["serve", "--host", host, "--port", "0"]) == 2
    assert "KKPD_PROXY_ADDRESSES" in capsys.readouterr().err
    assert started == []
    monkeypatch.setenv("KKPD_PROXY_ADDRESSES", "jauh")
    assert main(["serve", "--host", host, "--port", "0"]) == 2
    monkeypatch.setenv("KKPD_PROXY_ADDRESSES", "10.1.2.9 10.2.0.0/29")
    with pytest.raises(SystemExit):
        main(["serve", "--host", host, "--port", "0"])
    assert host in started[0]


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_this_machine_is_served_without_one(
    host: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = started_servers(monkeypatch)
    monkeypatch.setenv("KKPD_INSTANCE", str(tmp_path / "instance"))
    with pytest.raises(SystemExit):
        main(["serve", "--host", host, "--port", "0"])
    assert host in started[0]


def test_a_port_that_another_program_holds_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The server's sockets could share it, and half of the requests would go elsewhere."""
    started = started_servers(monkeypatch)
    monkeypatch.setenv("KKPD_INSTANCE", str(tmp_path / "instance"))
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert main(["serve", "--port", str(port)]) == 2
    assert f"Port {port}" in capsys.readouterr().err
    assert started == []


def _program(_environ: dict[str, Any], start: Any) -> Iterable[bytes]:
    start("200 OK", [])
    return [b"buku"]


def asked(server: Server, peer: str) -> int:
    """The status that this peer gets."""
    told: list[Mapping[str, Any]] = []
    scope = {
        "type": "http", "method": "GET", "path": "/masuk", "query_string": b"", "scheme": "http",
        "http_version": "1.1", "headers": [], "client": (peer, 5), "server": ("10.1.2.3", 80),
    }  # fmt: skip

    async def receive() -> Mapping[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        told.append(message)

    asyncio.run(server(scope, receive, send))
    return int(told[0]["status"])


def test_only_the_named_proxies_and_this_machine_are_answered() -> None:
    server = Server(_program, lambda _environ: 100, (ip_network("10.2.0.0/29"),))
    answers = {peer: asked(server, peer) for peer in ("10.2.0.3", "127.0.0.1", "::1", "10.2.0.9")}
    assert answers == {"10.2.0.3": 200, "127.0.0.1": 200, "::1": 200, "10.2.0.9": 403}
    assert asked(Server(_program, lambda _environ: 100), "10.2.0.9") == 200
