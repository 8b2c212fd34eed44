"""Keeping an installation alive: backup and the way back."""
