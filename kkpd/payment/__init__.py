"""From DPT to lunas: NPD, SPP, SPM, SP2D, debit; repayment and taking back."""
