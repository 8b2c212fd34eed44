"""`kkpd statement import`: the contract others run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kkpd.cli import main
from kkpd.core.db.engine import create_engine
from tests.worlds.bills import KOPI, NASI, csv


def test_a_file_comes_in_and_a_second_time_does_nothing(
    instance: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "tagihan.csv"
    path.write_bytes(csv([KOPI, NASI]))
    assert main(["statement", "import", str(path), "--opd", "dinkes"]) == 0
    first = json.loads(capsys.readouterr().out)
    assert (first["masuk"], first["baru"], first["lama"], first["lewat"]) == (3, 2, 0, 1)
    assert first["cocok"] == 0
    assert (instance / "berkas" / first["sha256"][:2] / first["sha256"]).read_bytes() == (
        path.read_bytes()
    )
    assert main(["statement", "import", str(path), "--opd", "1.02.0.00.0.00.01.0000"]) == 0
    assert json.loads(capsys.readouterr().out)["sudah_ada"] is True


@pytest.mark.parametrize(
    ("body", "extra", "sentence"),
    [
        (b"", [], "kosong"),
        (csv([("31/02/2026", "", "4821", "X", "1.000,00", "DB")]), [], "Baris 2: tanggal"),
        (csv([KOPI, (*KOPI[:4], "1,234.5.6", "DB")]), [], "Baris 3: jumlah"),
        (csv([KOPI]), ["--opd", "antah"], "OPD “antah” tidak ada"),
        (csv([(*KOPI[:2], "7730", *KOPI[3:])]), [], "bukan kartu OPD ini"),
        (csv([KOPI]), ["--oleh", "siapa"], "“siapa” tidak ada"),
        (csv([KOPI]), ["--oleh", "eko"], "Tidak ditemukan"),
        (b"nama;alamat\nAni;Medan\nBudi;Deli\n", [], "Tidak ada tabel transaksi"),
    ],
)
def test_refusals_are_one_sentence_and_leave_nothing(
    instance: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    body: bytes,
    extra: list[str],
    sentence: str,
) -> None:
    path = tmp_path / "tagihan.csv"
    path.write_bytes(body)
    assert main(["statement", "import", str(path), "--opd", "dinkes", *extra]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert sentence in captured.err
    assert captured.err.count("\n") == 1
    engine = create_engine(f"sqlite:///{instance / 'kkpd.sqlite3'}")
    with engine.connect() as connection:
        for table in ("berkas", "impor", "tagihan", "baris_bank", "event"):
            assert not connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()  # noqa: S608 (our own names)
    engine.dispose()


def test_a_question_of_the_file_or_of_the_books_is_asked(
    instance: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "tagihan.csv"
    arguments = ["statement", "import", str(path), "--opd", "dinkes"]
    path.write_bytes(b"Tanggal,Uraian,Jumlah\n03/04/2026,KOPI,25.000\n")
    assert main(arguments) == 3
    assert "Jawab dengan --answer" in capsys.readouterr().err
    path.write_bytes(csv([KOPI]))
    assert main(arguments) == 0
    path.write_bytes(csv([(*KOPI[:3], "KOPI", *KOPI[4:])]))
    capsys.readouterr()
    assert main(arguments) == 3
    assert "--answer baris_mirip=sama" in capsys.readouterr().err
    assert main([*arguments, "--answer", "baris_mirip=sama"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["baru"], told["lama"]) == (0, 1)


def test_an_answer_settles_a_question(
    instance: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "tagihan.csv"
    path.write_bytes(b"Tanggal,Uraian,Jumlah\n03/04/2026,KOPI,25000\n04/04/2026,NASI,5000\n")
    arguments = ["statement", "import", str(path), "--opd", "dinkes", "--jenis", "dts"]
    assert main([*arguments, "--answer", "urutan_tanggal=dmy", "--periode", "2026-10"]) == 0
    assert json.loads(capsys.readouterr().out)["baru"] == 2


def test_an_import_is_taken_out_again(
    instance: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "tagihan.csv"
    path.write_bytes(csv([KOPI, NASI]))
    assert main(["statement", "import", str(path), "--opd", "dinkes", "--jenis", "dts"]) == 0
    number = str(json.loads(capsys.readouterr().out)["impor"])
    out = ["statement", "withdraw", number, "--opd", "dinkes"]
    assert main([*out, "--check"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "impor": 1,
        "baris": 2,
        "tetap": 0,
        "jumlah": "212500.00",
        "otomatis": 0,
        "halangan": [],
    }
    for extra, sentence in (
        ([], "--alasan"),
        (["--alasan", "Salah jenis", "--oleh", "dewi"], "tidak mencakup"),
        (["--alasan", "Salah jenis", "--oleh", "eko"], "Tidak ditemukan"),
    ):
        assert main([*out, *extra]) == 2
        assert sentence in capsys.readouterr().err
    assert main([*out, "--alasan", "Salah jenis"]) == 0
    done = json.loads(capsys.readouterr().out)
    assert (done["baris"], done["tagihan"]) == (2, 1)
    assert main([*out, "--alasan", "Salah jenis"]) == 2
    assert "sudah dikeluarkan" in capsys.readouterr().err
    assert main(["statement", "import", str(path), "--opd", "dinkes"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert (again["baru"], again["sudah_ada"]) == (2, False)
