"""``lms doctor``: check everything that an import needs, and say what to do about problems."""
