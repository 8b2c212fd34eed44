"""Long work off the request: reading, taking in, drawing and packing."""
