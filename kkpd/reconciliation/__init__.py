"""Bank line <-> purchase: matching, explaining, text rules, closing months."""
