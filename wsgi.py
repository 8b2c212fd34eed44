"""For the server: `kkpd serve` serves `server`; `app` is the plain WSGI program."""

import os
import sys

from kkpd.app import create_app
from kkpd.core import outside, sandbox
from kkpd.core.config import SettingError, Settings
from kkpd.core.errors import DomainError
from kkpd.web.request.permissions import body_limit
from kkpd.web.server import Server

os.umask(0o077)  # what is made is its owner's alone
outside.watch()
try:
    settings = Settings.load(os.environ)
    outside.only(outside.named(settings))
    app = create_app(settings)
except (SettingError, DomainError) as problem:
    sys.exit(f"kkpd: {problem.message}")
server = Server(app, lambda environ: body_limit(app, environ), settings.proxy_addresses)
sandbox.prepare("kkpd.engines.reading.apart", "kkpd.belanja.evidence_content")
