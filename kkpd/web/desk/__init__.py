"""What waits for the logged-in person, and what people say to each other, as pages show them."""
