"""DPR, tests and DPT in the web."""
