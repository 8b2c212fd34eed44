"""The month: reconciliation, its decisions, the four links, text rules, closing."""
