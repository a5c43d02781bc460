"""The guard, which refuses plans that would change more than a school expects."""
