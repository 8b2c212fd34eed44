"""Bank line <-> purchase: matching, explaining, text rules, the months that close."""
