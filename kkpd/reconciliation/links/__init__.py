"""The four links of an amount: bank line, purchase, budget and ceiling, document and payment."""
