"""Training and judging of the classifier: needs the extra `train`, is no part of the product."""
