"""Payment and what the budget does not bear, in the web."""
