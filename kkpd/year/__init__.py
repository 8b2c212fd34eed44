"""Year end: what is unsettled, what the new year needs, opening it."""
