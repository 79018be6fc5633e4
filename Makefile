# The two commands: `make run` and `make test`. Each installs what is missing.
.DEFAULT_GOAL := help
.PHONY: help run test check build bundle fmt clean postgres browser node
SHELL := /bin/sh

export GOFLAGS ?= -buildvcs=false

# Root runs Postgres as the user postgres, who cannot enter every checkout.
ifeq ($(shell id -u),0)
DATA ?= /var/lib/maieutic$(subst /,-,$(CURDIR))
else
DATA ?= $(CURDIR)/.data
endif

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' $(MAKEFILE_LIST)

run: postgres build ## start Maieutic with a demo school on http://localhost:8080
	@exec bin/maieutic serve --demo --data "$(DATA)"

test: postgres browser bundle ## every test, race detector on, in a real browser and a real Postgres
	go test -race -timeout 20m ./...

check: bundle ## formatter, vet, staticcheck, known vulnerabilities, types, scripts
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); \
	if [ -n "$$unformatted" ]; then echo "run make fmt; not formatted:"; echo "$$unformatted"; exit 1; fi
	go vet ./...
	go tool staticcheck ./...
	go mod tidy -diff
	go mod verify
	cd web && npx --no-install tsc --noEmit -p .
	@for script in $$(git ls-files '*.sh'); do sh -n "$$script" || exit 1; done
	@bash -n .ci/run
	.ci/vulnerabilities

build: bundle ## bin/maieutic
	go build -trimpath -o bin/maieutic ./cmd/maieutic

bundle: node # the pages' scripts and styles
	@cd web && if [ ! -f node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then \
		npm ci --no-audit --no-fund --loglevel=error && touch node_modules/.package-lock.json; fi
	@go run ./web/build

fmt: ## format the code
	gofmt -w $$(git ls-files '*.go')

clean: ## remove what was built; the data stays
	rm -rf bin web/node_modules web/static/dist/*

postgres:
	@tutor/postgres/install.sh

browser:
	@web/install.sh browser

node:
	@web/install.sh node
