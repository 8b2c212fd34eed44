"""The set-up path: each step is judged by what stands in the books."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from kkpd.core.errors import Conflict, DomainError, FileRefused
from kkpd.models import Opd, Orang, Penugasan
from kkpd.organisation.setup import confirm, path
from tests.cast import ACTORS

DAY, AT = date(2026, 11, 24), datetime(2026, 1, 1, tzinfo=UTC)


def lacking(session: Session) -> dict[str, set[tuple[str, tuple[str, ...]]]]:
    steps = path.steps(session, ACTORS["joko"], DAY)
    return {step.key: {(one.whose, one.what) for one in step.left} for step in steps}


def test_an_empty_office_lacks_everything(session: Session) -> None:
    left = lacking(session)
    assert len(left) == 9
    assert left["administrator"] == {("", ("administrator",))}
    assert left["kode"] == {("", ("rekening",)), ("", ("sub_kegiatan",))}
    assert left["lembar"] == left["dpa"] == left["up"] == {("", ("opd",))}
    assert left["konfirmasi"] == {("", ("opd",)), ("", ("bud",))}
    assert left["bank"] == {("", ("bank_rkud",))}


def test_an_office_says_what_it_lacks(session: Session) -> None:
    opd = Opd(kode="1.06.0.00.0.00.01.0000", slug="dinsos", nama="Dinas Sosial")
    wira = Orang(nama="Wira")
    proposer, decider = Orang(nama="Joko"), Orang(nama="Kartika")
    session.add_all([opd, wira, proposer, decider])
    session.flush()
    by: dict[str, Any] = {"diputus_oleh_id": decider.id, "diputus_at": AT}
    session.add_all(
        Penugasan(
            orang_id=wira.id,
            peran=peran,
            opd_id=opd.id,
            mulai=date(2026, 1, 1),
            dasar="SK Bupati 1/2026",
            status=status,
            diusulkan_oleh_id=proposer.id,
            diusulkan_at=AT,
            tanggal_dasar=date(2026, 1, 1),
            **decided,
        )
        for peran, status, decided in (("pa", "berlaku", by), ("pptk", "usulan", {}))
    )
    session.flush()
    left = lacking(session)
    assert ("Dinas Sosial", ("alamat", "npwp", "kartu")) in left["lembar"]
    assert ("Dinas Sosial", ("bendahara", "ppk")) in left["lembar"]
    assert ("Dinas Sosial", ("bendahara", "pptk", "ppk")) in left["konfirmasi"]
    assert {("", ("konfirmasi",)), ("Wira", ("masuk",))} <= left["konfirmasi"]
    assert left["dpa"] == {("Dinas Sosial", ("dpa",))}
    assert ("Dinas Sosial", ("rekening_bendahara",)) in left["bank"]


def test_a_confirmation_of_all_says_what_is_missing(session: Session) -> None:
    actor, now = ACTORS["joko"], AT
    with pytest.raises(Conflict, match="Tidak ada usulan"):
        confirm.confirm_all(session, actor, confirm.ConfirmAll(penugasan=()), now)
    with pytest.raises(DomainError, match="tanggal keputusan") as refused:
        confirm.confirm_all(session, actor, confirm.ConfirmAll(penugasan=(), kartu=(1,)), now)
    assert refused.value.field == "tanggal"
    command = confirm.ConfirmAll(penugasan=(), kartu=(1,), until="besok", tanggal=DAY)
    with pytest.raises(FileRefused, match="sampai mana"):
        confirm.confirm_all(session, actor, command, now)
