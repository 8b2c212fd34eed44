"""Login as a service, on both databases: attempts, sessions, passwords."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.errors import DomainError
from kkpd.core.permissions import Assignment, Role
from kkpd.models import Penugasan, PercobaanMasuk, Sesi
from kkpd.organisation import accounts as organisation_accounts
from kkpd.organisation import login as organisation_login
from kkpd.organisation import own_account, passwords
from kkpd.organisation.guessing import Origin
from tests import cast
from tests.client import DEMO_LOGIN_WORD

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
HERE = Origin("10.0.0.1", "Firefox, Windows")


@pytest.fixture
def session(session: Session) -> Session:
    """With the cast in it."""
    cast.enter(session)
    return session


def log_in(session: Session, nama: str = "citra", now: datetime = NOW) -> str:
    """A whole login; the token."""
    attempt = organisation_login.mulai(session, nama, HERE, now, demo=False)
    assert passwords.cocok(attempt.sandi_hash, DEMO_LOGIN_WORD)
    token, who = organisation_login.open_session(session, attempt, HERE, now)
    assert who.orang_id == cast.ORANG[nama]
    return token


def test_a_token_opens_the_session_it_was_given_for(session: Session) -> None:
    token = log_in(session)
    found = organisation_accounts.find_live_session(session, organisation_login.hash_token(token))
    assert found is not None
    assert (found.orang_id, found.nama) == (cast.ORANG["citra"], "Citra Bendahara")
    assert (found.dibuat_at, found.terlihat_at) == (NOW, NOW)
    assert (
        organisation_accounts.find_live_session(session, organisation_login.hash_token(token + "x"))
        is None
    )
    assert organisation_accounts.find_live_session(session, token) is None


def test_logout_ends_one_session_and_revocation_all(session: Session) -> None:
    first, second, third = (log_in(session) for _ in range(3))

    def open_tokens() -> list[str]:
        return [
            t
            for t in (first, second, third)
            if organisation_accounts.find_live_session(session, organisation_login.hash_token(t))
        ]

    organisation_login.log_out(session, cast.actor("citra"), first, NOW)
    assert open_tokens() == [second, third]
    organisation_login.revoke_all(session, cast.ORANG["citra"], NOW)
    assert open_tokens() == []


def test_seen_never_goes_backwards(session: Session) -> None:
    log_in(session)
    sesi = session.scalars(select(Sesi)).one()
    organisation_login.visible(session, sesi.id, NOW + timedelta(minutes=5))
    organisation_login.visible(session, sesi.id, NOW + timedelta(minutes=3))
    session.refresh(sesi)
    assert sesi.terlihat_at == NOW + timedelta(minutes=5)


def test_neither_name_nor_address_is_kept_of_an_attempt(session: Session) -> None:
    organisation_login.mulai(session, "citra", HERE, NOW, demo=False)
    kept = session.scalars(select(PercobaanMasuk.kunci)).all()
    assert all(len(key) == 64 and "citra" not in key for key in kept)


def test_a_new_password_ends_every_session(session: Session) -> None:
    old = log_in(session)
    baru = "empat kata yang lain"
    token = own_account.change_password(
        session, cast.actor("citra"), baru, baru, HERE, NOW, token=old
    )
    assert (
        organisation_accounts.find_live_session(session, organisation_login.hash_token(old)) is None
    )
    assert (
        organisation_accounts.find_live_session(session, organisation_login.hash_token(token))
        is not None
    )
    with pytest.raises(DomainError, match="sama dengan yang lama"):
        own_account.change_password(
            session, cast.actor("citra"), baru, baru, HERE, NOW, token=token
        )


def test_hashes_are_argon2id_with_our_cost_and_never_alike() -> None:
    first, second = (
        passwords.hash_password(DEMO_LOGIN_WORD),
        passwords.hash_password(DEMO_LOGIN_WORD),
    )
    assert first != second
    assert first.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.cocok(first, DEMO_LOGIN_WORD)
    assert not passwords.cocok(first, DEMO_LOGIN_WORD + "x")
    assert not passwords.cocok(None, DEMO_LOGIN_WORD)
    assert not passwords.cocok("bukan hash", DEMO_LOGIN_WORD)


def test_assignments_count_from_their_first_to_their_last_day(session: Session) -> None:
    orang_id = cast.ORANG["ani"]
    session.add(
        Penugasan(
            orang_id=orang_id,
            peran="pptk",
            opd_id=cast.DISDIK,
            mulai=date(2026, 3, 1),
            sampai=date(2026, 3, 31),
            status="berlaku",
        )
    )
    session.flush()
    pemegang = Assignment(Role.PEMEGANG, cast.DINKES)
    pptk = Assignment(Role.PPTK, cast.DISDIK)
    for day, assignment in (
        (date(2025, 12, 31), ()),
        (date(2026, 2, 28), (pemegang,)),
        (date(2026, 3, 1), (pemegang, pptk)),
        (date(2026, 3, 31), (pemegang, pptk)),
        (date(2026, 4, 1), (pemegang,)),
    ):
        assert organisation_accounts.assignments_on(session, orang_id, day) == assignment


def test_only_the_roles_that_look_across_may_have_all_opds(session: Session) -> None:
    session.add(
        Penugasan(
            orang_id=cast.ORANG["ani"],
            peran="bendahara",
            mulai=date(2026, 1, 1),
            status="berlaku",
        )
    )
    session.flush()
    day = date(2026, 6, 1)
    assert organisation_accounts.assignments_on(session, cast.ORANG["ani"], day) == (
        Assignment(Role.PEMEGANG, cast.DINKES),
    )
    assert organisation_accounts.assignments_on(session, cast.ORANG["fitri"], day) == (
        Assignment(Role.INSPECTOR, None),
    )


def test_the_opds_one_may_choose_from(session: Session) -> None:
    assert [opd.slug for opd in organisation_accounts.opd_list(session, None)] == [
        "dinkes",
        "disdik",
    ]
    assert [opd.slug for opd in organisation_accounts.opd_list(session, {cast.DISDIK})] == [
        "disdik"
    ]
    assert organisation_accounts.opd_list(session, ()) == ()
    assert organisation_accounts.opd_by_slug(session, "dinkes", {cast.DISDIK}) is None
    found = organisation_accounts.opd_by_slug(session, "dinkes", None)
    assert found is not None
    assert found.nama == "Dinas Kesehatan"
    assert organisation_accounts.working_period(session, cast.DINKES) == (2026, 10)
    assert organisation_accounts.working_period(session, 99) is None
