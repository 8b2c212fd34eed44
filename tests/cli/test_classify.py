"""`kkpd classify`: columns, encodings, separators, prices, damaged rows, and refusals."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from pathlib import Path

import pytest

from kkpd.cli import main
from kkpd.cli.classify import money, numeric
from kkpd.core.money import MAX_SEN, Rupiah

TAMBAHAN = [
    "kelas",
    "kelas_terbaik",
    "keyakinan",
    "rekening_usul",
    "aturan",
    "alasan",
    "yang_mengubah",
]


def jalankan(tmp_path: Path, isi: bytes | str, *options: str) -> list[dict[str, str]]:
    """Classify a file with this content; the rows of OUT."""
    entry, keluar = tmp_path / "masuk.csv", tmp_path / "keluar.csv"
    entry.write_bytes(isi.encode() if isinstance(isi, str) else isi)
    assert main(["classify", str(entry), "--out", str(keluar), *options]) == 0
    with keluar.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_out_keeps_the_columns_and_adds_the_answer(tmp_path: Path) -> None:
    rows = jalankan(
        tmp_path,
        "nomor,uraian,satuan,harga,catatan\n1,Laptop Asus Vivobook,Unit,9500000,x\n"
        "2,Kertas HVS A4,Rim,58000,\n",
        "--batas-kapitalisasi",
        "1000000",
    )
    assert list(rows[0]) == ["nomor", "uraian", "satuan", "harga", "catatan", *TAMBAHAN]
    assert [row["kelas"] for row in rows] == ["modal", "operasi"]
    assert rows[0]["catatan"] == "x"
    assert rows[0]["rekening_usul"].startswith("5.2.02.10.01.0002")
    assert 0.5 <= float(rows[0]["keyakinan"]) <= 1


@pytest.mark.parametrize(
    "isi",
    [
        "uraian;harga\nLaptop Asus Vivobook;9.500.000\n",
        "\ufeffUraian\tHarga\r\nLaptop Asus Vivobook\t9,500,000\r\n",
        "harga|URAIAN\n9500000.00|Laptop Asus Vivobook\n",
        'uraian,harga\n"Laptop Asus Vivobook","Rp 9.500.000,00"\n',
        "uraian;harga\rLaptop Asus Vivobook;9500000\r",
    ],
)
@pytest.mark.parametrize("sandi", ["utf-8", "utf-16", "cp1252"])
def test_separators_encodings_and_prices(tmp_path: Path, isi: str, sandi: str) -> None:
    data = isi.removeprefix("\ufeff" if sandi == "cp1252" else "").encode(sandi)
    [row] = jalankan(tmp_path, data, "--batas-kapitalisasi", "1.000.000")
    assert row["kelas"] == "modal"
    assert "harga satuan 9.500.000" in row["alasan"]


def test_bytes_that_are_no_utf8_are_read(tmp_path: Path) -> None:
    [row] = jalankan(tmp_path, b"uraian,harga\nPapan nama caf\xe9,250000\n")
    assert row["uraian"] == "Papan nama café"


def test_threshold_and_account(tmp_path: Path) -> None:
    isi = "uraian,harga,kode_rekening\nLaptop Asus Vivobook,9500000,5.1.02.01.01.0024\n"
    bound = ("--batas-kapitalisasi", "1000000")
    assert jalankan(tmp_path, isi, *bound)[0]["aturan"] == "rekening"
    without = jalankan(tmp_path, isi, *bound, "--tanpa-rekening")
    assert without[0]["kelas"] == "modal"
    ketat = jalankan(tmp_path, isi, *bound, "--tanpa-rekening", "--threshold", "1")
    assert (ketat[0]["kelas"], ketat[0]["kelas_terbaik"]) == ("ragu", "modal")


def test_explain_adds_evidence_and_conflicts(tmp_path: Path) -> None:
    isi = "uraian,harga,kode_rekening\nLaptop Asus Vivobook,9500000,5.1.02.01.01.0024\n"
    [row] = jalankan(tmp_path, isi, "--batas-kapitalisasi", "1000000", "--explain")
    assert "laptop +" in row["bukti"]
    assert row["bukti"].startswith("rekening 5.1.02.01.01.0024 -")
    assert "buktinya modal" in row["temuan"]


def test_without_a_limit_the_assumption_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    jalankan(tmp_path, "uraian\nLaptop\n")
    assert "dipakai anggapan 1.000.000" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("baris", "alasan"),
    [
        ("Laptop,sembilan juta", "Kolom harga berisi “sembilan juta”, bukan angka"),
        ("Laptop,-5", "-5 tidak wajar"),
        ("Laptop,99999999999999999999999", "tidak wajar"),
        ("Laptop,5,6,7", "Baris berisi 4 kolom, sedangkan judulnya 2"),
        (",5", "Uraian kosong"),
        ("😀,5", "Uraian kosong"),
    ],
)
def test_damaged_rows_are_ragu_with_the_reason(tmp_path: Path, baris: str, alasan: str) -> None:
    [row] = jalankan(tmp_path, f"uraian,harga\n{baris}\n", "--batas-kapitalisasi", "1000000")
    assert row["kelas"] == "ragu"
    assert alasan in row["alasan"]


@pytest.mark.parametrize("isi", ['uraian\n""\nMeja\n\n""\n', ",\n\nuraian,harga\n,\nMeja,5\n,\n"])
def test_rows_of_empty_cells_are_answered_and_blank_lines_are_none(
    tmp_path: Path, isi: str
) -> None:
    rows = jalankan(tmp_path, isi)
    assert [row["uraian"] for row in rows] == ["", "Meja", ""]
    assert [row["aturan"] == "teks_kosong" for row in rows] == [True, False, True]


def test_short_rows_nul_bytes_and_a_megabyte_of_text(tmp_path: Path) -> None:
    isi = f"uraian,harga\nLap\0top Asus\n{'Kursi working ' * 90_000},5\n"
    rows = jalankan(tmp_path, isi)
    assert len(rows) == 2
    assert all(row["kelas"] in {"operasi", "modal", "ragu"} for row in rows)


@pytest.mark.parametrize(
    ("isi", "pesan"),
    [
        ("nama,harga\nLaptop,5\n", "Kolom “uraian” tidak ada"),
        ("", "kosong"),
        ("   \n\n", "kosong"),
    ],
)
def test_refusals_name_the_column(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], isi: str, pesan: str
) -> None:
    entry = tmp_path / "masuk.csv"
    entry.write_text(isi, encoding="utf-8")
    assert main(["classify", str(entry), "--out", str(tmp_path / "x.csv")]) == 2
    assert pesan in capsys.readouterr().err
    assert not (tmp_path / "x.csv").exists()


@pytest.mark.parametrize(
    "options",
    [
        ("--threshold", "2"),
        ("--threshold", "x"),
        ("--batas-kapitalisasi", "-1"),
        ("--batas-buku", "abc"),
        ("--batas-kapitalisasi", ""),
    ],
)
def test_bad_options_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: tuple[str, str]
) -> None:
    entry = tmp_path / "masuk.csv"
    entry.write_text("uraian\nLaptop\n", encoding="utf-8")
    assert main(["classify", str(entry), "--out", str(tmp_path / "x.csv"), *options]) == 2
    assert options[0] in capsys.readouterr().err


def test_a_missing_file_and_an_unwritable_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["classify", str(tmp_path / "tak_ada.csv"), "--out", "x.csv"]) == 2
    assert "tidak dapat dibuka" in capsys.readouterr().err
    entry = tmp_path / "masuk.csv"
    entry.write_text("uraian\nLaptop\n", encoding="utf-8")
    assert main(["classify", str(entry), "--out", str(tmp_path / "tak" / "ada.csv")]) == 2
    assert "tidak dapat ditulis" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.234.567", "1234567"),
        ("1234567.00", "1234567.00"),
        ("1,234,567", "1234567"),
        ("1,234,567.50", "1234567.50"),
        ("1.234.567,50", "1234567.50"),
        ("Rp 1.234.567,-", "1234567"),
        ("Rp. 500", "500"),
        ("Rp. 1.250.000,--", "1250000"),
        ("1.500", "1500"),
        ("1,5", "1.5"),
        ("9.5E+6", "9.5E+6"),
        (" -1.000 ", "-1000"),
        ("164490870.03", "164490870.03"),
    ],
)
def test_numbers_as_people_write_them(text: str, value: str) -> None:
    assert numeric(text) == Decimal(value)


@pytest.mark.parametrize("text", ["", " ", "-", "NaN", "null"])
def test_no_number_is_none(text: str) -> None:
    assert numeric(text) is None
    assert money(text) is None


@pytest.mark.parametrize("text", ["abc", "1.2.3", "1,2,3", "inf", "--5", "12a"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        numeric(text)


def test_amounts_are_cut_to_sen_and_held_in_range() -> None:
    assert money("1.239,00") == Rupiah.of(1239)
    assert money("1,2391") == Rupiah(123)
    assert money("1e30") == Rupiah(MAX_SEN)
    assert money("-1e30") == Rupiah(-MAX_SEN)


def test_help_says_all(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["classify", "--help"])
    said = capsys.readouterr().out
    assert all(column in said for column in [*TAMBAHAN, "uraian (wajib)", "bukti", "--batas-buku"])


def test_odd_line_separators_inside_a_cell_are_text(tmp_path: Path) -> None:
    rows = jalankan(tmp_path, "uraian,harga\nLaptop\u2028Asus\x0cVivobook\x85,9500000\n")
    assert [row["uraian"] for row in rows] == ["Laptop\u2028Asus\x0cVivobook\x85"]


def test_csv_text_is_one_line_a_row(tmp_path: Path) -> None:
    [row] = jalankan(tmp_path, 'uraian,harga\n"Laptop\nAsus",5\n')
    assert row["uraian"] == "Laptop\nAsus"
    assert len(list(csv.reader(io.StringIO(row["alasan"])))) == 1


def test_standard_streams_devices_and_links(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`-` reads and writes the streams; what is no plain file is written to, not replaced."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"uraian\nLaptop\n")))
    assert main(["classify", "-", "--out", "-"]) == 0
    assert capsys.readouterr().out.startswith("uraian,kelas,")
    entry = tmp_path / "masuk.csv"
    entry.write_text("uraian\nLaptop\n", encoding="utf-8")
    assert main(["classify", str(entry), "--out", "/dev/null"]) == 0
    assert Path("/dev/null").is_char_device()
    tautan = tmp_path / "tautan.csv"
    tautan.symlink_to(tmp_path / "isi.csv")
    assert main(["classify", str(entry), "--out", str(tautan)]) == 0
    assert tautan.is_symlink()
    assert (tmp_path / "isi.csv").read_text(encoding="utf-8").startswith("uraian,kelas,")
    assert main(["classify", str(entry), "--out", str(tmp_path)]) == 2
    assert "tidak dapat ditulis" in capsys.readouterr().err
    assert main(["classify", str(entry), "--out", str(entry)]) == 0
    assert entry.read_text(encoding="utf-8").startswith("uraian,kelas,")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "isi.csv",
        "masuk.csv",
        "tautan.csv",
    ]


def test_columns_that_stand_twice_are_kept_and_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = jalankan(tmp_path, "kelas,Uraian,uraian,harga\nlama,Laptop,Semen,9000000\n")
    said = capsys.readouterr().err
    assert "Kolom uraian ada lebih dari sekali" in said
    assert "Kolom kelas sudah ada" in said
    assert rows[0]["kelas"] == "modal"
    head = (tmp_path / "keluar.csv").read_text(encoding="utf-8").splitlines()
    assert head[0].startswith("kelas,Uraian,uraian,harga,kelas,")
    assert head[1].startswith("lama,Laptop,Semen,9000000,modal,")
