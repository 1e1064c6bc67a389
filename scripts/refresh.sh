#!/bin/sh
# Makes everything anew that is made from something else: templates, samples, tables in docs/ and golden texts.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
. "$root/scripts/setup.sh"
set_up requirements-dev.txt
.venv/bin/python scripts/make_templates.py
.venv/bin/python scripts/make_samples.py
.venv/bin/python scripts/make_docs.py
rm -rf tests/golden
.venv/bin/python -m pytest -q tests/test_report.py --refresh
git --no-pager diff --stat || true
