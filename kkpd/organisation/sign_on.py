"""Sign-on by the regency's identity provider: OpenID Connect, code flow with PKCE.

A person is known by issuer and subject, never by a mail address, and only after linking the account
on purpose. No account is made here. The provider is asked outside any transaction, each time for at
most five seconds; one that did not answer is left alone for half a minute.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hmac import compare_digest
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.base_client import OpenIDMixin
from authlib.integrations.requests_client import OAuth2Session
from requests import RequestException, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.config import Oidc
from kkpd.core.errors import Conflict, DomainError, NotFound
from kkpd.core.permissions import Actor
from kkpd.models import LinkedIdentity
from kkpd.organisation import login
from kkpd.records import event_log

#: Signatures that an ID token may have; none that is made with a shared secret.
ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384")
TIME_LIMIT: Final = 5.0
_KEPT: Final = timedelta(minutes=10)
_LEFT_ALONE: Final = timedelta(seconds=30)
#: How long ago the provider may have asked the person who is to prove it again.
ASKED_LATELY: Final = timedelta(minutes=5)
_SKEW: Final = timedelta(minutes=1)
#: What the key is made for that seals an ID token while its session is open.
SEALED_FOR: Final = "id token"
_END: Final = "end_session_endpoint"
_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_log = logging.getLogger("kkpd.sign_on")


class ProviderDown(DomainError):
    """The provider does not answer, or not as it should."""

    def __init__(self) -> None:
        super().__init__(
            "Penyedia identitas tidak menjawab. Masuklah dengan kata sandi, atau coba lagi nanti."
        )


class NotProved(DomainError):
    """What came back does not prove who it is."""

    def __init__(self) -> None:
        super().__init__(
            "Jawaban penyedia identitas tidak dapat diterima. Mulai lagi dari halaman masuk."
        )


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the provider says it is; `strong`: it asked for two factors, and that counts here;
    `asked_at`: when it last asked the person, if it says so; `id_token`: in what it said so.
    """

    issuer: str
    subject: str
    strong: bool
    asked_at: datetime | None = None
    id_token: str = field(default="", repr=False)


class _Limited(OAuth2Session):  # type: ignore[misc]  # authlib ships no types
    """Every question has its time limit and follows nobody elsewhere."""

    def request(self, *args: Any, **options: Any) -> Response:
        """As requests does it."""
        options |= {"timeout": TIME_LIMIT, "allow_redirects": False}
        found: Response = super().request(*args, **options)
        return found


class Provider(OpenIDMixin):  # type: ignore[misc]  # authlib ships no types
    """The provider of one installation, with what it told about itself for ten minutes."""

    def __init__(self, config: Oidc) -> None:
        self.config = config
        self.client_id = config.client_id
        self.server_metadata: dict[str, Any] = {}
        self._asked_at: datetime | None = None
        self._down_at: datetime | None = None

    def begin(
        self, redirect_uri: str, now: datetime, *, again: bool = False
    ) -> tuple[str, dict[str, str]]:
        """The address to send the browser to, and what must be kept until it comes back. `again`:
        the provider asks the person anew, whatever session there is, and says when it asked.
        """
        told = self._discover(now)
        asks = {"prompt": "login", "max_age": "0"} if again else {}
        kept = {
            "state": secrets.token_urlsafe(32),
            "nonce": secrets.token_urlsafe(32),
            "verifier": secrets.token_urlsafe(48),
        }
        with self._get_session(redirect_uri) as session:
            address, _state = session.create_authorization_url(
                told["authorization_endpoint"],
                state=kept["state"],
                nonce=kept["nonce"],
                code_verifier=kept["verifier"],
                **asks,
            )
        return str(address), kept

    def end_address(self, back: str, now: datetime, id_token: str | None = None) -> str | None:
        """Where the browser ends its session at the provider (RP-initiated logout), which knows by
        the ID token whose; None when the provider offers no such place or does not answer.
        """
        try:
            told = self._discover(now)
        except ProviderDown:
            return None
        if not told.get(_END):
            return None
        asked = {"client_id": self.client_id, "post_logout_redirect_uri": back}
        if id_token:
            asked["id_token_hint"] = id_token
        return f"{told[_END]}{'&' if '?' in told[_END] else '?'}{urlencode(asked)}"

    def finish(
        self,
        kept: Mapping[str, Any],
        state: str,
        code: str,
        redirect_uri: str,
        now: datetime,
    ) -> Identity:
        """Who came back with this code; ProviderDown, or NotProved for anything that is not right:
        state, code, signature, issuer, audience, expiry or nonce.
        """
        if not code or not compare_digest(str(kept["state"]).encode(), state.encode()):
            raise NotProved
        told = self._discover(now)
        try:
            with self._get_session(redirect_uri) as session:
                token = session.fetch_token(
                    told["token_endpoint"], code=code, code_verifier=kept["verifier"]
                )
        except RequestException as problem:
            self._down_at = now
            raise ProviderDown from problem
        except (AuthlibBaseError, ValueError) as problem:
            raise NotProved from problem
        return self.identity(token, str(kept["nonce"]))

    def identity(self, token: Mapping[str, Any], nonce: str) -> Identity:
        """Whose ID token this is, after every check of OpenID Connect Core 3.1.3.7."""
        options = {
            "iss": {"essential": True, "value": self.config.issuer},
            "aud": {"essential": True, "value": self.client_id},
            "nonce": {"essential": True, "value": nonce},
        }
        try:
            claims = self.parse_id_token(token, nonce, claims_options=options, leeway=60)
        except RequestException as problem:
            raise ProviderDown from problem
        except Exception as problem:  # the libraries' refusals of a forged token share no base
            _log.warning("ID token refused: %s", type(problem).__name__)
            raise NotProved from problem
        if claims is None or not claims.get("sub"):
            raise NotProved
        amr = claims.get("amr") if isinstance(claims.get("amr"), list) else []
        said = {*map(str, amr), str(claims.get("acr"))}
        at = claims.get("auth_time")
        told_at = datetime.fromtimestamp(at, UTC) if isinstance(at, int) else None
        strong = bool(said & self.config.mfa)
        word = str(token["id_token"])
        return Identity(self.config.issuer, str(claims["sub"])[:255], strong, told_at, word)

    def load_server_metadata(self) -> dict[str, Any]:
        """What `_discover` was told; authlib asks for it."""
        return self.server_metadata

    def _discover(self, now: datetime) -> dict[str, Any]:
        if self._down_at is not None and timedelta(0) <= now - self._down_at < _LEFT_ALONE:
            raise ProviderDown
        fresh = self._asked_at is not None and timedelta(0) <= now - self._asked_at < _KEPT
        if not fresh:
            address = self.config.issuer.rstrip("/") + "/.well-known/openid-configuration"
            try:
                with self._get_session() as session:
                    answer = session.request("GET", address, withhold_token=True)
                answer.raise_for_status()
                self.server_metadata = self._checked(answer.json())
            except (RequestException, ValueError, KeyError, TypeError) as problem:
                self._down_at = now
                _log.warning("provider does not answer: %s", type(problem).__name__)
                raise ProviderDown from problem
            self._asked_at, self._down_at = now, None
        return self.server_metadata

    def _checked(self, told: dict[str, Any]) -> dict[str, Any]:
        """Its own issuer, addresses that nobody reads along, and only our kinds of signatures."""
        if told["issuer"] != self.config.issuer:
            raise ValueError("another issuer")
        offered = [name for name in (_END,) if told.get(name)]
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri", *offered):
            parts = urlsplit(told[name])
            if parts.scheme != "https" and parts.hostname not in _LOCAL:
                raise ValueError("an address without https")
        signs = told.get("id_token_signing_alg_values_supported") or ["RS256"]
        kinds = [kind for kind in signs if kind in ALGORITHMS]
        return {**told, "jwks": None, "id_token_signing_alg_values_supported": kinds}

    def _get_session(self, redirect_uri: str | None = None) -> _Limited:
        return _Limited(
            self.client_id,
            self.config.client_secret or None,
            scope="openid",
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
        )


