"""Training and judging of the classifier: needs the extra `train`, is no part of the product.

The words' model is never trained on packages: their own weights use its opinion as an outsider's.
`data/uji_daerah.csv` (927 public rows of 14 offices) is never trained on either. After a change of
rules, words or weights: train, compare the golden file with its test, then `--uji` and `--nilai
--putaran 8`.
"""
