"""Analytical tests of auditors over a table: sampling, Benford, and patterns that ask for a look.

Pure: no clock, no database, no chance but a seed that is an argument. `inside` is what a child
process calls with the bytes of a foreign file; `tests` names the tests.
"""
