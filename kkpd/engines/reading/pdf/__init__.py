"""Bills on paper: from the letters of a page to the rows of a sheet.

`reader` is the way in. `pages` gives letters, rules and turn of each page, `words` joins letters,
`grid` reads framed tables, `fold` parts tables that stand beside each other, `titles` and `table`
find the columns of all others, `rows` and `days` complete their rows, `plain` reads a list without
titles.
"""
