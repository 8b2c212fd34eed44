"""One blueprint an area. Each view: parse, authorise, call one service or query, render or redirect (303)."""
