"""What people upload by mistake or malice, over HTTP: a sentence, a 4xx, nothing half-written.

Afterwards the whole instance folder, the server's log included, is searched for the card number
that was sent in every way there is.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import make_url, text

from kkpd.core.db.engine import create_engine
from kkpd.core.db.session import EVERY_OPD, reading
from kkpd.models import Base
from tests.databases import Fill
from tests.engines.reading.bills import as_csv, as_xlsx
from tests.server.conftest import Server
from tests.server.orang import Orang
from tests.server.test_mati import AREA, upload
from tests.worlds import office as belanja_dunia
from tests.worlds.bills import KOPI, NASI, csv, kepala_tagihan
from tests.worlds.office import ATK, PAD, SUB, foto

PAN = "4111111111111111"
MIB = 1024 * 1024
BELANJA = "/dinkes/2026-10/belanja"


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


class Kiriman(NamedTuple):
    """A file and what the answer must say."""

    nama: str
    data: bytes
    status: int
    kata: str


def _zip(name: str, data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return out.getvalue()


def _row(day: str = KOPI[0], amount: str = KOPI[4]) -> tuple[str, str, str, str, str, str]:
    return (day, day, "4821", "KOPI DELI", amount, "DB")


def _bad_total(row: int, value: str) -> bytes:
    head = kepala_tagihan("187.500,00", "187.500,00")
    head[row - 1] = f"{head[row - 1].split(';')[0]};{value}"
    return csv([NASI], *head)


def kiriman() -> list[Kiriman]:
    """One of each kind, small ones first."""
    from tests.engines.reading.test_bills import BILL

    sheet = as_xlsx(BILL)
    long_row = b"13/10/2026;15/10/2026;4821;K;25.000,00;DB\n"
    return [
        Kiriman("kosong.csv", b"", 422, "Berkas kosong"),
        Kiriman("foto.csv", foto(), 422, "Ini gambar, bukan tagihan"),
        Kiriman("potong.xlsx", sheet[: len(sheet) // 2], 422, "rusak atau terpotong"),
        Kiriman("lain.csv", csv([(*_row()[:2], "7730", *_row()[3:])]), 422, "kartu OPD lain"),
        Kiriman("hari.csv", csv([_row(), _row(day="31/02/2026")]), 422, "Baris 3: tanggal “31/02"),
        Kiriman("uang.csv", csv([_row(), _row(amount="1,234.5.6")]), 422, "Baris 3: jumlah “1,2"),
        Kiriman("total.csv", _bad_total(6, "1,234.5.6"), 422, "Baris 6: jumlah “1,234.5.6”"),
        Kiriman("tempo.csv", _bad_total(5, "31/02/2026"), 422, "Baris 5: tanggal “31/02/2026”"),
        Kiriman("bom.xlsx", _zip("xl/worksheets/sheet1.xml", bytes(60 * MIB)), 413, "mengembang"),
        Kiriman("arsip.zip", _zip("tagihan.csv", as_csv(BILL)), 422, "bukan lembar kerja"),
        Kiriman("baris.csv", csv([KOPI]) + b";;;;;\n" * 10_000_000, 413, "Bagi"),
        Kiriman("sepuluh-juta.csv", long_row * 10_000_000, 413, "MB"),
    ]


def state(server: Server) -> tuple[dict[str, int], set[Path]]:
    """Rows of every table but the counted tries, and the kept files."""
    engine = create_engine(server.database)
    with reading(engine, EVERY_OPD) as session:
        counts = {
            name: session.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one()  # noqa: S608 -- our own names
            for name in sorted(Base.metadata.tables)
            if name != "pemakaian"  # a refused upload was tried all the same
        }
    engine.dispose()
    return counts, {path for path in (server.instance / "berkas").rglob("*") if path.is_file()}


def send(citra: Orang, one: Kiriman) -> tuple[int, str]:
    """Upload a bill; status and words."""
    citra.get(f"{AREA}/unggah")
    fields = {"profil": "", "jenis": ""}
    answer = citra.kirim(f"{AREA}/unggah", fields, ("berkas", one.nama, one.data))
    return answer.status, answer.teks


def purchase(citra: Orang, nama: str, data: bytes) -> tuple[int, str]:
    """Log a purchase with this evidence."""
    citra.get(f"{BELANJA}/baru")
    fields = {
        "nilai": "25.000",
        "merchant": f"Kopi {PAN}",
        "uraian": f"dibayar dengan {PAN}",
        "tanggal": "13/10/2026",
        "kartu_id": "1",
        "pembebanan": f"{SUB}|{ATK}|{PAD}",
        "nota": PAN,
        "kanal": "lain",
        "pph_jenis": "",
        "pemungut": "tidak_ada",
        "mata_uang": "IDR",
        "pemakai_id": "",
        "program_id": "",
        "asal_id": "",
        "kunci_kirim": str(len(data)),
    }
    answer = citra.kirim(f"{BELANJA}/baru", fields, ("bukti", nama, data))
    return answer.status, answer.teks


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_bad_files_and_card_numbers(server: Server) -> None:
    server.mulai()
    citra = server.orang("citra")
    before = state(server)
    wrong = []
    for one in kiriman():
        status, words = send(citra, one)
        if status != one.status or one.kata not in words:
            wrong.append((one.nama, status, words[-700:]))
        if state(server) != before:
            wrong.append((one.nama, status, "left something behind"))
    assert wrong == [], "\n".join(map(str, wrong))
    big = foto("PNG") + bytes(20 * MIB)
    status, words = purchase(citra, "besar.png", big)
    assert (status, "MB" in words) == (413, True), words
    assert state(server) == before
    _with_card_numbers(citra)
    server.bunuh()
    _no_card_number(server)


def _with_card_numbers(citra: Orang) -> None:
    """Wherever a person can put one: file, file name, fields, addresses."""
    row = (*KOPI[:2], PAN, f"KOPI {PAN}", *KOPI[4:])
    citra.get(f"{AREA}/unggah")
    sheet = (f"{PAN}.csv", csv([row, NASI]))
    sent = citra.kirim(f"{AREA}/unggah", {"profil": "", "jenis": ""}, ("berkas", *sheet))
    assert sent.status == 303, sent.teks
    taken = upload(citra, csv([row, NASI]))
    assert citra.kirim(taken, {}).status == 303
    status, words = purchase(citra, f"nota {PAN}.jpg", foto())
    assert status == 303, words
    assert citra.get(f"{BELANJA}/?q={PAN}").status == 303  # to the same without it
    assert citra.get(f"/{PAN}").status == 404
    Orang(citra.alamat).kirim("/masuk", {"nama": PAN, "sandi": PAN})


def _no_card_number(server: Server) -> None:
    database = Path(make_url(server.database).database or "")
    kept = [*database.parent.glob(f"{database.name}*"), *server.instance.rglob("*")]
    files = [path for path in kept if path.is_file()]
    assert database in files
    assert server.instance / "server.log" in files
    for path in files:
        data = path.read_bytes()
        for form in (PAN.encode(), PAN.encode("utf-16-le"), b"4111 1111 1111 1111"):
            assert form not in data, path
