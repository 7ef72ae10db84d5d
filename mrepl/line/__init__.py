"""A command line while it is being typed: its parts, what is wrong with it, what could come next.

Plain functions of the text; the terminal is `mrepl.ui`'s.
"""
