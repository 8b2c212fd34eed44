"""Tests of the web room that need no page."""
