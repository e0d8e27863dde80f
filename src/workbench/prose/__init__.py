"""Facts become words: Jinja templates, one folder per language, and nothing else writes prose.

A fact (`facts.Fact`) has a value and the records it was computed from, and no words. A
template has words, and no digits, number words or names of the registers. A filter puts a
fact into words of its language and is remembered by the sentence it stands in.
"""

from workbench.prose import agreements, annual, changes, coverage, facts, overview, partner, reciprocity

__all__ = ["agreements", "annual", "changes", "coverage", "facts", "overview", "partner", "reciprocity"]
