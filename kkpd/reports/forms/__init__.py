"""Forms that only reports draw: books, registers, recapitulations, oversight."""
