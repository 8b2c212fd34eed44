"""What a bank bill is and how it enters the books, as pure rules (hard-parts 1).

`kolom` turns lines into columns, `kelompok` gives each line its bill, `representatives` compares
two files of one bill, `dts` pairs interim and final lines, `bulan` says where a line is booked,
`tally` checks a bill's own arithmetic.
"""
