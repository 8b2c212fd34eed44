"""Year end in the web."""
