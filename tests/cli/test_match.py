"""`kkpd match` from file to file: the contract of its columns, and every kind of bad input."""

from __future__ import annotations

import csv
import random
from pathlib import Path

import pytest

from benchmarks.match_cases import HEAD_BARIS, HEAD_BELANJA, build, write_out
from kkpd.cli import main

BANK = ",".join(HEAD_BARIS)
BELANJA = ",".join(HEAD_BELANJA)
SATU_BANK = f"{BANK}\nR1,4821,2026-10-15,2026-10-14,750000,SUMBER REJEKI MEDAN\n"
SATU_BELANJA = f"{BELANJA}\nB1,1.02,4821,2026-10-14,750000,Toko Sumber Rejeki\n"


def run_each(
    folder: Path, *further: str, bank: str | bytes, belanja: str | bytes = SATU_BELANJA
) -> int:
    for nama, isi in (("a.csv", bank), ("b.csv", belanja)):
        (folder / nama).write_bytes(isi if isinstance(isi, bytes) else isi.encode())
    berkas_ = ("--statement", str(folder / "a.csv"), "--ledger", str(folder / "b.csv"))
    return main(["match", *berkas_, "--out", str(folder / "o.csv"), *further])


def hasil(folder: Path) -> list[dict[str, str]]:
    with (folder / "o.csv").open(encoding="utf-8", newline="") as isi:
        return list(csv.DictReader(isi))


def test_a_link_is_a_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_each(tmp_path, bank=SATU_BANK) == 0
    (row,) = hasil(tmp_path)
    assert list(row) == ["referensi", "id", "jenis", "status", "skor", "alasan"]
    assert (row["referensi"], row["id"], row["jenis"], row["status"]) == (
        "R1", "B1", "satu", "pasti",
    )  # fmt: skip
    assert float(row["skor"]) > 7
    assert row["alasan"] == "nilai sama; tanggal sama; nama mirip 1,00"
    keluar = capsys.readouterr()
    assert "pasangan: 1 (satu 1, pecah 0, gabung 0, refund 0)" in keluar.out
    assert "baris bank tanpa pasangan: 0" in keluar.out
    assert keluar.err == ""


def test_every_kind_has_its_rows(tmp_path: Path) -> None:
    bank = (
        f"{BANK}\n"
        "R1,4821,2026-10-15,2026-10-14,1000000,PERCETAKAN MAJU JAYA\n"
        "R2,4821,2026-10-21,2026-10-20,313500,HOTEL GRAND KANAYA\n"
        "R3,4821,2026-10-21,2026-10-20,500250,HOTEL GRAND KANAYA\n"
        "R4,4821,2026-10-06,2026-10-05,837400,LION AIR\n"
        "R5,4821,2026-10-19,2026-10-18,-837400,LION AIR\n"
    )
    belanja = (
        f"{BELANJA}\n"
        "B1,1.02,4821,2026-10-14,412350,Percetakan Maju Jaya\n"
        "B2,1.02,4821,2026-10-14,587650,percetakan maju jaya\n"
        "B3,1.02,4821,2026-10-20,813750,Hotel Grand Kanaya\n"
        "B4,1.02,4821,2026-10-05,837400,Lion Air\n"
    )
    assert run_each(tmp_path, bank=bank, belanja=belanja) == 0
    assert sorted((r["referensi"], r["id"], r["jenis"]) for r in hasil(tmp_path)) == [
        ("R1", "B1", "pecah"),
        ("R1", "B2", "pecah"),
        ("R2", "B3", "gabung"),
        ("R3", "B3", "gabung"),
        ("R4", "B4", "satu"),
        ("R5", "B4", "refund"),
    ]
    alasan = {r["referensi"]: r["alasan"] for r in hasil(tmp_path)}
    assert alasan["R1"].startswith("satu dari 2 belanja yang jumlahnya tepat sama; tanggal sama")
    assert alasan["R2"].startswith("satu dari 2 baris bank yang jumlahnya tepat sama")
    assert alasan["R5"].startswith("pengembalian penuh: Rp 837.400 dari Rp 837.400; 13 hari")


def test_explain_writes_weights_and_what_stayed_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bank = SATU_BANK + "R2,4821,2026-10-15,2026-10-14,99000,KFC\n"
    belanja = SATU_BELANJA + "B2,1.02,4821,2026-10-14,1000,Kfc\n"
    assert run_each(tmp_path, "--explain", bank=bank, belanja=belanja) == 0
    (row,) = hasil(tmp_path)
    assert "[nilai +" in row["alasan"]
    assert "; peluang " in row["alasan"]
    assert "; jarak " in row["alasan"]
    keluar = capsys.readouterr().out
    assert "tanpa pasangan: baris bank R2 (baris 3)" in keluar
    assert "tanpa pasangan: belanja B2 (baris 3)" in keluar


