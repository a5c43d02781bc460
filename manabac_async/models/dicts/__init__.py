"""The write models as mappings, so that a type checker finds a misspelt key.

Each has the fields of the model of the same name; a test compares them.
"""
