"""What may be spent: DPA, SPD, cash plan, UP KKPD, and the ceilings that follow from them."""
