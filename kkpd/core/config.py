"""The settings of one installation: typed, frozen, read once. A bad value stops the start and is
named.

An environment variable wins over `kkpd.toml` in the instance folder, which wins over the default.
The instance folder also holds the secret key, made once and readable by its owner only.
"""

from __future__ import annotations

import os
import re
import secrets
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kkpd.core import breached

MIB = 1024 * 1024
#: Hosts of this machine: no wire between the program and its database.
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
#: How the connection to the mail server is encrypted.
SMTP_SECURITY = ("starttls", "tls", "none")


class SettingError(ValueError):
    """A setting that cannot be used: its name, and a sentence for the operator."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"{name}: {message}")
        self.name = name
        self.message = f"{name}: {message}"


@dataclass(frozen=True, slots=True)
class Smtp:
    """The mail server by which reminders go out; `security` is starttls, tls or none."""

    host: str
    port: int
    security: str
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Oidc:
    """The identity provider for sign-on: `name` stands on the button, `mfa` are the words of `amr`
    or `acr` by which it says that it asked for two factors (empty: ours is asked for), `hosts` its
    further computers, beside the issuer's.
    """

    issuer: str
    client_id: str
    name: str
    mfa: frozenset[str]
    hosts: tuple[str, ...] = ()
    client_secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that differs between installations. Sizes in bytes."""

    instance: Path
    database_url: str
    secret_key: str
    demo: bool = False
    zone: str = "Asia/Jakarta"
    idle: timedelta = timedelta(minutes=30)
    absolute: timedelta = timedelta(hours=12)
    trusted_proxies: int = 0
    proxy_addresses: tuple[IPv4Network | IPv6Network, ...] = ()
    trusted_hosts: tuple[str, ...] = ()
    secure_cookies: bool = True
    log_level: str = "INFO"
    security_log: str = ""
    max_bill_bytes: int = 64 * MIB
    max_evidence_bytes: int = 10 * MIB
    tsa_url: str = ""
    bsre_url: str = ""
    bsre_user: str = ""
    bsre_password: str = field(default="", repr=False)
    smtp: Smtp | None = None
    public_url: str = ""
    oidc: Oidc | None = None
    clamd: str = ""
    database_owner_url: str = field(default="", repr=False)
    security_contact: str = ""
    breached_passwords: Path | None = None

    @classmethod
    def load(cls, environ: Mapping[str, str]) -> Settings:
        """Settings from environment and `<instance>/kkpd.toml`; SettingError names a bad one."""
        instance = _instance_folder(environ)
        given = _given(environ, instance)
        demo = _flag("KKPD_DEMO", given.get("demo", "0"))
        secure = _flag("KKPD_SECURE_COOKIES", given.get("secure_cookies", "0" if demo else "1"))
        if not secure and not demo:
            raise SettingError(
                "KKPD_SECURE_COOKIES",
                "cookie tanpa Secure hanya boleh dalam mode demo (KKPD_DEMO=1). Pakai HTTPS.",
            )
        if not demo:
            _refuse_open_to_others(instance)
        default_url = f"sqlite:///{instance / 'kkpd.sqlite3'}"
        return cls(
            instance=instance,
            database_url=_database_url("KKPD_DATABASE_URL", given.get("database_url", default_url)),
            secret_key=_secret_key(given, instance, environ.get("CREDENTIALS_DIRECTORY")),
            demo=demo,
            zone=_zone(given.get("zone", "Asia/Jakarta")),
            idle=timedelta(minutes=_whole(given, "idle_minutes", 30, 1, 24 * 60)),
            absolute=timedelta(hours=_whole(given, "absolute_hours", 12, 1, 24 * 7)),
            trusted_proxies=_whole(
                given, "trusted_proxies", 1 if "proxy_addresses" in given else 0, 0, 5
            ),
            proxy_addresses=_networks(given.get("proxy_addresses", "")),
            trusted_hosts=tuple(given.get("trusted_hosts", "").replace(",", " ").split()),
            secure_cookies=secure,
            log_level=_log_level(given.get("log_level", "INFO")),
            security_log=_syslog(given.get("security_log", "")),
            max_bill_bytes=_whole(given, "max_bill_mib", 64, 1, 1024) * MIB,
            max_evidence_bytes=_whole(given, "max_evidence_mib", 10, 1, 64) * MIB,
            tsa_url=_http_url("KKPD_TSA_URL", given.get("tsa_url", "")),
            bsre_url=_http_url("KKPD_BSRE_URL", given.get("bsre_url", "")),
            bsre_user=given.get("bsre_user", ""),
            bsre_password=given.get("bsre_password", ""),
            smtp=_smtp(given),
            public_url=_http_url("KKPD_PUBLIC_URL", given.get("public_url", "")),
            security_contact=_contact(given.get("security_contact", "")),
            oidc=_oidc(given),
            clamd=_scanner(given.get("clamd", "")),
            breached_passwords=_breached_list(given.get("breached_passwords", "")),
            database_owner_url=_owner_url(given.get("database_owner_url", "")),
        )