@pytest.mark.parametrize(
    "bank",
    [
        SATU_BANK.replace("\n", "\r\n"),
        "\ufeff" + SATU_BANK,
        SATU_BANK.rstrip("\n"),
        SATU_BANK.replace(",", ";"),
        SATU_BANK.replace("SUMBER REJEKI MEDAN", '"SUMBER REJEKI, MEDAN"'),
        SATU_BANK.replace("R1,4821", " R1 , 4821 "),
        SATU_BANK.replace("750000", "+750000"),
        SATU_BANK.replace("750000", "IDR 750000"),
        SATU_BANK.replace("MEDAN", "MÉDAN – ïß"),
        SATU_BANK.replace("2026-10-14,", ","),
        SATU_BANK.replace("2026-10-15,", ","),
        SATU_BANK + "\n\r\n",
        SATU_BANK + ",,,,,\n,,,,,",
        f"mata_uang,catatan,{BANK}\nIDR,x," + SATU_BANK.splitlines()[1] + "\n",
    ],
)
def test_a_file_may_be_written_in_many_ways(tmp_path: Path, bank: str) -> None:
    assert run_each(tmp_path, bank=bank) == 0
    assert [(r["referensi"], r["id"]) for r in hasil(tmp_path)] == [("R1", "B1")]


def test_an_id_with_a_comma_comes_back_whole(tmp_path: Path) -> None:
    bank = SATU_BANK.replace(",", ";").replace("R1", "R,1")
    assert run_each(tmp_path, bank=bank) == 0
    assert [r["referensi"] for r in hasil(tmp_path)] == ["R,1"]


