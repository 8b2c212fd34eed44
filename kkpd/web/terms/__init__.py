"""Words of the domain as people say them, by subject, for pages and the catalogue."""
