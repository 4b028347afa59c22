# Everything a newcomer needs: `make demo` shows the facts of a report, `make test` runs the tests.
# `make check` runs ruff, mypy, the import contracts and an audit of known weaknesses; `make readme` writes the outputs in the README anew.
# `make tools` installs other people's tools, apart, for the tests that run them on our files.
# PYTHON=/path/to/python3.12 names an interpreter; VENV=folder puts the environment elsewhere.

VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
export PYTHON

# What they pin would hold our own libraries back.
TOOLS := 'label-studio-sdk>=2.1,<3' 'pybrat>=0.1.7'

# Executions of each of the fuzzer's targets: a million in all
RUNS ?= 55000

# The extras whose oldest libraries are tested; training's are too large to be kept twice
LOWEST := pandas html docx pdf excel sql web charts dev

.PHONY: demo test check readme picture load fuzz licences lowest tools parsbert-shape clean

demo: $(VENV)/.base
	@$(BIN)/ie predict ie/data/demo.txt --format table

test: $(VENV)/.dev
	$(BIN)/python -m pytest

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict ie
	$(BIN)/lint-imports
	$(BIN)/python scripts/audit.py

readme: $(VENV)/.dev
	$(BIN)/python tests/test_readme.py

# The picture of the review page in the README; needs Chromium
picture: $(VENV)/.dev
	IE_PICTURE=1 $(BIN)/python -m pytest tests/test_browser.py -k picture

# The server at and beyond what it can do, for five minutes: figures and what went wrong
load: $(VENV)/.dev
	$(BIN)/python scripts/load.py --seconds 300

# What every package that an installation brings says of its licence
licences: $(VENV)/.dev
	$(BIN)/python scripts/licences.py ie/data/licences.md

# The tests, without those of training and of the browser, on the oldest release of each library that pyproject.toml takes
lowest: $(VENV)/.lowest
	$(VENV)/lowest/bin/python -m pytest tests -W default --ignore tests/test_browser.py --ignore tests/test_readme.py

# Hostile inputs made by atheris for every reader and loader, RUNS for each; what fails is kept in .fuzz
fuzz: $(VENV)/.dev
	$(BIN)/python tests/fuzz/fuzz.py --runs $(RUNS)

tools: $(VENV)/.tools

# ParsBERT's real sizes, 12 layers × 768, which the tests shrink to one small layer (about 4 GB of memory)
parsbert-shape: $(VENV)/.dev
	IE_FULL_SHAPE=1 $(BIN)/python -m pytest tests/test_encoders.py

clean:
	rm -rf $(VENV)

# Stamps: each is made anew only when what it was made from has changed.
$(VENV)/.created:
	@python=$$(./.ci/find-python) && echo "Creating $(VENV) with $$python" && "$$python" -m venv --clear $(VENV)
	@touch $@

$(VENV)/.base: pyproject.toml $(VENV)/.created
	@echo "Installing ie"
	@$(PIP) install -qq --editable .
	@touch $@

$(VENV)/.dev: pyproject.toml $(VENV)/.base
	@echo "Installing ie with everything its tests need (PyTorch among it: this takes some minutes the first time)"
	@$(PIP) install -qq --editable '.[train,dev]'
	@touch $@

$(VENV)/.lowest: pyproject.toml Makefile $(VENV)/.created
	@echo "Installing the oldest libraries that ie takes"
	@$(BIN)/python -m venv --clear $(VENV)/lowest
	@$(VENV)/lowest/bin/python -m pip --disable-pip-version-check install -qq uv
	@$(VENV)/lowest/bin/uv pip compile -q pyproject.toml --resolution lowest-direct $(LOWEST:%=--extra %) -o $(VENV)/lowest/pins.txt
	@$(VENV)/lowest/bin/uv pip install -q --python $(VENV)/lowest -r $(VENV)/lowest/pins.txt
	@$(VENV)/lowest/bin/uv pip install -q --python $(VENV)/lowest --no-deps --editable .
	@touch $@

$(VENV)/.tools: Makefile $(VENV)/.created
	@echo "Installing the tools whose code tests our files (a minute the first time)"
	@$(BIN)/python -m venv --clear $(VENV)/tools
	@$(VENV)/tools/bin/python -m pip --disable-pip-version-check install -qq $(TOOLS)
	@touch $@
