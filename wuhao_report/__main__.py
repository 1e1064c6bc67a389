"""`python -m wuhao_report` is `wuhao`."""

from wuhao_report.cli.main import main

main()
