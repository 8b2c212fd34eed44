"""Proof by hashes: canonical JSON, Merkle trees, the shapes of events and checkpoints."""
