#!/bin/sh
# Makes everything anew that is made from something else: templates, samples, tables in docs/ and golden texts (those no test compares go).
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
. "$root/scripts/setup.sh"
set_up requirements-dev.txt
.venv/bin/python scripts/make_templates.py
.venv/bin/python scripts/make_samples.py
.venv/bin/python scripts/make_docs.py
.venv/bin/python -m pytest -q tests/test_report.py --snapshot-update
git --no-pager diff --stat || true
