"""The signed log: the history of its key, and the checkpoints that this key signs."""
