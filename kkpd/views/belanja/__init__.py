"""Purchases: the list, the form, one purchase with its evidence and class, the grid."""
