# The GAN Book. `make help` lists what can be asked for.
# Needs only GNU make, a POSIX shell and Python >= 3.10; everything else goes into .venv, .venv-book and .make here.

PYTHON ?= python3
BIN := $(if $(filter Windows_NT,$(OS)),Scripts,bin)
PY := .venv/$(BIN)/python
BOOK := .venv-book/$(BIN)
PORT ?= 8000
SEEDS ?= 10
N ?= 40
SEED ?= 0
# BROWSER=no leaves the browser tests out of `make test`, for a machine without Chromium; it says so loudly.
BROWSER ?= yes
FORMAT ?= py:percent
FORCE ?=

# Tools keep their caches inside the checkout, and numbers come from one thread (they differ with two).
export MPLCONFIGDIR := $(CURDIR)/.make/matplotlib
export IPYTHONDIR := $(CURDIR)/.make/ipython
export JUPYTER_CONFIG_DIR := $(CURDIR)/.make/jupyter/config
export JUPYTER_DATA_DIR := $(CURDIR)/.make/jupyter/data
export JUPYTER_RUNTIME_DIR := $(CURDIR)/.make/jupyter/runtime
export JUPYTER_PREFER_ENV_PATH := 1
export PYTHONUTF8 := 1
$(shell mkdir -p .make/matplotlib .make/ipython)
ONE_THREAD := OMP_NUM_THREADS=1 MKL_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
PYTEST := $(ONE_THREAD) $(PY) -m pytest
# A test that hangs is named and ends, and the others go on. No time of a test is judged by it.
HUNG := --timeout 600 --timeout-method thread

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help env env-book book html pdf serve test lint unit check browser browser-needs nbval run kinds lab text untext format chapter \
	address confirm seeds rerun colab bench lock versions mutants clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

# --- reading

book: html ## set up the light environment (no torch), build the book, print the file to open
	@printf '\nThe book is built. Open this file in a browser:\n  _build/html/index.html\n'

html: env-book
	@$(BOOK)/jupyter-book build --all -W -n --keep-going .

pdf: env html ## the whole book as one PDF: _build/gan-book.pdf
	@$(PY) scripts/pdf.py

serve: book ## build the book and serve it on this machine only (PORT=8000)
	@echo "Serving on http://127.0.0.1:$(PORT)/ (Ctrl-C stops it)"
	@$(BOOK)/python -m http.server $(PORT) --bind 127.0.0.1 --directory _build/html

env-book:
	@$(PYTHON) scripts/environment.py book

# --- checking

env: ## set up the full environment in .venv
	@$(PYTHON) scripts/environment.py full

# Fast first, the book before what looks at its pages; nbval, which executes every chapter, last.
test: browser-needs env env-book ## everything: lint, notebook contract, book build, unit tests, browser tests, strict nbval
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory check
	@$(MAKE) --no-print-directory html
	@$(MAKE) --no-print-directory unit
	@$(if $(filter no,$(BROWSER)),echo "*** THE BROWSER TESTS WERE LEFT OUT (make browser runs them) ***",$(MAKE) --no-print-directory browser)
	@$(MAKE) --no-print-directory nbval

lint: env ## ruff on code and notebooks
	@$(PY) -m ruff check . && $(PY) -m ruff format --check .

check: env ## the contract of the notebooks, without running them (CH=01 for one)
	@$(PY) scripts/check_notebooks.py $(CH)

unit: env ## unit tests and doctests (ARGS="-k losses" is handed to pytest)
	@$(PYTEST) -n 2 --dist loadfile --ignore tests/browser $(HUNG) $(ARGS)

browser: env ## the built book in a real browser, with the network cut
	@sh scripts/browser_needs.sh
	@test -f _build/html/index.html || $(MAKE) --no-print-directory html
	@$(PYTEST) tests/browser -n 2 --dist worksteal $(HUNG) $(ARGS)

# No browser test is ever skipped: what they need is there, or this says how to get it and fails.
browser-needs:
	@if [ "$(BROWSER)" != no ]; then sh scripts/browser_needs.sh; fi

# Of a claim's line the measured number is not compared: scripts/nbval_sanitize.cfg.
nbval: env ## run every notebook and compare its outputs with the committed ones (CH=01 for one)
	@FILES=$$($(PY) scripts/chapters.py $(or $(CH),all)) && \
		GANBOOK_STATIC=1 $(PYTEST) --nbval --nbval-current-env --nbval-kernel-startup-timeout 600 -n 2 --dist loadfile \
		-o addopts= --nbval-sanitize-with scripts/nbval_sanitize.cfg $$FILES $(ARGS)

# --- writing

chapter: env ## start a chapter from the template: make chapter NAME=20_my_topic
	@$(PY) scripts/new_chapter.py $(NAME)

run: env ## execute a chapter in place: make run CH=01
	@$(ONE_THREAD) $(PY) scripts/run_notebook.py $(CH)

kinds: env ## give each code cell its kind by tags, and measure the page: make kinds CH=05
	@$(PY) scripts/kinds.py $(CH)

lab: env ## open Jupyter on the notebooks, whose films it plays once they are trusted
	@$(PY) -m jupyter trust notebooks/*.ipynb > /dev/null
	@$(PY) -m jupyter lab --ip 127.0.0.1 notebooks

text: env ## write a chapter as text to build/text: make text CH=01 [FORMAT=md:myst]
	@$(PY) scripts/text_form.py out $(CH) --format $(FORMAT) $(if $(FORCE),--force)

untext: env ## read that text back, keeping outputs and cell metadata: make untext CH=01
	@$(PY) scripts/text_form.py back $(CH) --format $(FORMAT)

format: env ## format code and notebooks
	@$(PY) -m ruff check --fix --quiet . ; $(PY) -m ruff format . && $(PY) scripts/setup_cell.py

address: env ## write the repository's address of _config.yml into every notebook
	@$(PY) scripts/setup_cell.py

rerun: env ## each cell of a chapter once more, alone, after its end: make rerun CH=02
	@$(ONE_THREAD) $(PY) scripts/rerun.py $(CH)

confirm: env ## run again one job of each result whose code has changed, and compare: after a change of the core
	@$(PY) scripts/confirm.py

seeds: env ## a chapter's claims under other seeds, with their margins: make seeds CH=02 [SEEDS=10]
	@$(ONE_THREAD) $(PY) scripts/seeds.py $(CH) --seeds $(SEEDS)

colab: env ## rehearse Colab: its versions, each notebook alone in an empty folder (long; CH="01 05" for some)
	@$(PY) scripts/rehearse_colab.py $(CH)

bench: env ## our training rounds against the usual way, the weight of the book, frames a second of the live pieces; AGAINST=commit: against our own
	@$(PY) scripts/bench.py
	@$(PY) tests/browser/frames.py
	@$(if $(AGAINST),$(PY) scripts/bench_against.py $(AGAINST))

lock: env ## resolve the lock (requirements.txt) anew
	@$(PY) scripts/lock.py

versions: env ## do the bounds of pyproject.toml resolve, to their lowest and to the newest (asks the package index)
	@$(PY) scripts/versions.py

mutants: env ## plant small defects in ganbook and see whether the tests notice: make mutants [IN="losses penalties" N=40 SEED=0]
	@$(ONE_THREAD) $(PY) scripts/mutants.py $(IN) --n $(N) --seed $(SEED)

clean: ## remove what was built (the environments stay)
	@rm -rf _build build .make .pytest_cache .ruff_cache .hypothesis && find . -name __pycache__ -not -path './.venv*' -type d -exec rm -rf {} +
