"""The file format: objects, fonts, structure tree, metadata. Knows nothing of forms."""
