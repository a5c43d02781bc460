"""What a vendor package implements and uses: the interface of targets. Start with ``target.py``."""
