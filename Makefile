# Everything is done by devtools/ (Python, standard library only); this file only names it.
PYTHON ?= python3
DEVTOOLS = @exec $(PYTHON) -m devtools

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run test check bench-deadline bench-pdf bench-pages bench-report bench-audit chaos format rehearse-upgrade reset lock css messages shell
export PORT BACKUP SECONDS ARGS RELOAD UPGRADE

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## the whole portal with demo data, until Ctrl-C (PORT=8000, RELOAD=1 to follow edits)
	$(DEVTOOLS) run

test: ## all tests (ARGS="tests/funding -k commit" for some)
	$(DEVTOOLS) test

check: ## format, lint, types, imports, migrations, deployment, templates, translations
	$(DEVTOOLS) check

bench-deadline: ## 300 authorities submit in the last two minutes; fails when one is lost or doubled
	$(DEVTOOLS) bench-deadline

bench-pdf: ## 200 decision letters by a worker; fails when one is not accessible
	$(DEVTOOLS) bench-pdf

bench-pages: ## pages of the evaluation at 50, 200 and 5,000 files; fails when one grows or is slow
	$(DEVTOOLS) bench-pages

bench-report: ## report of a year with 2,000 projects and 20,000 bookings, beside what it costs bare
	$(DEVTOOLS) bench-report

bench-audit: ## what keeping a write costs; fails above 1.3 times the write alone
	$(DEVTOOLS) bench-audit

chaos: ## people hand in while web, workers and broker are killed (SECONDS=180); fails when anything is lost or doubled
	$(DEVTOOLS) chaos

format: ## format Python and templates, repair what the linter can repair
	$(DEVTOOLS) format

rehearse-upgrade: ## restore a backup beside and migrate it (BACKUP=folder, else the latest of BACKUP_DIR)
	$(DEVTOOLS) rehearse-upgrade

reset: ## wipe var/: database, files and broker of this clone
	$(DEVTOOLS) reset

shell: ## a Django shell beside a running `make run`
	$(DEVTOOLS) shell

messages: ## collect the texts to translate into locale/ (needs gettext)
	$(DEVTOOLS) messages

css: ## build static/css and static/fonts from assets/ (needs Node)
	npm ci && npm run build

lock: ## pin and hash requirements*.in again (UPGRADE=1 for newer versions)
	$(DEVTOOLS) lock
