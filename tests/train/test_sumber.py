"""What the classifier is trained on: general knowledge, titles, people's corrections."""

from __future__ import annotations

from pathlib import Path

from kkpd.core.money import Rupiah
from kkpd.engines.classify import knowledge as classify_knowledge
from train import kalibrasi, sumber, umum

HEAD = "\ufeffuraian,satuan,volume,harga,nilai,merchant,kode_rekening,label,alasan,opd\n"


def test_corrections_become_rows_of_the_class_that_people_chose(tmp_path: Path) -> None:
    path = tmp_path / "koreksi.csv"
    path.write_text(
        HEAD + "Laptop,Unit,1,9000000.00,9000000.00,,5.2.02.10.01.0002,modal,x,Dinkes\n"
        "Laptop,Unit,1,9000000.00,9000000.00,,5.1.02.01.01.0024,modal,salah rekening,Dinkes\n"
        "Nasi kotak,Kotak,,,350000.00,RM,5.1.02.01.01.0052,operasi,x,Dinkes\n"
        "Nasi kotak,Kotak,,,-350000.00,RM,5.1.02.01.01.0052,operasi,kembali,Dinkes\n"
        "Entah,Unit,,,1.00,,5.1.02.01.01.0052,ragu,x,Dinkes\n",
        encoding="utf-8",
    )
    right, moved, food = sumber.koreksi(path)
    assert (right.jenis, right.rekening) == ("peralatan", ("5.2.02.10.01.0002",))
    assert (moved.jenis, moved.rekening, moved.label) == ("peralatan", (), "modal")
    assert (food.jenis, food.thing.harga, food.grup) == ("makanan", None, "Dinkes")
    assert right.thing.harga == Rupiah.of(9_000_000)


def test_general_knowledge_names_kinds_and_units() -> None:
    rows = umum.thing()
    assert {row.jenis for row in rows} <= set(classify_knowledge.jenis())
    units = {(row.thing.uraian, row.thing.satuan) for row in rows}
    assert ("cetak leaflet", "eksemplar") in units
    fuel = next(row for row in rows if row.thing.uraian == "pertalite" and row.rekening)
    assert (fuel.jenis, fuel.rekening) == ("habis_pakai", ("5.1.02.01.01.0004",))
    named = {code for row in rows for code in row.rekening}
    assert named <= set(classify_knowledge.nama_rekening())
    assert all(" @" not in row.thing.uraian for row in rows)
    titles = umum.judul()
    assert {row.jenis for row in titles} == {"buku"}
    assert titles[0].thing.spesifikasi == "Tere Liye, Gramedia"


def test_titles_of_general_knowledge_belong_to_no_office_and_are_never_judged() -> None:
    titles = umum.paket()
    assert {row.jenis for row in titles} == set(classify_knowledge.jenis())
    land = next(row for row in titles if row.jenis == "tanah")
    assert (land.label, land.thing.jenis_pengadaan) == ("modal", "Pengadaan Barang")
    judged, always = kalibrasi.dibagi([*titles, *sumber.paket()])
    assert umum.COMMON not in {row.grup for row in judged}
    assert set(map(id, titles)) <= set(map(id, always))


def test_cheap_goods_take_the_kind_of_their_dearer_namesakes() -> None:
    cheap = [row for row in sumber.thing() if row.thing.uraian == "BUKU PELAJARAN SD/MI"]
    assert {row.jenis for row in cheap} == {"buku"}
    assert {row.label for row in cheap} == {"operasi", "modal"}
