"""`kkpd verify FILE`: the words, the JSON, the exit status, the ways to give a key."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from kkpd.cli import main
from kkpd.cli.proof.keys import read_key
from kkpd.core.errors import Unreadable
from kkpd.engines.paper.sheet import draw
from kkpd.engines.paper.verdict import VERDICTS
from tests.reports.samples import PUBLIC_KEY, SIGNER, a_dpt, issue


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "dpt.pdf"
    path.write_bytes(draw(*issue(a_dpt(2))))
    return path


def test_all_holds(report: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(report), "--log-key", PUBLIC_KEY.hex()]) == 0
    said = capsys.readouterr().out
    assert said.count("[cocok]") == 11
    assert "\nSAH: " in said
    assert main(["verify", str(report), "--key", PUBLIC_KEY.hex()]) == 0


def test_without_key(report: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(report)]) == 4
    said = capsys.readouterr().out
    assert "[tidak diperiksa] Kunci log tidak diberikan" in said
    assert "\nASAL BELUM TERBUKTI: " in said


def test_json(report: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(report), "--json"]) == 4
    verdict = json.loads(capsys.readouterr().out)
    assert verdict["holds"] is True
    assert verdict["status"] == 4
    assert verdict["verdict"].startswith("ASAL BELUM TERBUKTI")
    assert verdict["ours"] is True
    assert len(verdict["sidik"]) == 64
    assert {check["key"]: check["holds"] for check in verdict["checks"]}["kunci"] is None


def test_what_does_not_hold(report: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report.write_bytes(report.read_bytes() + b"x")  # no line break: something was added
    assert main(["verify", str(report)]) == 1
    said = capsys.readouterr().out
    assert "[TIDAK COCOK]" in said
    assert "TIDAK dapat dipercaya" in said


def test_help_tells_every_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["verify", "--help"])
    said = capsys.readouterr().out
    for status, word in VERDICTS.items():
        assert f"  {status}  {word}" in said


def test_not_ours(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(b"%PDF-1.4 something else")
    assert main(["verify", str(path)]) == 2
    assert "bukan laporan" in capsys.readouterr().out


def test_no_such_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(tmp_path / "none.pdf")]) == 2
    assert "tidak dapat dibaca" in capsys.readouterr().err


def test_a_key_in_every_spelling(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    public = SIGNER.public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    for number, text in enumerate(
        (
            PUBLIC_KEY.hex(),
            PUBLIC_KEY.hex().upper() + "\n",
            base64.b64encode(PUBLIC_KEY).decode(),
            pem,
        )
    ):
        path = tmp_path / f"key{number}"
        path.write_text(text, "ascii")
        assert read_key(str(path)) == PUBLIC_KEY
    assert read_key(PUBLIC_KEY.hex()) == PUBLIC_KEY


@pytest.mark.parametrize("text", ["", "zz", "ab" * 31, "%%%", "-----BEGIN PUBLIC KEY-----\nAA"])
def test_no_key(text: str) -> None:
    with pytest.raises(Unreadable):
        read_key(text)
