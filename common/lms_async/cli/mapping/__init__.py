"""Turn the columns of a file into the fields of a kind.

A mapping decides which columns are read, set to one value, translated or left out:
:mod:`~.field_mapping`. The decisions come from a mapping file (:mod:`~.mapping_file`)
and from the command line (:mod:`~.options`). :mod:`~.matching` applies them to a header, and
:mod:`~.survey` checks words and dates before the first request. :mod:`~.proposing` and
:mod:`~.writing` make a first mapping file from an export. Start reading at :func:`.options.choose`.
"""
