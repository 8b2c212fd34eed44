"""The formats that a bank file can be in, each to sheets of cells or to lines."""
