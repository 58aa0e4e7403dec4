# SPDX-License-Identifier: Apache-2.0
#
# make try     build the programs and watch one letter go all the way; with
#              ONION=1 over a Tor network of its own on this machine (needs tor)
# make test    install what the tests need (as root or in CI) and run them all
#
# make build   build the programs into bin/
# make check   format, vet, static analysis, rules of the house, same bytes twice
# make bench   measure what the design sets a target for
# make soak    the long rounds of the tests that have them, then a long search by
#              every fuzz target (FUZZTIME=2m each); takes hours
# make screenshots  leave every view of the contact page and cards in bin/screenshots
# make dist    make a release in dist/: packages, archives, source, sums; signed
#              with KEY=path. docs/RELEASING.md says the rest
# make deps    install the system packages that the tests need
# make generate  remake every generated file

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := build

# The toolchain is the one that is installed, the module graph the one that is
# committed; a build that would fetch either behind our back stops instead.
export GOTOOLCHAIN := local
export GOFLAGS := -mod=readonly
export GOWORK := off

.PHONY: try build test deps check bench soak screenshots dist generate clean need-go

try: build
	@bin/tamizdat try $(if $(filter 1,$(ONION)),--onion)

build: need-go
	@tools/build.sh bin

test: need-go
	@tools/deps.sh if-allowed
	@go -C tools run ./runtests

deps:
	@tools/deps.sh

check: need-go
	@go -C tools run ./check

bench: need-go
	@go -C tools run ./bench

soak: need-go
	@TAMIZDAT_SOAK=1 go -C tools run ./runtests -soak
	@go -C tools run ./runfuzz -each $(or $(FUZZTIME),2m)

screenshots: need-go
	@mkdir -p bin/screenshots
	@TAMIZDAT_SCREENS=$(CURDIR)/bin/screenshots go test -count=1 -run '^TestInABrowser$$' ./desk/contact
	@echo "they are in bin/screenshots"

dist: need-go
	@rm -rf dist
	@go -C tools run ./dist -out ../dist -key "$(KEY)"

generate: need-go
	@go generate ./...

clean:
	rm -rf bin dist

need-go:
	@tools/needgo.sh
