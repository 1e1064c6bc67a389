"""`python -m wuhao_report` is `wuhao`."""

from wuhao_report.cli.commands import main

main()
