# Two commands set everything up on a machine that has git, make and Python 3.11 to 3.13: `make demo` and `make test`.
.PHONY: help demo test coverage fuzz check docs lock clean
.DEFAULT_GOAL := help
# They fill the one .venv; the test of the window has .window beside it, where there is an X server to show it.
.NOTPARALLEL:

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## install the light runtime into .venv and read the demo camera; the annotated frames go to out/
	@sh requirements/install.sh runtime
	.venv/bin/digitreader read demo --frames 240 --annotate out

test: ## install the rest, TensorFlow included, into .venv and run the tests (ARGS="-k name" picks some)
	@sh requirements/install.sh full
	-@! command -v Xvfb >/dev/null || sh requirements/install.sh window
	.venv/bin/python -m pytest $(ARGS)

coverage: ## as test, and say which branches of the code no test takes; up to 1.6 times as long
	@sh requirements/install.sh full
	.venv/bin/coverage run -m pytest $(ARGS)
	.venv/bin/coverage report

fuzz: ## fuzz every kind of input for ten minutes, guided by branches (ARGS="--kind card --seconds 3600")
	@sh requirements/install.sh full
	.venv/bin/python -m tests.fuzz.guided --seconds 600 $(ARGS)

check: ## ruff, ruff format and mypy over the runtime, train, export and the tests; codespell over everything
	@sh requirements/install.sh full
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/codespell
	.venv/bin/mypy

docs: ## build the reference of what a Python program imports, as web pages, into out/api
	@sh requirements/install.sh full
	.venv/bin/pdoc --docformat google --output-directory out/api digitreader

lock: ## renew the locks in requirements/ after a change of the dependencies in pyproject.toml
	@sh requirements/install.sh full
	@sh requirements/lock.sh

clean: ## remove everything but your runs/: .venv, .window, .tools, dist, out and the caches
	rm -rf .venv .window .tools .coverage dist out .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
