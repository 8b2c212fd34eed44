"""Cells and whole columns of them to dates, amounts, codes and signs."""