#: Names in `kkpd.toml`; in the environment the same in capitals after `KKPD_`.
NAMES = (
    "database_url",
    "database_owner_url",
    "secret_key",
    "secret_key_file",
    "demo",
    "zone",
    "idle_minutes",
    "absolute_hours",
    "trusted_proxies",
    "proxy_addresses",
    "trusted_hosts",
    "secure_cookies",
    "log_level",
    "security_log",
    "max_bill_mib",
    "max_evidence_mib",
    "tsa_url",
    "bsre_url",
    "bsre_user",
    "bsre_password",
    "smtp_host",
    "smtp_port",
    "smtp_security",
    "smtp_user",
    "smtp_password",
    "smtp_from",
    "public_url",
    "security_contact",
    "oidc_issuer",
    "oidc_client_id",
    "oidc_client_secret",
    "oidc_name",
    "oidc_mfa",
    "oidc_hosts",
    "clamd",
    "breached_passwords",
)


def _instance_folder(environ: Mapping[str, str]) -> Path:
    default = Path(__file__).resolve().parents[2] / "instance"
    folder = Path(environ.get("KKPD_INSTANCE") or default).expanduser().absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as problem:
        raise SettingError(
            "KKPD_INSTANCE", f"folder {folder} tidak dapat dibuat ({problem.strerror})."
        ) from problem
    return folder


def _refuse_open_to_others(instance: Path) -> None:
    """The folder and what lies directly in it is its owner's alone; deeper nobody else comes."""
    for path in (instance, *sorted(instance.iterdir())):
        try:
            mode = path.lstat().st_mode
        except FileNotFoundError:
            continue  # another process was done with it
        if not stat.S_ISLNK(mode) and mode & 0o077:
            closed = 700 if stat.S_ISDIR(mode) else 600
            raise SettingError(
                path.name, f"{path} dapat dibuka orang lain. Jalankan: chmod {closed} {path}"
            )


def _given(environ: Mapping[str, str], instance: Path) -> dict[str, str]:
    """What file and environment say, as text; the environment wins. Empty text is not a value."""
    given = _from_toml(instance / "kkpd.toml")
    for name in NAMES:
        if value := environ.get(f"KKPD_{name.upper()}"):
            given[name] = value
    return given


def _from_toml(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise SettingError(path.name, f"tidak dapat dibaca ({problem}).") from problem
    if unknown := sorted(set(content) - set(NAMES)):
        raise SettingError(
            path.name, f"“{unknown[0]}” tidak dikenal. Yang dikenal: {', '.join(NAMES)}."
        )
    return {name: _as_text(name, value) for name, value in content.items()}


def _as_text(name: str, value: object) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int | str):
        return str(value)
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return " ".join(value)
    raise SettingError(name, "harus berupa teks, bilangan bulat, true/false atau daftar teks.")


def _flag(name: str, text: str) -> bool:
    if text.lower() in {"1", "true", "ya", "yes", "on"}:
        return True
    if text.lower() in {"0", "false", "tidak", "no", "off"}:
        return False
    raise SettingError(name, f"“{text}” bukan ya atau tidak. Tulis 1 atau 0.")


