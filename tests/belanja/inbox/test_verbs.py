"""A file of the inbox ends once, and what it was stays; on both databases."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from kkpd.belanja import evidence
from kkpd.belanja.evidence import Seen
from kkpd.belanja.inbox import reads, verbs
from kkpd.belanja.verbs import ChangePurchase, change, record
from kkpd.core.errors import Conflict, Forbidden, NotFound, TooMany
from kkpd.core.permissions import Actor, Assignment, Role
from kkpd.models import BuktiMasuk
from kkpd.records import event_log
from kkpd.records.custody import Store
from kkpd.records.transitions import advance
from tests.cast import ACTORS, DINKES, ORANG
from tests.databases import Fill
from tests.worlds import office
from tests.worlds.office import NOW, belanja, foto, pdf

ANI, CITRA = ACTORS["ani"], ACTORS["citra"]


@pytest.fixture(scope="module")
def database_fill() -> Fill:
    """Every database here begins with the small world."""
    return office.fill


def dropped(session: Session, folder: Path, actor: Actor = ANI, shade: int = 20) -> BuktiMasuk:
    """A photo in the actor's inbox."""
    data = foto(shade=shade)
    sent = verbs.DropFile(DINKES, "nota.jpg", data, Seen("image/jpeg", "", "2026:10:14 09:32:11"))
    return verbs.drop(session, actor, Store(folder), sent, NOW)


def test_a_photo_keeps_its_day_and_a_paper_its_words() -> None:
    paper = pdf("Total Rp 750.000", "Toko Sumber Rejeki")
    assert "Total Rp 750.000" in evidence.look(paper, "a.pdf", len(paper)).teks
    out, image = BytesIO(), Image.new("RGB", (40, 30))
    exif = image.getexif()
    exif.get_ifd(0x8769)[36867] = "2026:10:14 09:32:11"
    image.save(out, "JPEG", exif=exif)
    photo = out.getvalue()
    assert evidence.look(photo, "a.jpg", len(photo)).taken == "2026:10:14 09:32:11"


@pytest.mark.parametrize(
    "change",
    ["teks = 'lain'", "difoto = NULL", "selesai_at = NULL, selesai_oleh_id = NULL, alasan = ''"],
)
def test_the_database_keeps_what_a_file_was_and_its_end(
    session: Session, tmp_path: Path, change: str
) -> None:
    row = dropped(session, tmp_path)
    assert str(row.difoto) == "2026-10-14"
    verbs.discard(session, ANI, row.id, "Foto keluarga", NOW)
    session.flush()
    with pytest.raises(DBAPIError):
        session.execute(text(f"UPDATE bukti_masuk SET {change} WHERE id = {row.id}"))  # noqa: S608 (our own words)


def test_a_file_ends_once(session: Session, tmp_path: Path) -> None:
    line = record(session, CITRA, belanja(), NOW)
    row = dropped(session, tmp_path)
    verbs.attach(session, ANI, row.id, line.id, NOW)
    assert line.status == "berbukti"
    with pytest.raises(Conflict, match="sudah dilampirkan atau dibuang"):
        verbs.discard(session, ANI, row.id, "Foto keluarga", NOW)


def test_another_office_s_purchase_and_file_are_not_there(session: Session, tmp_path: Path) -> None:
    row = dropped(session, tmp_path)
    with pytest.raises(NotFound):
        verbs.attach(session, ACTORS["eko"], row.id, 1, NOW)
    with pytest.raises(NotFound):
        verbs.attach(session, ANI, row.id, 99, NOW)
    assert reads.file_of(session, DINKES, row.id, ORANG["hana"]) is None


def test_the_inbox_of_a_person_has_an_end(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verbs, "MOST_WAITING", 1)
    dropped(session, tmp_path)
    with pytest.raises(TooMany, match="Sudah 1 berkas menunggu Anda"):
        dropped(session, tmp_path, shade=90)


def test_who_changed_a_purchase_never_checks_it(session: Session) -> None:
    """Budi used the card as its proxy and corrected the purchase; he is also its PPTK."""
    roles = (Assignment(Role.PEMEGANG, DINKES), Assignment(Role.PPTK, DINKES))
    budi = Actor(ORANG["budi"], ORANG["budi"], "Budi Teknis", roles)
    command = belanja(pemakai_id=ORANG["budi"])
    line = record(session, CITRA, command, NOW)
    better = ChangePurchase(line.id, line.versi, belanja(pemakai_id=ORANG["budi"], uraian="Kertas"))
    change(session, budi, better, NOW)
    line.status = "diajukan"
    event_log.append_queued(session)  # another request
    with pytest.raises(Forbidden, match="Anda telah mengubah belanja ini"):
        advance(session, budi, line, "periksa", now=NOW)
