"""Reports: what was issued, drawing one up, long work, packages, signing, checking by anybody."""
