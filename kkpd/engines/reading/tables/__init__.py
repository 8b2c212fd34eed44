"""Which row is a header, which a line, which a total; and what each column means."""
