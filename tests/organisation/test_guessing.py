"""The brake on guessing, on both databases: who must wait, and who cannot be made to wait."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.core.errors import DomainError
from kkpd.models import PercobaanMasuk
from kkpd.organisation import codes, guessing, login, own_account, passwords
from kkpd.organisation.guessing import DAY, LIMITS, WINDOW, Origin, TooOften
from tests import cast

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
STRANGER = Origin("10.0.0.9")
HERE = Origin("10.0.0.1", "Firefox, Windows")
#: Citra's own browser, as its cookie says it.
KNOWN = Origin("10.0.0.1", "Firefox, Windows", "a1", frozenset({cast.ORANG["citra"]}))


@pytest.fixture
def session(session: Session) -> Session:
    """With the cast in it."""
    cast.enter(session)
    return session


def guess(
    session: Session, nama: str, origin: Origin = STRANGER, now: datetime = NOW, times: int = 1
) -> login.LoginAttempt:
    """Try to log in; the try stays a failure."""
    for _ in range(times - 1):
        login.mulai(session, nama, origin, now, demo=False)
    return login.mulai(session, nama, origin, now, demo=False)


@pytest.mark.parametrize("nama", ["citra", "tidak-ada"])
def test_an_unknown_account_is_counted_like_a_known_one(session: Session, nama: str) -> None:
    guess(session, nama, times=LIMITS["akun"][0])
    with pytest.raises(TooOften, match="Tunggu 15 menit") as refused:
        guess(session, nama, Origin("172.16.5.5"))
    assert refused.value.status == 429
    guess(session, nama, now=NOW + WINDOW)


def test_an_account_waits_for_the_day_after_slow_guessing(session: Session) -> None:
    for quarter in range(LIMITS["akun"][1] // 10):
        guess(session, "citra", now=NOW + quarter * WINDOW, times=10)
    with pytest.raises(TooOften):
        guess(session, "citra", now=NOW + timedelta(hours=3))
    guess(session, "citra", now=NOW + DAY + timedelta(hours=2))


def test_one_s_own_success_does_not_clear_the_guesses_at_others(session: Session) -> None:
    """An insider with an account of their own guesses at one name after the other."""
    for number in range(LIMITS["alamat"][0]):
        if number % 9 == 0:
            guessing.succeeded(session, guess(session, "eko").ids)
        guess(session, f"nama{number}")
    with pytest.raises(TooOften):
        guess(session, "dewi")
    guess(session, "dewi", Origin("10.9.0.1"))


def test_a_success_does_not_clear_the_failures_of_its_account(session: Session) -> None:
    guess(session, "citra", times=LIMITS["akun"][0] - 1)
    login.open_session(session, guess(session, "citra", HERE), HERE, NOW)
    guess(session, "citra")
    with pytest.raises(TooOften):
        guess(session, "citra")


def test_a_block_of_addresses_is_one_guesser(session: Session) -> None:
    for host in range(LIMITS["blok"][0]):
        guess(session, f"nama{host}", Origin(f"203.0.113.{host % 250}"))
    with pytest.raises(TooOften):
        guess(session, "citra", Origin("203.0.113.251"))
    guess(session, "citra", Origin("203.0.114.251"))


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("203.0.113.9", "203.0.113.0/24"),
        ("2001:db8:1:2:3::9", "2001:db8:1::/48"),
        ("unix:", "unix:"),
    ],
)
def test_the_block_of_an_address(address: str, found: str) -> None:
    assert guessing.block(address) == found


def test_the_whole_server_has_a_limit(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guessing, "LIMITS", {**LIMITS, "server": (20, 1000)})
    for number in range(20):
        guess(session, f"nama{number}", Origin(f"203.{number}.113.9"))
    with pytest.raises(TooOften):
        guess(session, "citra", Origin("198.51.100.1"))
    guess(session, "citra", KNOWN)
    codes.begin(session, "citra", Origin("198.51.100.1"), NOW, demo=False)


def test_a_stranger_cannot_lock_the_owner_out_of_a_known_browser(session: Session) -> None:
    """Counts that strangers fill do not concern it; it has its own, for this account only."""
    for day in range(3):
        now = NOW + day * DAY
        for quarter in range(5):
            guess(session, "citra", now=now + quarter * WINDOW, times=10)
        with pytest.raises(TooOften):
            guess(session, "citra", HERE, now=now + 5 * WINDOW)
        attempt = guess(session, "citra", KNOWN, now=now + 5 * WINDOW)
        login.open_session(session, attempt, KNOWN, now)
    with pytest.raises(TooOften):
        guess(session, "citra", KNOWN, now=NOW + 10 * DAY, times=LIMITS["perangkat"][0] + 1)
    guess(session, "dewi", KNOWN, now=NOW + 10 * DAY, times=LIMITS["akun"][0])
    with pytest.raises(TooOften):
        guess(session, "dewi", KNOWN, now=NOW + 10 * DAY)


def test_a_locked_account_still_takes_a_code(session: Session) -> None:
    """The way in for an owner without a known browser: codes are not counted by account."""
    guess(session, "citra", times=LIMITS["akun"][0])
    code = codes.reset(session, cast.actor("joko"), cast.ORANG["citra"], NOW)
    for number in range(30):
        codes.begin(session, "citra", Origin(f"198.51.{number}.1"), NOW, demo=False)
    attempt = codes.begin(session, "citra", HERE, NOW, demo=False)
    baru = "perahu kuning sore hari"
    codes.use_code(session, attempt, codes.matching(attempt, code), baru, baru, NOW)


def test_the_own_password_is_counted_apart_from_logins(session: Session) -> None:
    """Who stole a session cannot guess for long, nor keep the owner from logging in."""
    for _ in range(LIMITS["ulang"][0]):
        own_account.confirm(session, cast.actor("citra"), NOW)
    with pytest.raises(TooOften):
        own_account.confirm(session, cast.actor("citra"), NOW)
    guess(session, "citra", HERE)


def test_a_clock_that_jumped_ahead_locks_nobody_out(session: Session) -> None:
    guess(session, "citra", now=NOW + timedelta(days=400), times=LIMITS["akun"][0])
    guess(session, "citra")


def test_old_attempts_are_forgotten(session: Session) -> None:
    guess(session, "citra")
    guess(session, "budi", now=NOW + timedelta(days=2))
    left = session.execute(select(func.count()).select_from(PercobaanMasuk)).scalar_one()
    assert left == 4


def test_an_unknown_account_costs_the_same_work(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One check of a password and three of codes, whether the account exists or waits for one."""
    worked: list[str] = []
    real = passwords.cocok

    def counted(sandi_hash: str | None, sandi: str) -> bool:
        worked.append(sandi)
        return real(sandi_hash, sandi)

    monkeypatch.setattr(passwords, "cocok", counted)
    codes.issue(session, cast.ORANG["citra"], "pulih", NOW)
    found = []
    for nama in ("citra", "budi", "tidak-ada"):
        worked.clear()
        attempt = codes.begin(session, nama, HERE, NOW, demo=False)
        with pytest.raises(DomainError) as refused:
            codes.matching(attempt, "AAAA-BBBB-CCCC")
        found.append((len(worked), refused.value.message))
    assert found == [(3, codes.CODE_FAILED)] * 3
    before = time.process_time()
    assert not real(None, "kata sandi")
    assert time.process_time() - before > 0.005, "Argon2 worked"
