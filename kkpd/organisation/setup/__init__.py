"""Setting an installation up: the path, the codes, the defaults, the letterhead, the sheet."""
