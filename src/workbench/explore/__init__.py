"""What an analyst holds: the records of a home within reach, and a board to look at them.

`workspace`: ``corpus = workbench.open()``, to narrow, ask, draw and hand on. `board`: map, timeline and
table that move together, in JupyterLab and as one file.
"""
