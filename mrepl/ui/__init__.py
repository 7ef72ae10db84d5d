"""What needs a terminal; the only part that imports a terminal library."""
