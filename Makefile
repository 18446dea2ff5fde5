# `make` lists the targets. The first that needs it sets up .venv; nothing has to be activated.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.DEFAULT_GOAL := help
.PHONY: help demo test fuzz yardstick faults bench lint format docs figures gallery mutants clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

demo: $(READY) ## draw out.gif, the notebook's own descent
	$(BIN)/gdanim run --lr 0.1 --start 5 -o out.gif

test: lint ## lint, type-check and run the tests
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile

fuzz: $(READY) ## try 100,000 formulas against 80 digits (some 25 minutes)
	$(BIN)/python -m tests.test_formula_fuzz 100000

yardstick: $(READY) ## judge 5,000 random runs' verdicts by runs of 20 times the length
	$(BIN)/python -m tests.yardstick 5000

mutants: $(READY) ## put some 60 faults into copies of the code, and see which the tests notice
	$(BIN)/python -m tests.mutants

bench: $(READY) ## measure speed, memory and size beside what one would use instead
	$(BIN)/python -m tests.benchmarks

faults: $(READY) ## kill, hang up and interrupt runs, take their room away, and look at what is left
	$(BIN)/python -m tests.faults

lint: $(READY) ## ruff and mypy
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(READY) ## let ruff format and mend what it can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(READY) ## write the README's command reference from --help
	$(BIN)/python -m tests.reference

figures: $(READY) ## draw the figures of the README and of examples/
	$(BIN)/python -m tests.figures

gallery: $(READY) ## draw the frames that the tests compare with
	$(BIN)/python -m tests.gallery

clean: ## remove the environment and everything generated
	rm -rf .venv out.gif out.mp4 gradient_descent.gif .pytest_cache .mypy_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable . --group dev
	@touch $@
