"""For the server: `granian --interface wsgi wsgi:app`."""

import os
import sys

from kkpd.app import create_app
from kkpd.core.config import SettingError, Settings
from kkpd.core.errors import DomainError

os.umask(0o077)  # what is made is its owner's alone
try:
    app = create_app(Settings.load(os.environ))
except (SettingError, DomainError) as problem:
    sys.exit(f"kkpd: {problem.message}")
