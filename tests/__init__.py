"""Tests of wuhao-report: behaviour through the public API and the command line."""
