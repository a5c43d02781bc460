"""Compare the records that a school wants with those that the vendor has.

``desired.py`` turns the source into entries, ``working_set.py`` keeps them and those of the vendor
in a file, and ``difference.py`` compares them.
"""
