"""DPR, PPTK, the six tests, DPT and refusals."""