@pytest.mark.parametrize(
    ("bank", "kata"),
    [
        (SATU_BANK.replace("2026-10-14", "14/10/2026"), "baris 2 kolom tanggal_transaksi"),
        (SATU_BANK.replace("2026-10-14", "2026-02-30"), "“2026-02-30” bukan tanggal"),
        (SATU_BANK.replace("2026-10-14", "20261014"), "“20261014” bukan tanggal"),
        (SATU_BANK.replace("750000", "750.000"), "baris 2 kolom nilai"),
        (SATU_BANK.replace("750000", "7_50"), "“7_50” bukan rupiah bulat"),
        (SATU_BANK.replace("750000", ""), "“” bukan rupiah bulat"),
        (SATU_BANK.replace("750000", "9" * 16), "bukan rupiah bulat"),
        (SATU_BANK.replace("R1,", ","), "baris 2 kolom referensi kosong"),
        (SATU_BANK.replace(",SUMBER", ",x,SUMBER"), "baris 2 punya 7 kolom, bukan 6"),
        (SATU_BANK.replace("referensi", "ref"), "tidak punya kolom referensi"),
        ("", "tidak punya kolom referensi"),
        (SATU_BANK.encode() + b"R2,4821,2026-10-15,,1,\xff\xfe\n", "UTF-8"),
        (SATU_BANK + 'R2,4821,2026-10-15,,1,"tanpa akhir\n', "tidak dapat dibaca"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_row(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], bank: str | bytes, kata: str
) -> None:
    assert run_each(tmp_path, bank=bank) == 2
    mistakes = capsys.readouterr().err
    assert kata in mistakes
    assert mistakes.count("\n") == 1
    assert not (tmp_path / "o.csv").exists()


def test_many_bad_rows_are_named_and_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "".join(f"R{i},4821,kemarin,,x,KFC\n" for i in range(9))
    assert run_each(tmp_path, bank=f"{BANK}\n{rows}") == 2
    assert "dan 13 lainnya" in capsys.readouterr().err


def test_a_purchase_needs_its_date(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_each(tmp_path, bank=SATU_BANK, belanja=SATU_BELANJA.replace("2026-10-14", "")) == 2
    assert "b.csv: baris 2 kolom tanggal" in capsys.readouterr().err


def test_a_missing_file_and_a_folder_that_is_not_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    present = tmp_path / "a.csv"
    present.write_text(SATU_BANK, encoding="utf-8")
    tidak = str(tmp_path / "tidak.csv")
    assert main(["match", "--statement", str(present), "--ledger", tidak, "--out", tidak]) == 2
    assert "tidak ada" in capsys.readouterr().err
    (tmp_path / "b.csv").write_text(SATU_BELANJA, encoding="utf-8")
    jalan_ = ["match", "--statement", str(present), "--ledger", str(tmp_path / "b.csv")]
    assert main([*jalan_, "--out", str(tmp_path / "tidak" / "o.csv")]) == 2
    assert "tidak dapat ditulis" in capsys.readouterr().err
    assert main([*jalan_, "--out", str(tmp_path / "o.csv"), "--weights", str(present)]) == 2
    assert "bobot" in capsys.readouterr().err


def test_another_currency_is_a_finding_and_no_link(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_each(tmp_path, bank=SATU_BANK.replace("750000", "USD 750000")) == 0
    assert hasil(tmp_path) == []
    assert "baris 2: mata uang USD, bukan IDR" in capsys.readouterr().err
    kolom = f"{BANK},mata_uang\n" + SATU_BANK.splitlines()[1] + ",SGD\n"
    assert run_each(tmp_path, bank=kolom) == 0
    assert hasil(tmp_path) == []
    keluar = capsys.readouterr()
    assert "mata uang SGD" in keluar.err
    assert "baris bank tanpa pasangan: 1" in keluar.out


def test_findings_name_their_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bank = SATU_BANK + "R1,4821,2026-10-16,2026-10-15,20000,KFC\nR3,9999,2026-10-16,,5000,KFC\n"
    belanja = (
        SATU_BELANJA
        + "B2,1.03,4821,2026-10-15,20000,Kfc\nB3,1.02,4821,2026-10-15,30000,Kfc\n"
        + "B3,1.02,4821,2026-10-15,30000,Kfc\n"
    )
    assert run_each(tmp_path, bank=bank, belanja=belanja) == 0
    assert hasil(tmp_path) == []
    mistakes = capsys.readouterr().err
    assert "referensi “R1” ada di baris 2, 3: isinya bertentangan" in mistakes
    assert "id “B3” ada di baris 4, 5: isinya sama dan dihitung satu kali" in mistakes
    assert "Baris 3: belanja B2 dari OPD 1.03" in mistakes
    assert "Kartu •••• 9999 tidak dipegang siapa pun: 1 baris tagihan mulai baris 4" in mistakes


def test_a_row_without_a_card_is_a_finding(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Banks print stamp duty so; it is nobody's to link, also where a purchase lacks its card."""
    bank = SATU_BANK + "R2,,2026-10-16,2026-10-15,20000,KFC\n"
    belanja = SATU_BELANJA + "B2,1.02,,2026-10-15,20000,Kfc\nB3,1.03, ,2026-10-15,20000,Kfc\n"
    assert run_each(tmp_path, bank=bank, belanja=belanja) == 0
    assert [(r["referensi"], r["id"]) for r in hasil(tmp_path)] == [("R1", "B1")]
    keluar = capsys.readouterr()
    assert keluar.err.splitlines() == [
        "temuan: Tanpa nomor kartu: 1 baris tagihan mulai baris 3 tidak dicocokkan.",
        "temuan: Tanpa nomor kartu: 2 belanja mulai baris 3 tidak dicocokkan.",
    ]
    assert "baris bank tanpa pasangan: 1\nbelanja tanpa pasangan: 2" in keluar.out


def test_empty_files_match_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_each(tmp_path, bank=f"{BANK}\n", belanja=f"{BELANJA}\n") == 0
    assert hasil(tmp_path) == []
    assert "pasangan: 0" in capsys.readouterr().out


@pytest.mark.parametrize("ref", ["R1", "Rü-七", "R" * 120, "R\x001"])
def test_an_id_of_any_letters_and_length_comes_back_whole(tmp_path: Path, ref: str) -> None:
    lain = "R0,4821,2026-10-03,2026-10-02,91000,WARUNG LAIN\n"
    assert run_each(tmp_path, bank=SATU_BANK.replace("R1", ref) + lain) == 0
    assert [row["referensi"] for row in hasil(tmp_path)] == [ref]


def test_any_order_of_rows_writes_the_same_bytes(tmp_path: Path) -> None:
    a, b, _ = write_out(build(500, 100, 6, sulit=True), tmp_path)
    start = None
    for benih in range(3):
        acak = random.Random(benih)
        for file in (a, b):
            header, *rows = file.read_text(encoding="utf-8").splitlines()
            acak.shuffle(rows)
            file.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
        out = tmp_path / "o.csv"
        assert main(["match", "--statement", str(a), "--ledger", str(b), "--out", str(out)]) == 0
        start = start or out.read_bytes()
        assert out.read_bytes() == start
