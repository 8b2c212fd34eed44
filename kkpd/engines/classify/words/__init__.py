"""Words and codes of a purchase, and how strongly each speaks for a kind."""
