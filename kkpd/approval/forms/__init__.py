"""Forms of approval: DPR, DPT, the letter of refusal."""
