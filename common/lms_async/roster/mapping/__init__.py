"""The settings of a roster, and the TOML file that has them. Start with ``mapping.py``."""
