"""Make the changes of a plan (``applying.py``), and check them (``verifying.py``)."""
