"""Evidence that waits for its purchase: dropped, offered, attached, moved, discarded."""
