"""``lms demo``: use a vendor's sandbox, with simulated failures, and check the result.

Start with :mod:`~.run`. :mod:`~.keeping` keeps a district equal, and :mod:`~.importing` imports
files.
"""
