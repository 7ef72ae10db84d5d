"""One call, recorded step by step across all modules."""
