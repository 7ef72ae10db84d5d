"""What Tab offers: from a line up to its cursor, and what there is, to completions."""
