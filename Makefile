# Everything the project does, from a fresh clone: `make reports`, `make test`.
# Each target sets up .venv by itself, once; a second call installs nothing.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: reports test bench lab check clean codebook quality gallery pictures sample lock help

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/'

reports: $(READY)  ## check the records and bring all reports up to date
	@$(BIN)/workbench build

test: $(READY)  ## run the tests
	@$(BIN)/python -m pytest -n auto

bench: reports .bench/.ready  ## measure figures, the board and runs; writes docs/benchmarks.md
	@for file in benchmarks/[a-z]*.py; do echo "$$file"; .bench/bin/python "$$file" || exit 1; done

.bench/.ready: benchmarks/requirements.txt requirements.lock  # with what is measured against, apart from the rest
	@$(PYTHON) -m venv .bench
	@.bench/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@.bench/bin/python -m pip install --quiet --disable-pip-version-check -r benchmarks/requirements.txt
	@.bench/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch .bench/.ready

check: $(READY)  ## records, formatting, types
	@$(BIN)/workbench check
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy

lab: $(READY)  ## open JupyterLab on the notebooks
	@JUPYTER_PREFER_ENV_PATH=1 $(BIN)/python -m jupyterlab notebooks

clean:  ## take away everything built, and the environment
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist src/*.egg-info
	@rm -rf data/exports
	@find data/processed reports -mindepth 1 -maxdepth 1 ! -name README.md -exec rm -rf {} +
	@find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

codebook: $(READY)  ## write docs/codebook.md from the model and the word lists
	@$(BIN)/python -m workbench.records.codebook

quality: $(READY)  ## write docs/data-quality.md from the records and the two codings
	@$(BIN)/python tools/data_quality.py

gallery: $(READY)  ## write docs/gallery.md and its pictures from the figures
	@$(BIN)/python tools/gallery.py

sample: $(READY)  ## release the sample edition in docs/sample
	@$(BIN)/python tools/sample.py

pictures: $(READY)  ## take the pictures of reports for docs/gallery.md (needs chromium, pdftoppm, soffice)
	@$(BIN)/workbench build --all-formats
	@$(BIN)/python tools/report_pictures.py
	@$(BIN)/python tools/gallery.py

lock:  ## renew requirements.lock from pyproject.toml (needs uv)
	@uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--extra dev pyproject.toml -o requirements.lock --upgrade

$(READY): requirements.lock pyproject.toml docs/jupyterlab-overrides.json
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Setting up $(VENV), once; this takes a minute or two."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@mkdir -p $(VENV)/share/jupyter/lab/settings
	@cp docs/jupyterlab-overrides.json $(VENV)/share/jupyter/lab/settings/overrides.json
	@touch $(READY)
