"""One-time codes and the administrator's acts on logins, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.core.errors import Conflict, DomainError, Forbidden
from kkpd.models import (
    AccountCode,
    Event,
    LinkedIdentity,
    Orang,
    Passkey,
    Pengguna,
    Penugasan,
    Sesi,
)
from kkpd.organisation import accounts, codes, login, logins, organisation, own_account, passwords
from kkpd.organisation.guessing import Origin
from kkpd.records import event_log
from tests import cast
from tests.client import DEMO_LOGIN_WORD

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
HERE = Origin("10.0.0.1", "Firefox, Windows")
JOKO, CITRA = cast.actor("joko"), cast.ORANG["citra"]
WORD = "perahu kuning sore hari"


@pytest.fixture
def session(session: Session) -> Session:
    """With the cast in it."""
    cast.enter(session)
    return session


def use(session: Session, nama: str, code: str, now: datetime = NOW, word: str = WORD) -> None:
    """Set a password with a code."""
    attempt = codes.begin(session, nama, HERE, now, demo=False)
    codes.use_code(session, attempt, codes.matching(attempt, code), word, word, now)


def newcomer(session: Session) -> int:
    """A person without a login."""
    data = organisation.PersonData(nama="Wira Baru", surel="wira@contoh.go.id")
    return organisation.save_person(session, JOKO, data, NOW).id


def log_in(session: Session, nama: str, word: str = DEMO_LOGIN_WORD) -> str:
    """A whole login; the token."""
    attempt = login.mulai(session, nama, HERE, NOW, demo=False)
    assert passwords.cocok(attempt.sandi_hash, word)
    return login.open_session(session, attempt, HERE, NOW)[0]


def is_open(session: Session, token: str) -> bool:
    return accounts.find_live_session(session, login.hash_token(token)) is not None


def test_an_invitation_leads_to_a_password_of_one_s_own_once(session: Session) -> None:
    code = codes.invite(session, JOKO, newcomer(session), "Wira", NOW)
    assert len(code.replace("-", "")) == 12
    assert not passwords.cocok(login.mulai(session, "wira", HERE, NOW, demo=False).sandi_hash, "")
    use(session, "Wira", code.lower().replace("-", " "), NOW + timedelta(hours=71))
    log_in(session, "wira", WORD)
    with pytest.raises(DomainError, match="sudah dipakai"):
        use(session, "wira", code)


@pytest.mark.parametrize(("purpose", "hours"), [("undangan", 72), ("pulih", 24), ("surel", 1)])
def test_a_code_ends_with_its_time(session: Session, purpose: str, hours: int) -> None:
    code = codes.issue(session, CITRA, purpose, NOW)
    with pytest.raises(DomainError, match="lewat waktunya"):
        use(session, "citra", code, NOW + timedelta(hours=hours))
    use(session, "citra", code, NOW + timedelta(hours=hours, seconds=-1))


def test_a_new_code_voids_the_one_before_and_is_kept_hashed(session: Session) -> None:
    first = codes.issue(session, CITRA, "pulih", NOW)
    second = codes.issue(session, CITRA, "pulih", NOW)
    kept = session.scalars(select(AccountCode.kode_hash)).all()
    assert len(kept) == 1
    assert kept[0].startswith("$argon2id$")
    with pytest.raises(DomainError):
        use(session, "citra", first)
    use(session, "citra", second)


def test_a_bad_password_leaves_the_code_valid(session: Session) -> None:
    code = codes.issue(session, CITRA, "pulih", NOW)
    with pytest.raises(DomainError, match="15 sampai"):
        use(session, "citra", code, word="pendek")
    with pytest.raises(DomainError, match="mudah ditebak"):
        use(session, "citra", code, word="Dinas Kesehatan 2026")
    use(session, "citra", code)


def test_a_code_opens_nothing_of_another_or_a_disabled_account(session: Session) -> None:
    code = codes.issue(session, CITRA, "pulih", NOW)
    for nama in ("budi", "tidak-ada"):
        with pytest.raises(DomainError, match="Nama masuk atau kode salah"):
            use(session, nama, code)
    session.get_one(Pengguna, CITRA).aktif = False
    with pytest.raises(DomainError, match="Nama masuk atau kode salah"):
        use(session, "citra", code)


def test_a_reset_ends_password_sessions_and_feed_and_is_told(session: Session) -> None:
    token = log_in(session, "citra")
    feed = own_account.renew_feed(session, cast.actor("citra"), NOW)
    use(session, "citra", codes.reset(session, JOKO, CITRA, NOW))
    assert not is_open(session, token)
    assert accounts.feed_owner(session, login.hash_token(feed)) is None
    hash_now = login.mulai(session, "citra", HERE, NOW, demo=False).sandi_hash
    assert not passwords.cocok(hash_now, DEMO_LOGIN_WORD)
    event_log.append_queued(session)
    told = session.execute(select(Event.jenis, Event.aktor).order_by(Event.id)).all()
    assert (told[-2].jenis, told[-2].aktor) == ("akun:sandi:atur_ulang", f"orang:{JOKO.orang_id}")
    assert (told[-1].jenis, told[-1].aktor) == ("akun:sandi:kode", f"orang:{CITRA}")


def test_who_may_reset(session: Session) -> None:
    with pytest.raises(Conflict, match="akun Anda sendiri"):
        codes.reset(session, JOKO, JOKO.pengguna_id, NOW)
    with pytest.raises(Forbidden):
        codes.reset(session, cast.actor("citra"), cast.ORANG["budi"], NOW)
    logins.set_active(session, JOKO, CITRA, False, NOW)
    with pytest.raises(Conflict, match="dinonaktifkan"):
        codes.reset(session, JOKO, CITRA, NOW)


def test_a_code_by_mail_goes_to_the_owner_alone_and_not_too_often(session: Session) -> None:
    assert codes.by_mail(session, "citra", NOW) is None, "no mail address"
    assert codes.by_mail(session, "tidak-ada", NOW) is None
    session.get_one(Orang, CITRA).surel = "citra@contoh.go.id"
    session.flush()
    token = log_in(session, "citra")
    found = codes.by_mail(session, " Citra", NOW)
    assert found is not None
    assert found.recipient == "citra@contoh.go.id"
    assert codes.by_mail(session, "citra", NOW + timedelta(minutes=5)) is None
    assert is_open(session, token), "a stranger may have asked"
    log_in(session, "citra")
    use(session, "citra", found.code)
    assert not is_open(session, token)


def test_disabling_ends_sessions_and_unlocking_lets_in_again(session: Session) -> None:
    token = log_in(session, "citra")
    logins.set_active(session, JOKO, CITRA, False, NOW)
    assert login.mulai(session, "citra", HERE, NOW, demo=False).pengguna_id is None
    logins.set_active(session, JOKO, CITRA, True, NOW)
    assert not is_open(session, token)
    log_in(session, "citra")
    event_log.append_queued(session)
    kinds = session.scalars(select(Event.jenis).order_by(Event.id)).all()
    assert [kind for kind in kinds if "masuk" in kind.split(":")[1]] == [
        "akun:masuk:nonaktif",
        "akun:masuk:aktif",
    ]


def test_a_renamed_login_keeps_its_person_and_loses_its_sessions(session: Session) -> None:
    token = log_in(session, "citra")
    with pytest.raises(Conflict, match="sudah dipakai"):
        logins.rename(session, JOKO, CITRA, "budi", NOW)
    logins.rename(session, JOKO, CITRA, "Citra.Kirana", NOW)
    assert not is_open(session, token)
    log_in(session, "citra.kirana")
    assert login.mulai(session, "citra", HERE, NOW, demo=False).pengguna_id is None
    assert session.get_one(Pengguna, CITRA).orang_id == CITRA


def test_who_leaves_is_logged_out(session: Session) -> None:
    token = log_in(session, "citra")
    data = organisation.PersonData(nama="Citra Bendahara", aktif=False)
    organisation.save_person(session, JOKO, data, NOW, CITRA)
    data = organisation.PersonData(nama="Citra Bendahara", aktif=True)
    organisation.save_person(session, JOKO, data, NOW, CITRA)
    assert not is_open(session, token)


def other_administrators_leave(session: Session) -> None:
    """Joko is the only administrator with an open login."""
    for row in session.scalars(select(Penugasan).where(Penugasan.peran == "admin")):
        if row.orang_id != JOKO.orang_id:
            logins.set_active(session, JOKO, row.orang_id, False, NOW)


def test_the_last_administrator_stays(session: Session) -> None:
    other_administrators_leave(session)
    with pytest.raises(Conflict, match="administrator terakhir"):
        logins.set_active(session, JOKO, JOKO.pengguna_id, False, NOW)
    gone = organisation.PersonData(nama=JOKO.nama, aktif=False)
    with pytest.raises(Conflict, match="administrator terakhir"):
        organisation.save_person(session, JOKO, gone, NOW, JOKO.orang_id)


def invited_administrator(session: Session) -> tuple[int, str]:
    """The person and the code of an administrator who never logged in."""
    orang_id = newcomer(session)
    code = codes.invite(session, JOKO, orang_id, "wira", NOW)
    session.add(
        Penugasan(
            orang_id=orang_id, peran="admin", mulai=NOW.date(), dasar="SK 1", status="berlaku"
        )
    )
    session.flush()
    return orang_id, code


@pytest.mark.parametrize("way", ["provider", "passkey"])
def test_an_administrator_without_a_password_counts_by_another_way_in(
    session: Session, way: str
) -> None:
    other_administrators_leave(session)
    orang_id, _ = invited_administrator(session)
    pengguna_id = session.scalars(select(Pengguna.id).where(Pengguna.orang_id == orang_id)).one()
    row: Passkey | LinkedIdentity = LinkedIdentity(
        pengguna_id=pengguna_id, penerbit="https://id.go.id", subjek="wira", dibuat_at=NOW
    )
    if way == "passkey":
        row = Passkey(
            pengguna_id=pengguna_id,
            nama="Laptop",
            kredensial="wira",
            kunci_publik=b"x",
            hitungan=0,
            dibuat_at=NOW,
        )
    session.add(row)
    session.flush()
    accounts.keep_an_administrator(session, JOKO.orang_id, NOW.date())
    row.dicabut_at = NOW
    session.flush()
    with pytest.raises(Conflict, match="administrator terakhir"):
        accounts.keep_an_administrator(session, JOKO.orang_id, NOW.date())


def test_an_invited_administrator_counts_when_the_code_was_used(session: Session) -> None:
    other_administrators_leave(session)
    _, code = invited_administrator(session)
    with pytest.raises(Conflict, match="administrator terakhir"):
        accounts.keep_an_administrator(session, JOKO.orang_id, NOW.date())
    use(session, "wira", code)
    accounts.keep_an_administrator(session, JOKO.orang_id, NOW.date())


def test_a_sixth_session_ends_the_oldest(session: Session) -> None:
    tokens = [log_in(session, "citra") for _ in range(login.MOST_SESSIONS + 1)]
    log_in(session, "budi")
    assert [is_open(session, token) for token in tokens] == [False, True, True, True, True, True]


def test_one_ends_one_s_own_sessions_only(session: Session) -> None:
    token = log_in(session, "citra")
    row = session.scalars(select(Sesi)).one()
    login.end_session(session, cast.actor("budi"), row.id, NOW)
    assert is_open(session, token)
    login.end_session(session, cast.actor("citra"), row.id, NOW)
    assert not is_open(session, token)


def test_a_code_is_in_no_event(session: Session) -> None:
    code = codes.invite(session, JOKO, newcomer(session), "wira", NOW)
    use(session, "wira", code)
    event_log.append_queued(session)
    bare = code.replace("-", "").encode()
    for isi in session.scalars(select(Event.isi)):
        assert code.encode() not in isi
        assert bare not in isi
        assert b"argon2" not in isi
    assert session.execute(select(func.count()).select_from(AccountCode)).scalar_one() == 0
