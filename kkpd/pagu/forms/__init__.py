"""Forms of the budget side."""
