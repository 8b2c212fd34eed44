"""One blueprint an area: parse, authorise, call one service or query, render or redirect (303)."""
