"""For the server: `granian --interface wsgi wsgi:app`."""

import os

from kkpd.app import create_app
from kkpd.config import Settings

app = create_app(Settings.load(os.environ))
