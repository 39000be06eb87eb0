"""Failing assertions inside the conformance suite show their values, as in any test file."""

import pytest

pytest.register_assert_rewrite("tests.connectors.conformance")
