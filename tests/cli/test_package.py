"""`kkpd package`, `kkpd opendata`, `kkpd sipd`: files for those outside, from the books alone."""

from __future__ import annotations

import csv
import io
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from kkpd.approval import decide as approval_decide
from kkpd.approval import dpt
from kkpd.cli import main
from kkpd.core.db.engine import create_engine
from kkpd.core.db.session import EVERY_OPD, writing
from kkpd.engines.paper.csv import FORMULA
from kkpd.payment import pay as payment_pay
from kkpd.reports.package import periksa
from tests.cast import ACTORS, DINKES
from tests.databases import SqliteDatabases
from tests.worlds import office as belanja_dunia
from tests.worlds.chain_steps import OKTOBER, berbukti, diperiksa, penerbit, setuju
from tests.worlds.office import NOW

OKT = ("--opd", "dinkes", "--periode", "2026-10")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, sqlite_databases: SqliteDatabases) -> Path:
    """An instance whose October has a DPT of four purchases and its NPD."""
    folder = tmp_path_factory.mktemp("instance")
    engine = create_engine(sqlite_databases.new(belanja_dunia.fill, folder / "kkpd.sqlite3"))
    with writing(engine, EVERY_OPD) as session:
        rows = [
            berbukti(session, folder, n, merchant="=cmd()", penjual_npwp="3201010101010001")
            for n in range(1, 4)
        ]
        rows.append(berbukti(session, folder, 4, kanal="katalog"))
        diperiksa(session, folder, *rows)
        for row in rows:
            approval_decide.decide(session, ACTORS["dewi"], setuju(row), NOW)
        paper = dpt.issue_dpt(session, ACTORS["dewi"], DINKES, OKTOBER, penerbit(folder), NOW)
        payment_pay.issue(session, ACTORS["dewi"], paper.id, "npd", penerbit(folder), NOW)
    engine.dispose()
    return folder


@pytest.fixture
def instance(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it for one test."""
    folder = tmp_path / "instance"
    shutil.copytree(prepared, folder)
    monkeypatch.setenv("KKPD_INSTANCE", str(folder))
    monkeypatch.delenv("KKPD_DATABASE_URL", raising=False)
    return folder


@pytest.fixture(scope="module")
def paket(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """October's package, made once; `log_key` and `log_key.pub` stand beside it."""
    folder = tmp_path_factory.mktemp("paket") / "instance"
    shutil.copytree(prepared, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KKPD_INSTANCE", str(folder))
        patch.delenv("KKPD_DATABASE_URL", raising=False)
        assert main(["package", *OKT, "--out", str(folder / "paket.zip")]) == 0
    return folder / "paket.zip"


@pytest.fixture
def folder(paket: Path, tmp_path: Path) -> Path:
    """The package unpacked, for one test."""
    zipfile.ZipFile(paket).extractall(tmp_path / "paket")
    return tmp_path / "paket"


def test_one_changed_byte_of_a_package_is_found(paket: Path, folder: Path, tmp_path: Path) -> None:
    key = (paket.parent / "log_key.pub").read_text("ascii").strip()
    assert periksa.main([str(folder), "--kunci", key]) == 0
    assert periksa.main([str(folder), "--kunci", "00" * 32]) == 1
    assert periksa.main([str(folder)]) == 4, "nobody said whose key it is"
    assert main(["verify", str(paket)]) == 4
    assert main(["verify", str(paket), "--key", key]) == 0
    assert main(["verify", str(paket), "--key", "00" * 32]) == 1
    for victim in sorted(folder.rglob("*")):
        if victim.is_dir():
            continue
        data = victim.read_bytes()
        middle = len(data) // 2
        victim.write_bytes(data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :])
        assert periksa.main([str(folder)]) in (1, 2), victim
        victim.write_bytes(data)
    (folder / "tambahan.txt").write_text("x")
    assert periksa.main([str(folder)]) == 1
    assert periksa.main([str(tmp_path / "tiada.zip")]) == 2
    assert periksa.main(["--help"]) == 0


def test_a_damaged_archive_is_listed_and_stops_nothing(
    instance: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    papers = sorted(p for p in (instance / "arsip").rglob("*") if p.is_file())
    for path, data in ((papers[0], b"x"), (papers[1], None)):
        path.chmod(0o600)
        path.write_bytes(path.read_bytes() + data) if data else path.unlink()
    assert main(["package", *OKT, "--out", str(tmp_path / "p.zip")]) == 0
    with zipfile.ZipFile(tmp_path / "p.zip") as made:
        gone = json.loads(made.read("manifes.json"))["hilang"]
        assert len(gone) == 2
        assert all(name.startswith("laporan/terbit/") for name in gone)
        assert "data/belanja.csv" in made.namelist()
    capsys.readouterr()
    assert main(["verify", str(tmp_path / "p.zip")]) == 1
    assert "Hilang atau berubah di penyimpanan OPD: ['laporan/terbit/" in capsys.readouterr().out


def mended(folder: Path, key: Ed25519PrivateKey | None) -> None:
    """The manifest over the folder as it is now, signed anew where there is a key."""
    manifest = json.loads((folder / "manifes.json").read_bytes())
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    files -= {"manifes.json", "manifes.tanda.txt"}
    manifest["files"] = {
        name: {"sha256": periksa._sha((folder / name).read_bytes())} for name in sorted(files)
    }
    manifest["laporan"] = [one for one in manifest["laporan"] if one["pdf"] in files]
    data = json.dumps(manifest).encode()
    (folder / "manifes.json").write_bytes(data)
    if key is not None:
        signed = key.sign(periksa.MANIFEST_PREFIX + data).hex()
        (folder / "manifes.tanda.txt").write_text(signed, "ascii")


def _dropped(name: str) -> Callable[[Path], None]:
    return lambda folder: next(iter(sorted(folder.glob(name)))).unlink()


def _in_csv(old: bytes, new: bytes) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        target = folder / "data/belanja.csv"
        data = target.read_bytes()
        assert old in data
        target.write_bytes(data.replace(old, new, 1))

    return change


def _without_a_row(folder: Path) -> None:
    target = folder / "data/belanja.csv"
    target.write_bytes(b"\r\n".join(target.read_bytes().split(b"\r\n")[:-2]) + b"\r\n")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (_in_csv(b",750000.00,", b",75000000,"), "Belanja berbeda dari rantai"),
        (_in_csv(b"'=cmd()", b"Toko Lain"), "Belanja berbeda dari rantai"),
        (_in_csv(b"2026-10-", b"2026-09-"), "Belanja berbeda dari rantai"),
        (_without_a_row, "tidak ada dalam paket: belanja"),
        (_dropped("bukti/*"), "Buktinya tidak ada dalam paket"),
        (_dropped("laporan/terbit/*.pdf"), "Terbit menurut rantai, tidak ada dalam paket: ['0001/"),
        (_dropped("data/uji.csv"), ""),
    ],
)
def test_a_package_mended_after_a_change(
    paket: Path,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    change: Callable[[Path], None],
    sentence: str,
) -> None:
    """Without the log's key the manifest cannot be mended; what the log tells, not even with it."""
    change(folder)
    mended(folder, None)
    assert periksa.main([str(folder)]) == 1
    assert "Tanda tangan manifes TIDAK sah" in capsys.readouterr().out
    owner = (paket.parent / "log_key").read_text("ascii")
    mended(folder, Ed25519PrivateKey.from_private_bytes(bytes.fromhex(owner)))
    holds = periksa.main([str(folder)]) == 4
    assert holds == (sentence == ""), "what only the manifest knows, its signer answers for"
    assert sentence in capsys.readouterr().out


