"""Records: what the sources say, read, checked, merged and written as tables.

Both stacks (science and machine) may import from here; nothing here imports from them.
"""
