"""Whether the books are what the events say, and every kept file what the books say."""
