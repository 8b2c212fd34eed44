"""Bills on paper: from the letters of a page to the rows of a sheet. `reader` is the way in."""
