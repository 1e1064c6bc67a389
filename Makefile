# What a developer runs. Everything happens in .venv, which `setup` makes; `make` alone lists the targets.
PYTHON := .venv/bin/python
FAST := not (long or slow or libreoffice or wine or browser or cluster)

help: ## list the targets
	@sed -n 's/^\([a-z-]*\): .*## \(.*\)/\1\t\2/p' Makefile

setup: ## make .venv with the pinned packages, and the hooks of git
	@root="$(CURDIR)" sh -c '. scripts/setup.sh && set_up requirements-dev.txt'
	@if [ -e .git ] && [ -z "$$CI" ]; then .venv/bin/pre-commit install >/dev/null; fi

lint: setup ## ruff, and mypy --strict over everything
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy

format: setup ## put the code into its form
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

test-fast: setup ## what needs no Debian package, under a minute
	HYPOTHESIS_PROFILE=fast $(PYTHON) -m pytest -n 2 --dist loadgroup -m "$(FAST)"

test: ## everything but the long tests, as the README says
	@sh scripts/test.sh

test-long: setup ## many more examples, mutants and committees, before a release
	HYPOTHESIS_PROFILE=long $(PYTHON) -m pytest -n 2 --dist loadgroup -m "long or property"

fuzz: setup ## mutants of all that comes by mail, with a new seed that is printed
	@seed=$${WUHAO_FUZZ_SEED:-$$(date +%s)}; echo "WUHAO_FUZZ_SEED=$$seed"; \
	WUHAO_FUZZ_SEED=$$seed $(PYTHON) -m pytest -n 2 -m long tests/test_fuzz_mail.py

test-lowest: setup ## the fast tests with the oldest versions that pyproject.toml allows
	.venv/bin/uv venv --quiet --clear .venv-lowest --python $(PYTHON)
	.venv/bin/uv pip install --quiet --python .venv-lowest --resolution lowest-direct --editable '.[dev]'
	HYPOTHESIS_PROFILE=fast .venv-lowest/bin/python -m pytest -n 2 --dist loadgroup -m "$(FAST)" --deselect tests/test_project.py -W default

coverage: setup ## what the tests reach, branches too, with its floor
	@sh scripts/test.sh --coverage

pins: setup ## the hashes of all pinned packages anew, after a version was changed
	PATH="$(CURDIR)/.venv/bin:$$PATH" $(PYTHON) scripts/make_pins.py

bench: setup ## speed of one workbook, of a batch, of an aggregate
	$(PYTHON) benchmarks/bench.py
	$(PYTHON) benchmarks/bench_aggregate.py

docs: setup ## templates, samples, tables of the documents and golden texts made anew
	@sh scripts/refresh.sh

.PHONY: help setup lint format test-fast test test-long fuzz test-lowest coverage pins bench docs
