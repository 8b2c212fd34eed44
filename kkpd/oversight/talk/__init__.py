"""What people say to each other about a purchase, a paper or a request."""
