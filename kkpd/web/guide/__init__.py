"""What a page says of itself, and the guide of each role behind it."""
