"""What goes out of the books by a command: reports, packages, open data, SIPD."""
