"""Purchases: recorded, checked, classified, proven, changed."""
