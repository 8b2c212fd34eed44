"""Hashes that prove: canonical JSON, Merkle trees, the shapes of events and checkpoints."""
