"""Taking an import out of the books again."""
