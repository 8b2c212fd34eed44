"""The class of a purchase: proposed by the engine, decided by a person; and accuracy."""
