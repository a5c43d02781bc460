"""The types of the rows that the write methods take, and the encoder of each type.

Each type is a union of a model and its TypedDict. It is not a type variable, because mypy checks a
dict literal against a TypedDict only in a union.
"""
