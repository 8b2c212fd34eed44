"""Taking a bank file into the books: the plan first, then the lines, findings and receipt."""
