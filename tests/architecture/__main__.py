"""`python -m tests.architecture` prints how large the program's files and functions are."""

from tests.architecture.test_sizes import report

print(report())
