"""Budget files with faults: every one is told with its row, and nothing is kept."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from kkpd.core.errors import FileRefused
from tests.databases import Fill
from tests.pagu.test_fund_plan import kas, load_data, spd
from tests.worlds import office as worlds
from tests.worlds.office import ATK, SUB


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The world of purchases."""
    return worlds.fill


UP = {"opd": "dinkes", "nomor": "UP/9", "tanggal": "2026-10-01", "up": "100.000.000"}


def mistakes(session: Session, jenis: str, *lines: dict[str, str], **more: str) -> list[str]:
    with pytest.raises(FileRefused) as refused, session.begin_nested():
        load_data(session, jenis, *lines, **more)
    return [one.message for one in refused.value.findings]


def test_another_share_under_a_known_number_is_told(session: Session) -> None:
    """The same UP with another card share once counted as known, and changed nothing."""
    load_data(session, "up", UP | {"up_kkpd": "40.000.000"})
    for same in (UP, UP | {"up_kkpd": "40.000.000"}):
        assert not load_data(session, "up", same)[0].baru
    other = UP | {"up_kkpd": "60.000.000"}
    more = UP | {"nomor": "UP/10", "tanggal": "2026-10-02", "up_kkpd": "100.000.001"}
    told = mistakes(session, "up", other, more)
    assert "Baris 2: Keputusan nomor UP/9 sudah dicatat" in told[0]
    assert "Baris 3: Bagian KKPD harus" in told[1]
    total = {"opd": "Jumlah", "up": "100.000.000", "up_kkpd": "1", "(jumlah)": "ya"}
    told = mistakes(session, "up", other | {"nomor": "UP/11"}, total)
    assert told[0].startswith("Baris 3: jumlah up_kkpd tertulis Rp 1, ")


def test_wrong_documents_are_told_with_their_row(session: Session) -> None:
    line = {"sub_kegiatan": SUB, "rekening": ATK, "sumber_dana": "PAD", "pagu": "9.000.000"}
    laptop = line | {"rekening": worlds.LAPTOP, "nomor": "P/2"}
    versi = {"versi": "pergeseran", "nomor": "P/1"}
    # a slip in one row's number would be a version of its own, with that one line
    assert (
        "Baris 3: Dinas Kesehatan mempunyai dua DPA"
        in mistakes(session, "dpa", line | {"nomor": "P/1"}, laptop, versi="pergeseran")[0]
    )
    late = line | {"tanggal": "2031-01-02"}
    assert "Baris 2: tanggal 02-01-2031" in mistakes(session, "dpa", late, **versi)[0]
    assert (
        "Baris 2: tanggal 02-01-2031"
        in mistakes(session, "spd", spd(1, 5, "SPD/1") | {"tanggal": "2031-01-02"})[0]
    )
    assert mistakes(session, "kas", kas(maret="1", mei="2") | {"opd": "lain"}) == [
        "Baris 2: OPD “lain” tidak terdaftar. Periksa kode SKPD-nya."
    ]
    unknown = kas(maret="1", mei="2") | {"sub_kegiatan": "1.02.02.2.02.9999"}
    assert len(mistakes(session, "kas", unknown)) == 1
