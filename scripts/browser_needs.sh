#!/bin/sh
# What the browser tests need: a Chromium of the system, and axe-core in node_modules (fetched once, by npm).
set -eu
cd "$(dirname "$0")/.."

loud() {
  printf '\n****************************************************************\n' >&2
  printf '%s\n' "$@" >&2
  printf '****************************************************************\n\n' >&2
  exit 1
}

browser=
named=${GANBOOK_CHROMIUM:-${CHROMIUM:-}} # a path may have spaces
if [ -n "$named" ]; then set -- "$named"; else
  set -- chromium-headless-shell chromium chromium-browser google-chrome google-chrome-stable
fi
for name in "$@"; do
  if command -v "$name" >/dev/null; then browser=$name; fi
done
if [ -z "$browser" ]; then
  loud "There is no Chromium, and the browser tests need one. Get it, then run the same again:" \
    "  Debian:          apt-get install chromium-headless-shell (or chromium, which takes longer)" \
    "  Ubuntu:          apt-get install chromium" \
    "  Fedora:          dnf install chromium" \
    "  macOS, others:   install Chromium or Chrome, and name it: GANBOOK_CHROMIUM=/path/to/it make test" \
    "To run all other checks without it: make test BROWSER=no"
fi
if [ ! -e node_modules/axe-core/axe.min.js ]; then
  command -v npm >/dev/null || loud "The browser tests need axe-core, which npm installs, and there is no npm. Get it," \
    "then run the same again:" \
    "  Debian, Ubuntu:  apt-get install npm" \
    "To run all other checks without it: make test BROWSER=no"
  npm install --no-audit --no-fund --no-package-lock --loglevel=error --cache .make/npm ||
    loud "npm could not install axe-core (package.json names it). Mend the cause (no network?) and run the same again." \
      "To run all other checks without it: make test BROWSER=no"
fi
