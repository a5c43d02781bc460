"""TypedDicts for the write models, so that a type checker finds a misspelled key.

Each has the same fields as its model. A test compares them.
"""