def _whole(given: Mapping[str, str], key: str, default: int, least: int, most: int) -> int:
    name, text = f"KKPD_{key.upper()}", given.get(key, str(default))
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise SettingError(name, f"“{text}” bukan bilangan bulat.")
    if not least <= int(text) <= most:
        raise SettingError(name, f"{text} di luar batas {least} sampai {most}.")
    return int(text)


def _networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """Addresses (10.0.0.5) and networks (10.0.0.0/29) of the proxies in front."""
    try:
        return tuple(ip_network(one) for one in text.replace(",", " ").split())
    except ValueError as problem:
        raise SettingError(
            "KKPD_PROXY_ADDRESSES", f"{problem}. Tulis alamat seperti 10.0.0.5 atau 10.0.0.0/29."
        ) from problem


def _database_url(name: str, url: str) -> str:
    if not url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        raise SettingError(
            name,
            "harus diawali sqlite:/// atau postgresql://, misalnya "
            "postgresql://kkpd_app@localhost/kkpd.",
        )
    parts = urlsplit(url)
    local = (parts.hostname or "localhost") in _LOCAL
    query = parse_qs(parts.query)
    hosts = {*query.get("host", ()), *query.get("hostaddr", ())}
    local = local and all(host.startswith("/") or host in _LOCAL for host in hosts)
    if parts.scheme != "sqlite" and not local and query.get("sslmode") != ["verify-full"]:
        raise SettingError(
            name,
            "server PostgreSQL di komputer lain hanya lewat TLS dengan sertifikat yang diperiksa. "
            "Tambahkan ?sslmode=verify-full (dan sslrootcert=/folder/ca.pem) pada alamatnya.",
        )
    return url


def _owner_url(url: str) -> str:
    """The address for migrations; empty on SQLite."""
    return url and _database_url("KKPD_DATABASE_OWNER_URL", url)


def _contact(address: str) -> str:
    """Where weaknesses are reported; empty for nowhere."""
    if address and not re.fullmatch(r"(mailto:[^\s@]+@[^\s@]+|https://\S+)", address):
        raise SettingError(
            "KKPD_SECURITY_CONTACT", f"“{address}” bukan alamat mailto: atau https://."
        )
    return address


def _http_url(name: str, url: str) -> str:
    """The address of a service; empty for none."""
    parts = urlsplit(url)
    if url and not (parts.scheme in {"http", "https"} and parts.hostname and url.isascii()):
        raise SettingError(name, f"“{url}” bukan alamat http:// atau https://.")
    return url


def _scanner(address: str) -> str:
    """Where clamd listens; empty: files are not scanned for malware."""
    if address and not re.fullmatch(r"unix:/\S+|[A-Za-z0-9.-]+:\d{1,5}", address):
        raise SettingError(
            "KKPD_CLAMD", f"“{address}” bukan unix:/jalur/soket atau komputer:nomor."
        )
    return address


def _breached_list(name: str) -> Path | None:
    """The file of breached passwords; None: new ones are not compared with any."""
    if not name:
        return None
    path = Path(name).expanduser()
    if problem := breached.fault(path):
        raise SettingError("KKPD_BREACHED_PASSWORDS", f"berkas {path} {problem}")
    return path


