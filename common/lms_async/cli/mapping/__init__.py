"""From the columns of a file to the fields of a kind: what is read, set, translated and left out.

:mod:`~.field_mapping` holds the decisions. They come from a mapping file (:mod:`~.mapping_file`)
and from the command line (:mod:`~.options`). :mod:`~.matching` applies them to a header, and
:mod:`~.survey` checks words and dates before the first request. :mod:`~.proposing` and
:mod:`~.writing` make a first mapping file from an export. Start reading at :func:`.options.choose`.
"""
