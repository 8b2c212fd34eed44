"""Second factors as verbs, on both databases: apps, recovery codes, passkeys, who needs one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.core.errors import DomainError, Forbidden
from kkpd.core.permissions import Actor
from kkpd.models import LoginStep, Passkey, RecoveryCode, Sesi, Setelan, TotpSeed
from kkpd.organisation import (
    guessing,
    login,
    login_steps,
    passkeys,
    passwords,
    second_factor,
    totp,
)
from kkpd.organisation.second_factor import Means, Shown
from kkpd.records import event_log
from tests import cast
from tests.second_factors import SITE, Authenticator, base64url, code

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
MEANS = Means(SITE, "the key of this instance, which nobody else has")
SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CITRA = cast.actor("citra")
HERE = guessing.Origin("10.0.0.1")
HALF_MINUTE = timedelta(seconds=30)


@pytest.fixture
def session(session: Session) -> Session:
    """With the cast in it."""
    cast.enter(session)
    return session


@pytest.fixture(scope="module")
def codes() -> totp.Fresh:
    """Ten codes; hashing them takes a while."""
    return totp.fresh()


def with_app(session: Session, codes: totp.Fresh, who: Actor = CITRA) -> None:
    """An app that was confirmed ten minutes ago."""
    earlier = NOW - timedelta(minutes=10)
    second_factor.confirm_app(
        session, who, totp.seal(MEANS.secret_key, SEED), code(SEED, earlier), codes, MEANS, "",
        earlier,
    )  # fmt: skip


def check(
    session: Session, shown: Shown, now: datetime = NOW, asked: str = "", who: Actor = CITRA
) -> str | None:
    return second_factor.check(session, who.pengguna_id, shown, asked, MEANS, now)


def with_passkey(session: Session, codes: totp.Fresh, key: Authenticator) -> Passkey:
    challenge = second_factor.challenge()
    answer = passkeys.Answer(key.make(challenge), challenge, SITE)
    second_factor.add_passkey(session, CITRA, "Laptop kantor", answer, codes, "", NOW)
    return passkeys.kept(session, CITRA.pengguna_id)[-1]


def test_an_app_counts_after_its_first_code(session: Session, codes: totp.Fresh) -> None:
    sealed = totp.seal(MEANS.secret_key, SEED)
    with pytest.raises(DomainError) as refused:
        second_factor.confirm_app(session, CITRA, sealed, "000000", codes, MEANS, "", NOW)
    assert refused.value.field == "kode"
    assert not second_factor.has_second_factor(session, CITRA.pengguna_id)
    with_app(session, codes)
    assert second_factor.has_second_factor(session, CITRA.pengguna_id)
    assert not second_factor.has_second_factor(session, cast.actor("dewi").pengguna_id)


def test_a_code_works_once_and_only_in_its_own_half_minute_and_the_next_to_it(
    session: Session, codes: totp.Fresh
) -> None:
    with_app(session, codes)
    assert check(session, Shown(code(SEED, NOW - 2 * HALF_MINUTE))) is None
    assert check(session, Shown(code(SEED, NOW + 2 * HALF_MINUTE))) is None
    now = code(SEED, NOW)
    assert check(session, Shown(f" {now[:3]} {now[3:]} ")) == "totp"
    assert check(session, Shown(now)) is None
    assert check(session, Shown(code(SEED, NOW - HALF_MINUTE))) is None  # older than the used one
    assert check(session, Shown(code(SEED, NOW + HALF_MINUTE))) == "totp"


@pytest.mark.parametrize(("back", "way"), [(5, None), (11, "totp"), (60 * 24 * 365, "totp")])
def test_a_clock_that_was_set_back_far_locks_nobody_out(
    session: Session, codes: totp.Fresh, back: int, way: str | None
) -> None:
    """Up to ten minutes the used steps stand; beyond, they are forgotten."""
    with_app(session, codes)
    assert check(session, Shown(code(SEED, NOW))) == "totp"
    earlier = NOW - timedelta(minutes=back)
    assert check(session, Shown(code(SEED, earlier)), earlier) == way


def test_the_seed_is_kept_sealed_and_another_key_does_not_open_it(
    session: Session, codes: totp.Fresh
) -> None:
    with_app(session, codes)
    kept = session.scalars(select(TotpSeed.benih)).one()
    assert SEED not in kept
    assert totp.unseal(MEANS.secret_key, kept) == SEED
    lost = Means(SITE, "another key, after the first one was lost for ever")
    pengguna_id = CITRA.pengguna_id
    shown = Shown(code(SEED, NOW))
    assert second_factor.check(session, pengguna_id, shown, "", lost, NOW) is None
    recovery = Shown(codes[0][0])
    assert second_factor.check(session, pengguna_id, recovery, "", lost, NOW) == "pemulihan"


def test_a_recovery_code_works_once_however_it_is_typed(
    session: Session, codes: totp.Fresh
) -> None:
    with_app(session, codes)
    assert check(session, Shown(codes[3][0].upper().replace("-", " "))) == "pemulihan"
    assert check(session, Shown(codes[3][0])) is None
    assert totp.left(session, CITRA.pengguna_id) == 9
    with_app(session, codes, cast.actor("dewi"))  # the same codes, another account: her own nine
    assert check(session, Shown(codes[4][0])) == "pemulihan"
    assert totp.left(session, cast.actor("dewi").pengguna_id) == 10
    hashes = session.scalars(select(RecoveryCode.kode_hash)).all()
    assert all(hashed.startswith("$argon2id$") for hashed in hashes)


def test_codes_are_random_and_ten(codes: totp.Fresh) -> None:
    plain = [totp.plain(one) for one, _ in codes]
    assert len({*plain}) == 10
    assert {len(one) for one in plain} == {12}
    assert len({one[0] for one in plain}) == 10
    assert passwords.cocok(codes[0][1], plain[0])


def test_wrong_codes_must_wait_and_a_success_between_forgives_none(
    session: Session, codes: totp.Fresh
) -> None:
    with_app(session, codes)
    for _ in range(guessing.LIMITS["faktor"][0] - 1):
        assert check(session, Shown("000000")) is None
    assert check(session, Shown(code(SEED, NOW))) == "totp"
    assert check(session, Shown("000000")) is None
    with pytest.raises(guessing.TooOften):
        check(session, Shown(code(SEED, NOW + HALF_MINUTE)))
    later = NOW + guessing.WINDOW
    assert check(session, Shown(code(SEED, later)), later) == "totp"


def test_a_passkey_is_a_second_factor(session: Session, codes: totp.Fresh) -> None:
    key = Authenticator(verified=False)
    row = with_passkey(session, codes, key)
    assert second_factor.has_second_factor(session, CITRA.pengguna_id)
    challenge = second_factor.challenge()
    assert check(session, Shown(passkey=key.use(challenge)), asked=challenge) == "kunci"
    assert (row.hitungan, row.dipakai_at) == (1, NOW)


def test_a_passkey_answers_its_challenge_its_site_and_its_owner_only(
    session: Session, codes: totp.Fresh
) -> None:
    key = Authenticator()
    with_passkey(session, codes, key)
    challenge = second_factor.challenge()
    other = second_factor.challenge()
    assert check(session, Shown(passkey=key.use(other)), asked=challenge) is None
    dewi = cast.actor("dewi")
    assert check(session, Shown(passkey=key.use(challenge)), asked=challenge, who=dewi) is None
    key.site = passkeys.Site("jahat.id", "https://jahat.id")
    assert check(session, Shown(passkey=key.use(challenge)), asked=challenge) is None
    key.site = passkeys.Site("localhost", "https://localhost:8443")
    assert check(session, Shown(passkey=key.use(challenge)), asked=challenge) is None
    for rubbish in ("{", "[]", '{"id": 5}', "x" * 30_000, '{"id": "' + base64url(key.name) + '"}'):
        answer = passkeys.Answer(rubbish, challenge, SITE)
        assert passkeys.answered(session, answer, NOW, alone=False) is None


def test_a_copied_passkey_is_seen_by_its_count(session: Session, codes: totp.Fresh) -> None:
    key = Authenticator()
    with_passkey(session, codes, key)
    for count, way in ((7, "kunci"), (7, None), (3, None), (8, "kunci")):
        challenge = second_factor.challenge()
        key.count = count - 1
        assert check(session, Shown(passkey=key.use(challenge)), asked=challenge) == way


def test_a_passkey_alone_logs_in_only_who_was_verified(session: Session, codes: totp.Fresh) -> None:
    key = Authenticator(verified=False)
    with_passkey(session, codes, key)

    def enter() -> tuple[str, Actor] | None:
        challenge = second_factor.challenge()
        token = login_steps.begin(session, "kunci", None, {"tantangan": challenge}, NOW)
        step = login_steps.find(session, "kunci", token, NOW)
        assert step is not None
        answer = key.use(challenge)
        found = second_factor.log_in_by_passkey(session, step, answer, MEANS, HERE, NOW, demo=False)
        with pytest.raises(login_steps.StepOver):  # one challenge, one answer
            second_factor.log_in_by_passkey(session, step, answer, MEANS, HERE, NOW, demo=False)
        return found

    assert enter() is None
    key.verified = True
    opened = enter()
    assert opened is not None
    assert opened[1].orang_id == CITRA.orang_id
    assert session.scalars(select(Sesi.cara)).one() == "kunci"


def test_a_passkey_needs_a_name_and_is_registered_once(session: Session, codes: totp.Fresh) -> None:
    key = Authenticator()
    with_passkey(session, codes, key)
    challenge = second_factor.challenge()
    for nama, answer, sentence in (
        (" ", key.make(challenge), "Beri kunci sandi ini nama"),
        ("Dua", key.make(challenge), "sudah pernah didaftarkan"),
        ("Tiga", key.make(second_factor.challenge()), "tidak dapat didaftarkan"),
        ("Empat", "bukan JSON", "tidak dapat didaftarkan"),
    ):
        with pytest.raises(DomainError, match=sentence):
            passkeys.register(
                session, CITRA.pengguna_id, nama, passkeys.Answer(answer, challenge, SITE), NOW
            )
    for number in range(passkeys.MOST - 1):
        with_passkey(session, codes, Authenticator(name=bytes([number])))
    with pytest.raises(DomainError, match="Paling banyak 10"):
        with_passkey(session, codes, Authenticator(name=b"one too many"))


def test_a_state_is_used_once_by_who_has_it_and_for_five_minutes(session: Session) -> None:
    token = login_steps.begin(session, "faktor", CITRA.pengguna_id, {}, NOW)
    assert login_steps.find(session, "faktor", token + "x", NOW) is None
    assert login_steps.find(session, "kunci", token, NOW) is None
    assert login_steps.find(session, "faktor", None, NOW) is None
    assert login_steps.find(session, "faktor", token, NOW + login_steps.LIFETIME) is None
    assert login_steps.find(session, "faktor", token, NOW - timedelta(hours=1)) is None
    step = login_steps.find(session, "faktor", token, NOW)
    assert step is not None
    login_steps.end(session, step)
    with pytest.raises(login_steps.StepOver):
        login_steps.end(session, step)
    assert session.scalar(select(func.count()).select_from(LoginStep)) == 0


def test_the_setting_says_who_needs_one_from_which_day(session: Session) -> None:
    session.add(
        Setelan(
            kunci="faktor_kedua_wajib",
            nilai="ya",
            mulai=date(2026, 12, 1),
            dasar_hukum="Perbup 9/2026",
            dicatat_at=NOW,
        )
    )
    session.flush()
    before, after = date(2026, 11, 30), date(2026, 12, 1)
    needs = {
        name
        for name in cast.ORANG
        if second_factor.must_set_up(session, cast.actor(name), "sandi", after)
    }
    free = {"ani", "budi", "fitri", "gilang"}  # holder, PPTK, inspector, auditor
    assert needs == {*cast.ORANG} - free
    assert not second_factor.must_set_up(session, CITRA, "sandi", before)
    assert not second_factor.must_set_up(session, CITRA, "penyedia_mfa", after)
    assert second_factor.must_set_up(session, CITRA, "penyedia", after)


def test_an_administrator_removes_the_factors_of_a_lost_phone(
    session: Session, codes: totp.Fresh
) -> None:
    with_app(session, codes)
    with_passkey(session, codes, Authenticator())
    login.enter(session, CITRA.pengguna_id, HERE, NOW, by="totp")
    joko = cast.actor("joko")
    with pytest.raises(Forbidden):
        second_factor.remove_all(session, cast.actor("dewi"), CITRA.pengguna_id, "hilang", NOW)
    with pytest.raises(DomainError, match="jati diri"):
        second_factor.remove_all(session, joko, CITRA.pengguna_id, " ", NOW)
    with pytest.raises(DomainError, match="Anda sendiri"):
        second_factor.remove_all(session, joko, joko.pengguna_id, "telepon hilang", NOW)
    reason = "telepon hilang, KTP diperiksa"
    assert second_factor.remove_all(session, joko, CITRA.pengguna_id, reason, NOW) == 0
    assert second_factor.has_second_factor(session, CITRA.pengguna_id)
    event_log.append_queued(session)
    mira = cast.actor("mira")
    assert second_factor.remove_all(session, mira, CITRA.pengguna_id, reason, NOW) == 2
    assert not second_factor.has_second_factor(session, CITRA.pengguna_id)
    assert totp.left(session, CITRA.pengguna_id) == 0
    assert session.scalars(select(Sesi.dicabut_at)).all() == [NOW]
    taken = second_factor.removed_by_another(session, CITRA)
    assert taken is not None
    assert taken.alasan == reason
    day = date(2026, 11, 24)
    assert second_factor.must_set_up(session, CITRA, "sandi", day)  # also without the setting
    with pytest.raises(DomainError, match="tidak punya"):
        second_factor.remove_all_on_machine(session, "citra", reason, NOW)
    with pytest.raises(DomainError, match="tidak ada"):
        second_factor.remove_all_on_machine(session, "siapa", reason, NOW)


def test_what_the_owner_removes_asks_nothing_more_of_them(
    session: Session, codes: totp.Fresh
) -> None:
    with_app(session, codes)
    row = with_passkey(session, codes, Authenticator())
    here, _ = login.enter(session, CITRA.pengguna_id, HERE, NOW, by="totp")
    login.enter(session, CITRA.pengguna_id, HERE, NOW, by="totp")
    second_factor.remove_app(session, CITRA, here, NOW)
    open_now = session.scalars(select(Sesi.token_hash).where(Sesi.dicabut_at.is_(None))).all()
    assert open_now == [login.hash_token(here)]
    assert totp.left(session, CITRA.pengguna_id) == 10
    second_factor.remove_passkey(session, CITRA, row.id, here, NOW)
    assert totp.left(session, CITRA.pengguna_id) == 0
    assert not second_factor.must_set_up(session, CITRA, "sandi", NOW.date())
    for act in (
        lambda: second_factor.remove_app(session, CITRA, here, NOW),
        lambda: second_factor.remove_passkey(session, CITRA, row.id, here, NOW),
        lambda: second_factor.new_codes(session, CITRA, codes, here, NOW),
    ):
        with pytest.raises(DomainError):
            act()


def test_a_change_asks_the_factor_again(session: Session, codes: totp.Fresh) -> None:
    def proves(shown: Shown, now: datetime = NOW, by_password: bool = True) -> bool:
        return second_factor.proves_all(
            session, CITRA, shown, "", MEANS, now, by_password=by_password
        )

    assert proves(Shown())
    assert not proves(Shown(), by_password=False)
    with_app(session, codes)
    assert not proves(Shown())
    assert proves(Shown(code(SEED, NOW)))
