"""One class a resource; each method is a signature, its documentation, and one call."""
