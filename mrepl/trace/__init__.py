"""How a traced call is shown: as a tree, as a table of times, as JSON."""