def test_a_package_of_an_earlier_key_is_believed_by_the_history(
    instance: Path, tmp_path: Path
) -> None:
    paket, known = str(tmp_path / "paket.zip"), str(tmp_path / "keys.json")
    assert main(["package", *OKT, "--out", paket]) == 0
    assert main(["key", "rotate", "--reason", "tahunan"]) == 0
    assert main(["key", "export", "--out", known]) == 0
    assert main(["verify", paket, "--key", known]) == 0
    assert main(["verify", paket, "--key", str(instance / "log_key.2.pub")]) == 1
    assert main(["key", "revoke", "--reason", "hilang", "--generation", "1"]) == 0
    assert main(["key", "export", "--out", known]) == 0
    assert main(["verify", paket, "--key", known]) == 0, "it was signed before"
    again = str(tmp_path / "lagi.zip")
    assert main(["package", *OKT, "--out", again]) == 0
    assert main(["verify", again, "--key", known]) == 0


def test_a_package_signed_by_somebody_else(paket: Path, folder: Path) -> None:
    _in_csv(b",750000.00,", b",950000.00,")(folder)
    other = Ed25519PrivateKey.generate()
    (folder / "rantai/kunci.txt").write_text(other.public_key().public_bytes_raw().hex(), "ascii")
    mended(folder, other)
    key = (paket.parent / "log_key.pub").read_text("ascii").strip()
    assert periksa.main([str(folder), "--kunci", key]) == 1
    assert periksa.main([str(folder)]) == 1, "the checkpoint is not that key's"


