"""Answers of Vietnamese systems made by others, as files that are no part of this repository: where they lie.

The folder is named by ``CITIZEN_GRAPH_VN_DATA``.
"""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("CITIZEN_GRAPH_VN_DATA") or ROOT.parent / "shared" / "data" / "vn")


def needs(system: str) -> pytest.MarkDecorator:
    """Leave a test out where there are no files of that system."""
    return pytest.mark.skipif(
        not (FOLDER / system).is_dir(), reason="the folder of sample answers is not on this machine"
    )
