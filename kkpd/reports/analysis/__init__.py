"""Audit analysis of the books: a frozen population, the tests of `engines/audit` over it, and a
working paper that a stranger computes again.
"""