def test_a_zip_with_two_files_of_one_name_or_too_large(
    paket: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "paket.zip"
    shutil.copyfile(paket, path)
    monkeypatch.setattr(periksa, "MOST_BYTES", 200)
    assert periksa.main([str(path)]) == 2
    monkeypatch.undo()
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("data/uji.csv", b"id\r\n")
    assert periksa.main([str(path)]) == 2
    for damage in (b"", b"PK\x05\x06" + bytes(18), b"no zip at all", path.read_bytes()[:-40]):
        path.write_bytes(damage)
        assert periksa.main([str(path)]) == 2


def test_a_cell_is_made_harmless_as_everywhere() -> None:
    assert tuple(periksa.FORMULA_STARTS) == FORMULA
    assert [periksa.safe_cell(cell) for cell in ("-5.00", "-a", "=1", "a")] == [
        "-5.00", "'-a", "'=1", "a",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["package", *OKT, "--out", "x.tar"], "berakhiran .zip"),
        (["package", "--opd", "semua", "--periode", "2026", "--out", "x.zip"], "“semua” tidak ada"),
        (["package", "--opd", "dinkes", "--periode", "2026-03", "--out", "x.zip"], "Tidak ada"),
        (["package", *OKT, "--oleh", "citra", "--out", "x.zip"], "Peran Anda"),
        (["opendata", "--periode", "2026-02", "--out", "x"], "Belum ada belanja"),
        (["opendata", "--periode", "2026-10", "--oleh", "citra", "--out", "x"], "semua OPD hanya"),
        (["sipd", "npd", "--opd", "disdik", "--periode", "2026-10", "--out", "x.csv"], "NPD"),
        (["sipd", "tbp", "--opd", "disdik", "--periode", "2026-10", "--out", "x.csv"], "NPD"),
        (["sipd", "tbp", *OKT, "--out", "x.pdf"], "berakhiran"),
    ],
)
def test_refusals_are_one_sentence(
    instance: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    sentence: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(words) == 2
    said = capsys.readouterr()
    assert sentence in said.err
    assert said.err.count("\n") == 1
    assert [p.name for p in tmp_path.iterdir()] == ["instance"]


def test_open_data_tell_no_single_purchase(instance: Path, tmp_path: Path) -> None:
    out = tmp_path / "terbuka"
    assert main(["opendata", "--periode", "2026-10", "--out", str(out)]) == 0
    text = (out / "belanja_kkpd.csv").read_text("utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["kanal"], row["transaksi"], row["nilai"]) for row in rows] == [
        ("lainnya", "4", "3000000.00"),
    ]
    for secret in ("cmd", "3201010101010001", "Ani", "4821", "Kertas"):
        assert secret not in text
    package = json.loads((out / "datapackage.json").read_bytes())
    resource = package["resources"][0]
    assert [field["name"] for field in resource["schema"]["fields"]] == list(rows[0])
    assert [(row["kode_fungsi"], row["nama_fungsi"]) for row in rows] == [("06", "Kesehatan")]
    assert package["publisher"] == "Pemerintah Kabupaten Contoh"
    assert package["period"] == {"start": "2026-10-01", "end": "2026-10-31"}
    assert package["licenses"][0]["name"] == "CC-BY-4.0"
    assert len(package["sources"]) == 2
    assert [one["role"] for one in package["contributors"]] == ["publisher", "contributor"]
    assert resource["bytes"] == len((out / "belanja_kkpd.csv").read_bytes())


def test_sipd_lines_are_those_of_the_npd(instance: Path, tmp_path: Path) -> None:
    npd, tbp = tmp_path / "npd.csv", tmp_path / "tbp.csv"
    assert main(["sipd", "npd", *OKT, "--out", str(npd)]) == 0
    assert main(["sipd", "tbp", *OKT, "--out", str(tbp)]) == 0
    assert main(["sipd", "tbp", *OKT, "--out", str(tmp_path / "tbp.xlsx")]) == 0
    lines = [list(csv.DictReader(io.StringIO(p.read_text("utf-8-sig")))) for p in (npd, tbp)]
    assert [row["Nilai"] for row in lines[0]] == ["3000000.00"]
    assert lines[0][0]["Kode Kegiatan"] == "1.02.02.2.02"
    assert [row["Nilai"] for row in lines[1]] == ["750000.00"] * 4
    assert lines[1][0]["Nama Penerima"] == "'=cmd()"
    assert all(len(row["Berkas Bukti (SHA-256)"]) == 64 for row in lines[1])


@given(st.binary(max_size=80), st.integers(0, 63), st.integers(0, 7))
def test_plain_ed25519_agrees_with_the_library(message: bytes, at: int, bit: int) -> None:
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    public, signature = key.public_key().public_bytes_raw(), key.sign(message)
    assert periksa.ed25519_valid(public, signature, message)
    broken = bytearray(signature)
    broken[at] ^= 1 << bit
    assert not periksa.ed25519_valid(public, bytes(broken), message)
    assert not periksa.ed25519_valid(public, signature, message + b"x")
    assert not periksa.ed25519_valid(b"\xff" * 32, signature, message)
    assert not periksa.ed25519_valid(public[:31], signature, message)
