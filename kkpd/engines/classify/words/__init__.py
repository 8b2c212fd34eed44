"""Words and codes of a purchase."""
