"""Forms of payment: NPD, SPP-GU, SPM-GU."""
