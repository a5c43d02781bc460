"""Plans as files. ``plan_file.py`` describes and reads them, and ``plan_writer.py`` writes them."""
