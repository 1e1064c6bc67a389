"""The story in its steps, for who reads or embeds the program; nothing of the program imports this module.

book = read_book(path)                                   # any file → addressed cells
submission = read_submission(book, scheme)               # cells and a scheme → typed DataFrames, problems
assessment, problems = assess(submission)                # DataFrames → statuses and points
outcome = check(path)                                    # all of that, with the scheme found and every problem
outcomes = check_all(paths)                              # the same for many workbooks, judged together
outcomes = evaluate(frames, profiles, scheme)            # the same from DataFrames alone, wherever they come from
data = outcome_data(outcome)                             # the JSON of `wuhao check --json`
document, problems = build_report(outcome)               # the bytes of the Word report
written = write_report(path)                             # check, make, and write beside the workbook
result = run_batch(folder)                               # the same for every workbook of a folder
with aggregate_folder(folder) as result: ...             # many workbooks as one picture
"""

from wuhao_report.aggregate.run import aggregate_folder
from wuhao_report.core.options import Options
from wuhao_report.evaluation.assessment import assess
from wuhao_report.evaluation.check import Outcome, check, check_all, check_book
from wuhao_report.evaluation.frames import evaluate
from wuhao_report.evaluation.submission import read_submission
from wuhao_report.report.json_form import outcome_data
from wuhao_report.report.report import build_report, make_report, write_report
from wuhao_report.scheme.lookup import find_scheme
from wuhao_report.tools.batch import run_batch
from wuhao_report.workbook.reader import read_book

__all__ = [
    "Options",
    "Outcome",
    "aggregate_folder",
    "assess",
    "build_report",
    "check",
    "check_all",
    "check_book",
    "evaluate",
    "find_scheme",
    "make_report",
    "outcome_data",
    "read_book",
    "read_submission",
    "run_batch",
    "write_report",
]
