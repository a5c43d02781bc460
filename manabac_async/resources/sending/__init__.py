"""Check and encode the write models, for single records and bulk methods.

A union stands for a model or a mapping of the same fields. It is a union rather than a type
variable because mypy reads a literal row as a TypedDict only in a union, and so finds a misspelt
key.
"""
