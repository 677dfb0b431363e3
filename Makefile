# Two commands set everything up on a machine that has git, make and Python 3.11 to 3.13: `make demo` and `make test`.
.PHONY: help demo test branches fuzz check docs pi budget man lock release pythons audit mutants pi-camera clean
.DEFAULT_GOAL := help
# They fill the one .venv; the test of the window has .window beside it, where there is an X server to show it.
.NOTPARALLEL:

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## install the light runtime into .venv and read the demo camera; the annotated frames go to out/
	@sh requirements/install.sh runtime
	.venv/bin/digitreader read demo --frames 240 --annotate out

test: ## install the rest, TensorFlow included, into .venv and run the tests on all processors (ARGS="-k name" picks some)
	@sh requirements/install.sh full
	-@! command -v Xvfb >/dev/null || sh requirements/install.sh window
	.venv/bin/python -m pytest -n auto --maxprocesses 4 --dist loadfile $(ARGS)

branches: ## as test, and count the branches that the tests run; it fails if they are too few
	@sh requirements/install.sh full
	.venv/bin/python -m pytest -p tools.branches $(ARGS)

fuzz: ## fuzz every kind of input for ten minutes, guided by branches (ARGS="--kind card --seconds 3600")
	@sh requirements/install.sh full
	.venv/bin/python -m tests.fuzz.guided --seconds 600 $(ARGS)

check: ## ruff, ruff format and mypy over the runtime, train, export and the tests; codespell over everything
	@sh requirements/install.sh full
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/codespell
	.venv/bin/mypy

docs: ## build the reference of the Python API, as web pages, into out/api
	@sh requirements/install.sh full
	.venv/bin/pdoc --docformat google --output-directory out/api digitreader

pi: ## read, verify and count instructions on emulated Raspberry Pis, 10 minutes (ARGS="--core cortex-a72" for one)
	@sh requirements/install.sh full
	.venv/bin/python -m tools.pi.check $(ARGS)
	.venv/bin/python -m tools.pi.budget

budget: ## count the instructions of each stage on emulated Raspberry Pis, and update their table
	@sh requirements/install.sh full
	.venv/bin/python -m tools.pi.budget --write $(ARGS)

man: ## make the manual page of all commands from their --help: out/man/man1/digitreader.1
	@sh requirements/install.sh runtime
	@mkdir -p out/man/man1
	.venv/bin/digitreader man > out/man/man1/digitreader.1

lock: ## update the locks in requirements/ after a change of the dependencies in pyproject.toml
	@sh requirements/install.sh full
	@sh requirements/lock.sh

release: ## sdist and wheel into dist/, built twice to the same bytes, with SBOM and checksums, and tested in an empty environment
	@sh requirements/install.sh full
	.venv/bin/python -m tools.release.build

pythons: ## the wheel, and the tests that need no TensorFlow, on each of Python 3.11, 3.12 and 3.13 that is here
	@sh requirements/install.sh full
	.venv/bin/python -m tools.release.pythons $(ARGS)

audit: ## known vulnerabilities of the locked packages (ARGS=--strict fails if the database has no answer)
	@sh requirements/install.sh release
	.release/bin/python -m tools.release.audit $(ARGS)

mutants: ## make small errors in find, model/glyph and reading, and count those that the tests notice (ARGS="--count 70 --seed 2")
	@sh requirements/install.sh full
	@sh requirements/install.sh mutants
	.mutants/bin/python -m tools.mutants.run $(ARGS)

pi-camera: ## the installed service reads the kernel's virtual camera in an emulated machine (ARGS="--processor x86_64")
	@sh requirements/install.sh full
	.venv/bin/python -m tools.machine.camera $(ARGS)

clean: ## remove everything but your runs/: .venv, .window, .release, .mutants, .tools, dist, out and the caches
	rm -rf .venv .window .release .mutants .tools dist out .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
