"""Commands of proof: verify, and what auditors keep outside."""
