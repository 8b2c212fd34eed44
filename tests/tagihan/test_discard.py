"""A bank file that was uploaded by mistake is thrown away; its bytes and who did it stay."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.core.errors import Conflict, DomainError, Forbidden, NotFound
from kkpd.models import Berkas, Event
from kkpd.records.custody import Store
from kkpd.tagihan import files, receive
from kkpd.tagihan.receive import UploadFile
from kkpd.tagihan.withdraw.discard import ThrowAway, throw_away
from tests.cast import ACTORS, DINKES
from tests.databases import Fill
from tests.worlds import office
from tests.worlds.bills import KOPI, ambil, csv
from tests.worlds.office import NOW
from tests.worlds.withdrawals import CITRA


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return office.fill


def _upload(session: Session, store: Store) -> Berkas:
    return receive.upload(session, CITRA, UploadFile(DINKES, csv([KOPI]), "salah.csv"), store, NOW)


def test_a_wrong_file_goes_with_a_reason_and_its_bytes_stay(
    session: Session, tmp_path: Path
) -> None:
    store = Store(tmp_path)
    wrong = _upload(session, store)
    assert [one.id for one in files.pending(session, CITRA, DINKES)] == [wrong.id]
    with pytest.raises(DomainError, match="Tulis mengapa"):
        throw_away(session, CITRA, ThrowAway(DINKES, wrong.id, " "), NOW)
    with pytest.raises(Forbidden):
        throw_away(session, ACTORS["ani"], ThrowAway(DINKES, wrong.id, "keliru unggah"), NOW)
    throw_away(session, CITRA, ThrowAway(DINKES, wrong.id, "milik OPD lain"), NOW)
    session.info["at_end"].pop()(session)  # events are written at the end of a transaction
    assert files.pending(session, CITRA, DINKES) == ()
    assert store.get(wrong.sha256) == csv([KOPI])
    with pytest.raises(NotFound):
        receive.bank_file(session, CITRA, DINKES, wrong.id)
    with pytest.raises(NotFound):
        throw_away(session, CITRA, ThrowAway(DINKES, wrong.id, "sekali lagi"), NOW)
    kinds = select(func.count()).where(Event.jenis == "tagihan:berkas:buang")
    assert session.scalar(kinds) == 1
    again = _upload(session, store)
    assert (again.id, again.giliran) != (wrong.id, wrong.giliran)
    assert [one.id for one in files.pending(session, CITRA, DINKES)] == [again.id]


def test_what_is_in_the_books_is_taken_out_not_thrown_away(
    session: Session, tmp_path: Path
) -> None:
    ambil(session, tmp_path, csv([KOPI]))
    taken = session.scalars(select(Berkas.id).where(Berkas.jenis == "bank")).one()
    with pytest.raises(Conflict, match="riwayat"):
        throw_away(session, CITRA, ThrowAway(DINKES, taken, "keliru unggah"), NOW)
