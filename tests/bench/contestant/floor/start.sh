#!/bin/bash
# env: PORT HOSPITAL VACCINATION INSURANCE CITIZEN_GRAPH (the root of this repository); runs in the foreground
cd "$CITIZEN_GRAPH" || exit 1
export PYTHONDONTWRITEBYTECODE=1
exec .venv/bin/python -m tests.bench.contestant.least
