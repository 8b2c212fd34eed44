"""Around every request: session, permissions, transaction, headers, masking, limits."""
