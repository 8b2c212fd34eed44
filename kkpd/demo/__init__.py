"""The demo year: Pemkab Deli Serdang, seven OPDs, ten months, made by the same verbs people use.

Everything is invented and marked as an example; the seed makes it the same every time.
"""
