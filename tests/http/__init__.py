import pytest

pytest.register_assert_rewrite("tests.http.bulk_faults")  # so that a failure shows the values
