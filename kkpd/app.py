"""The web program: create_app is a short list of setup calls."""

from __future__ import annotations

import importlib
import pkgutil
from contextlib import suppress

from flask import Blueprint, Flask
from flask_wtf.csrf import CSRFProtect
from jinja2 import StrictUndefined
from sqlalchemy.exc import OperationalError
from werkzeug.middleware.proxy_fix import ProxyFix

from kkpd import views
from kkpd.core.config import MIB, Settings
from kkpd.core.db.engine import create_engine
from kkpd.organisation import passwords
from kkpd.web import confirm, filters, page, translation
from kkpd.web.request import context as request_context
from kkpd.web.request import (
    converters,
    errors,
    http,
    malware,
    masking,
    permissions,
    quotas,
    rate_limit,
    read_cache,
    transaction,
)

YEAR = 365 * 24 * 3600


def create_app(config: Settings) -> Flask:
    """The program for one installation."""
    app = Flask("kkpd")
    configure(app, config)
    converters.setup(app)
    http.setup(app)
    translation.setup(app)
    filters.setup(app)
    transaction.setup(app)
    permissions.setup(app)
    rate_limit.setup(app)
    read_cache.setup(app)
    CSRFProtect(app)
    quotas.setup(app)
    masking.setup(app)
    malware.setup(app)
    errors.setup(app)
    request_context.setup(app)
    page.setup(app)
    register_views(app)
    confirm.setup(app)
    return app


def configure(app: Flask, config: Settings) -> None:
    """What Flask itself needs to know; everything of ours stays in the Settings object."""
    app.extensions["kkpd.settings"] = config
    passwords.setup(config.breached_passwords)
    engine = app.extensions["kkpd.engine"] = create_engine(config.database_url)
    if engine.dialect.name == "postgresql":  # a login that owns the tables stops the start
        with suppress(OperationalError):  # one that is down may come back
            engine.connect().close()
    app.jinja_env.undefined = StrictUndefined
    app.config.from_mapping(
        SECRET_KEY=config.secret_key,
        SESSION_COOKIE_NAME="__Host-kkpd" if config.secure_cookies else "kkpd",
        SESSION_COOKIE_SECURE=config.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=config.max_bill_bytes,
        MAX_FORM_MEMORY_SIZE=2 * MIB,
        MAX_FORM_PARTS=10_000,
        SEND_FILE_MAX_AGE_DEFAULT=YEAR,
        TRUSTED_HOSTS=list(config.trusted_hosts) or None,
        WTF_CSRF_TIME_LIMIT=int(config.absolute.total_seconds()),
        WTF_CSRF_SSL_STRICT=config.secure_cookies,
    )
    if config.trusted_proxies:
        hops = config.trusted_proxies
        proxied = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops, x_prefix=0)
        app.wsgi_app = proxied  # type: ignore[method-assign]  # Flask's documented way to wrap


def register_views(app: Flask) -> None:
    """Register what modules below kkpd/views offer as `bp`; pages of one area share theirs."""
    modules = [found.name for found in pkgutil.walk_packages(views.__path__, f"{views.__name__}.")]
    offered = [getattr(importlib.import_module(name), "bp", None) for name in sorted(modules)]
    for blueprint in dict.fromkeys(one for one in offered if isinstance(one, Blueprint)):
        app.register_blueprint(blueprint)
