"""Registers in: whole tables that nobody here wrote, taken through a mapping (docs/registers.md).

`sheets` reads a file into text, `mapping` what its columns mean, `datings` its dates, `resolve`
(with `gazetteer` and `worksheet`) its names; `convert` makes the rows of our tables of it, and
`store` keeps registers in a project. What does not belong here: words of articles (`dossiers`).
"""
