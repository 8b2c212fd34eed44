"""Bank bills: the month's bills, uploading, the check before taking in, layouts, the history."""
