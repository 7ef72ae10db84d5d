"""Values, times, sizes and messages as text that is safe to print and fits a terminal."""
