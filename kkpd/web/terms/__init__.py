"""The words for people, by subject, for pages and the translation catalogue."""
