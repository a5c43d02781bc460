"""Shell completion: the scripts that ``lms completion`` prints, and what Tab suggests."""