def _smtp(given: Mapping[str, str]) -> Smtp | None:
    """The mail server; None without KKPD_SMTP_HOST (reminders then go to a folder)."""
    host, user = given.get("smtp_host", ""), given.get("smtp_user", "")
    if not host:
        return None
    if not re.fullmatch(r"[A-Za-z0-9.:-]+", host):
        raise SettingError("KKPD_SMTP_HOST", f"“{host}” bukan nama komputer.")
    security = given.get("smtp_security", "starttls")
    if security not in SMTP_SECURITY:
        known = ", ".join(SMTP_SECURITY)
        raise SettingError("KKPD_SMTP_SECURITY", f"“{security}” tidak dikenal. Pilih {known}.")
    if bool(user) != bool(given.get("smtp_password")):
        raise SettingError(
            "KKPD_SMTP_USER", "isi bersama KKPD_SMTP_PASSWORD, atau kosongkan keduanya."
        )
    if user and security == "none":
        raise SettingError(
            "KKPD_SMTP_SECURITY",
            "kata sandi tidak dikirim tanpa penyandian; pakai starttls atau tls.",
        )
    sender = given.get("smtp_from", "")
    if not re.fullmatch(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", sender):
        raise SettingError("KKPD_SMTP_FROM", f"“{sender}” bukan alamat surel pengirim.")
    port = _whole(given, "smtp_port", 465 if security == "tls" else 587, 1, 65535)
    return Smtp(host, port, security, sender, user, given.get("smtp_password", ""))


def _oidc(given: Mapping[str, str]) -> Oidc | None:
    """The identity provider; None without KKPD_OIDC_ISSUER."""
    issuer = _http_url("KKPD_OIDC_ISSUER", given.get("oidc_issuer", ""))
    if not issuer:
        return None
    parts = urlsplit(issuer)
    if parts.scheme != "https" and parts.hostname not in _LOCAL:
        raise SettingError("KKPD_OIDC_ISSUER", "penyedia identitas dihubungi lewat https saja.")
    if not given.get("oidc_client_id"):
        raise SettingError("KKPD_OIDC_CLIENT_ID", "isi bersama KKPD_OIDC_ISSUER.")
    return Oidc(
        issuer=issuer,
        client_id=given["oidc_client_id"],
        name=given.get("oidc_name", "akun pemerintah daerah"),
        mfa=frozenset(given.get("oidc_mfa", "").replace(",", " ").split()),
        hosts=tuple(given.get("oidc_hosts", "").lower().replace(",", " ").split()),
        client_secret=given.get("oidc_client_secret", ""),
    )


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as problem:
        raise SettingError("KKPD_ZONE", f"zona waktu “{name}” tidak dikenal.") from problem
    return name


def _log_level(text: str) -> str:
    known = ("DEBUG", "INFO", "WARNING", "ERROR")
    if text.upper() not in known:
        raise SettingError("KKPD_LOG_LEVEL", f"“{text}” tidak dikenal. Pilih {', '.join(known)}.")
    return text.upper()


def _syslog(place: str) -> str:
    """Where security lines also go: a socket such as /dev/log, or host:port; empty for nowhere."""
    if not place or re.fullmatch(r"/\S+|[A-Za-z0-9.-]+:\d{1,5}", place):
        return place
    raise SettingError(
        "KKPD_SECURITY_LOG", f"“{place}” bukan soket seperti /dev/log atau alamat seperti log:514."
    )


def _secret_key(given: Mapping[str, str], instance: Path, credentials: str | None) -> str:
    """The key that is given, that of the file that is named, else the instance's own."""
    if elsewhere := given.get("secret_key_file"):
        path = Path(elsewhere)
        of_systemd = credentials is not None and path.is_relative_to(credentials)
        return _kept_key(path, 0o007 if of_systemd else 0o077)  # its group is the reader's ACL
    key = given.get("secret_key")
    if key is None:
        return _own_secret_key(instance / "secret_key")
    if len(key) < 32:
        raise SettingError("KKPD_SECRET_KEY", "terlalu pendek; paling sedikit 32 huruf acak.")
    return key


def _kept_key(path: Path, others: int) -> str:
    try:
        if path.stat().st_mode & others:
            raise SettingError(
                path.name, f"{path} dapat dibuka orang lain. Jalankan: chmod 600 {path}"
            )
        key = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as problem:
        raise SettingError(path.name, f"{path} tidak dapat dipakai ({problem}).") from problem
    if len(key) < 32:
        raise SettingError(path.name, f"isi {path} terlalu pendek; paling sedikit 32 huruf acak.")
    return key


def _own_secret_key(path: Path) -> str:
    """The instance's own key. It is written to a temporary file and linked, so two first starts at
    once share one key.
    """
    try:
        if not path.exists():
            _create_once(path, secrets.token_urlsafe(48))
    except OSError as problem:
        raise SettingError(path.name, f"{path} tidak dapat dibuat ({problem}).") from problem
    return _kept_key(path, 0o077)


def _create_once(path: Path, key: str) -> None:
    aside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as handle:
            handle.write(key)
        try:
            os.link(aside, path)
        except FileExistsError:
            return  # another process was first: use its key
    finally:
        aside.unlink()
