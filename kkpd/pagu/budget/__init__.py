"""Budget documents and reference codes by year: from files to versions in the books."""
