"""For the server: `granian --interface wsgi wsgi:app`."""

import os
import sys

from kkpd.app import create_app
from kkpd.core.config import SettingError, Settings

try:
    app = create_app(Settings.load(os.environ))
except SettingError as problem:
    sys.exit(f"kkpd: {problem.message}")
