"""The edge of a budget year: what is unsettled, what the new year needs, opening it."""
