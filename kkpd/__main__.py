"""`python -m kkpd` is the `kkpd` command."""

import sys

from kkpd.cli import main

sys.exit(main())
