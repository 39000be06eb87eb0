# make run    the sandbox city, a gateway, the explorer
# make test   all tests
# Both do their whole set-up themselves; Python 3.11 and git are enough.

PYTHON ?= python3.11
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help run test lint format schema golden lock clean

help:  ## what there is to make
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 16

run: .venv/ready  ## the sandbox city with a gateway and the explorer
	@$(BIN)/python -m tests.sandbox --with-gateway

test: .venv/ready  ## all tests
	$(BIN)/python -m pytest

lint: .venv/ready  ## style, types, who may import whom, and the published schema
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m gateway schema | diff - schema.graphql
	@for who in clinician health_station insurer; do \
		$(BIN)/python -m gateway schema --audience $$who | diff - resolvers/access/schemas/$$who.graphql || exit 1; done

format: .venv/ready  ## put the code in order
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

schema: .venv/ready  ## print the schemas anew
	$(BIN)/python -m gateway schema > schema.graphql
	@for who in clinician health_station insurer; do \
		$(BIN)/python -m gateway schema --audience $$who > resolvers/access/schemas/$$who.graphql; done

golden: .venv/ready  ## write the golden answers anew; then read the difference
	$(BIN)/python -m tests.golden

lock: .venv/ready  ## resolve the versions anew
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--group dev pyproject.toml --output-file requirements.lock --upgrade

clean:  ## forget the set-up and the sandbox's files
	rm -rf .venv .sandbox

.venv/ready: requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) is missing; another one: make PYTHON=python3 ..."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@
