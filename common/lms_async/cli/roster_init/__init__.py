"""``lms roster init``: propose the mapping of a roster from what both sides have.

Start reading at :mod:`~.run`. :mod:`~.source_survey` counts what the source has, and
:mod:`~.vendor_survey` what the vendor has. :mod:`~.writing` puts the file together, from parts that
:mod:`~.keys`, :mod:`~.words`, :mod:`~.schools`, :mod:`~.terms` and :mod:`~.limits` propose.
"""