def linked(session: Session, identity: Identity, *, demo: bool) -> int | None:
    """The active account that this identity was linked to."""
    found = session.scalar(
        select(LinkedIdentity.pengguna_id).where(
            LinkedIdentity.penerbit == identity.issuer,
            LinkedIdentity.subjek == identity.subject,
            LinkedIdentity.dicabut_at.is_(None),
        )
    )
    if found is None or not login.may_enter(session, found, demo=demo):
        return None
    return found


def proves_again(session: Session, actor: Actor, who: Identity, now: datetime) -> bool:
    """Whether the provider asked this person just now, and it is the one the account is linked to;
    a provider that does not say when it asked proves nothing.
    """
    row = link_of(session, actor.pengguna_id, who.issuer)
    if row is None or row.subjek != who.subject or who.asked_at is None:
        return False
    if not -_SKEW <= now - who.asked_at < ASKED_LATELY:
        return False
    subject = f"pengguna:{actor.pengguna_id}"
    event_log.record(session, actor, None, "akun:faktor:bukti", subject, now=now)
    return True


def link_of(session: Session, pengguna_id: int, issuer: str) -> LinkedIdentity | None:
    """The account's link to this provider."""
    return session.scalars(
        select(LinkedIdentity).where(
            LinkedIdentity.pengguna_id == pengguna_id,
            LinkedIdentity.penerbit == issuer,
            LinkedIdentity.dicabut_at.is_(None),
        )
    ).one_or_none()


def link(session: Session, actor: Actor, identity: Identity, now: datetime) -> None:
    """Link the own account to this identity, which nobody else has."""
    if link_of(session, actor.pengguna_id, identity.issuer) is not None:
        raise Conflict("Akun Anda sudah terhubung dengan penyedia itu. Lepaskan dahulu yang lama.")
    taken = select(LinkedIdentity.id).where(
        LinkedIdentity.penerbit == identity.issuer,
        LinkedIdentity.subjek == identity.subject,
        LinkedIdentity.dicabut_at.is_(None),
    )
    if session.scalar(taken) is not None:
        raise Conflict("Identitas itu sudah terhubung dengan akun lain di program ini.")
    row = LinkedIdentity(
        pengguna_id=actor.pengguna_id,
        penerbit=identity.issuer,
        subjek=identity.subject,
        dibuat_at=now,
    )
    session.add(row)
    session.flush()
    subject = f"pengguna:{actor.pengguna_id}"
    event_log.record(session, actor, None, "akun:penyedia:hubung", subject, now=now)


def unlink(session: Session, actor: Actor, issuer: str, now: datetime) -> None:
    """The own account is no longer linked to the provider."""
    row = link_of(session, actor.pengguna_id, issuer)
    if row is None:
        raise NotFound("Akun Anda tidak terhubung dengan penyedia itu.")
    row.dicabut_at = now
    session.flush()
    subject = f"pengguna:{actor.pengguna_id}"
    event_log.record(session, actor, None, "akun:penyedia:lepas", subject, now=now)
