"""Runs a script of node beside its tools."""

import asyncio
import os
from pathlib import Path


async def node(folder: Path, *command: str, **told: str) -> str:
    """What it printed; it must end well."""
    running = await asyncio.create_subprocess_exec(
        "node", *command, cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        env={"PATH": os.environ["PATH"], **told},
    )  # fmt: skip
    out, complaints = await asyncio.wait_for(running.communicate(), 60)
    assert running.returncode == 0, complaints.decode() + out.decode()
    return out.decode()
