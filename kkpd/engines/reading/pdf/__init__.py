"""Bills on paper: from the letters of a page to the rows of a sheet.

`reader` is the way in. `pages` gives letters, rules and turn of each page, `words` joins letters,
`grid` reads framed tables, `titles` and `table` find the columns of all others, `rows` completes
their rows.
"""
