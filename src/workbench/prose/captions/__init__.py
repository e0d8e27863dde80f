"""The words of figures: title, subtitle, alternative text and note, computed from what is shown.

One module a family of figures, as in `workbench.figures`; the words stand in the template *figures*.
"""
