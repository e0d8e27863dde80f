"""Running reports: which (`catalogue`), whether anything changed (`keys`), and how (`engine`).

The machine stack: imports records and the ground, never analysis, figures or prose. It meets
them in the notebook, which runs in another process.
"""
