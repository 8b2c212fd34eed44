"""`kkpd statement`: read a bank file, take it in, take it out."""
