"""Write the generated tables of the documents; with --check, only tell whether they are current.

    python scripts/make_docs.py [--check]
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from wuhao_report.measure_read import MEASURES, TARGETS
from wuhao_report.names import NAMES
from wuhao_report.problems import CATALOGUE, LEVEL_WORDS
from wuhao_report.scheme import COLUMN_TYPES, FORMS
from wuhao_report.scheme_read import FORM_ROLES, SENTENCES, USES
from wuhao_report.sentences import PLACEHOLDERS

DOCS = Path(__file__).parents[1] / "docs"


def table(heads: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(heads) + " |", "| " + " | ".join("---" for _ in heads) + " |"]
    return "\n".join([*lines, *("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows)])


def _names(shape: Any, name: str) -> Iterator[tuple[str, ...]]:
    if isinstance(shape, str):
        yield f"`{name}`", "是/否" if "是/否条件" in shape else "文字", shape.replace("（是/否条件）", "")
    elif isinstance(shape, list):
        inner = shape[0]
        if isinstance(inner, str):
            yield f"`{name}`", "列表，逐项是文字", inner
        else:
            yield f"`{name}`", "列表，逐项有下列名称", ""
            for key, value in inner.items():
                yield from _names(value, f"　逐项.{key}")
    else:
        yield f"`{name}`", "一组名称", ""
        for key, value in shape.items():
            yield from _names(value, f"{name}.{key}")


def names() -> str:
    return table(("名称", "是什么", "说明"), (row for name, shape in NAMES.items() for row in _names(shape, name)))


def measures() -> str:
    return table(("kind", "可用的键", "默认类别", "算法"), (
        (f"`{kind}`", "、".join(f"`{key}`" for key in keys), f"`{shape}`", text) for kind, (_, keys, shape, text) in MEASURES.items()))


def targets() -> str:
    words = {"at_least": "不少于", "more_than": "大于", "at_most": "不超过", "all": "全部（写 `all = true`）", "yes": "是（写 `yes = true`）"}
    return table(("键", "含义", "JSON 里的 op"), ((f"`{key}`", words[key], f"`{op}`") for key, op in TARGETS.items()))


def types() -> str:
    return table(("type", "含义"), ((f"`{kind}`", text) for kind, text in COLUMN_TYPES.items()))


def forms() -> str:
    return table(("form", "含义", "必须的 roles"), (
        (f"`{form}`", text, "、".join(f"`{role}`" for role in FORM_ROLES[form]) or "—") for form, text in FORMS.items()))


def uses() -> str:
    words = {"profile": "基本信息", "years": "年度数据", "mending": "问题整改", "evidence": "佐证材料", "texts": "文字材料", "activities": "活动一览表的来源"}
    return table(("use", "用途", "roles"), ((f"`{use}`", words[use], "、".join(f"`{role}`" for role in roles)) for use, roles in USES.items()))


def placeholders() -> str:
    return table(("占位词", "含义"), ((f"`{{{name}}}`", text) for name, text in PLACEHOLDERS.items()))


def sentences() -> str:
    words = {"met": "达标", "short": "未达标而有数", "none": "未达标且为零或为否", "no_data": "资料暂缺", "pending": "还在期内、未达到",
             "pending_none": "还在期内、一点没有", "so_far": "还在期内的句首语", "task": "任务清单", "remedy": "整改措施，还来得及", "remedy_late": "整改措施，已不可补"}
    return table(("语句", "何时用"), ((f"`{name}`", words[name]) for name in SENTENCES))


def problems() -> str:
    return table(("代码", "级别", "说明", "怎么办"), (
        (f"`{code}`", LEVEL_WORDS[kind.level], kind.message, kind.hint) for code, kind in CATALOGUE.items()))


TABLES: dict[str, Callable[[], str]] = {
    "names": names, "measures": measures, "targets": targets, "types": types, "forms": forms, "uses": uses,
    "placeholders": placeholders, "sentences": sentences, "problems": problems,
}
_BLOCK = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def current(text: str) -> str:
    """The document with its tables made anew."""
    return _BLOCK.sub(lambda match: f"{match.group(1)}{TABLES[match.group(2)]()}\n{match.group(3)}", text)


def main() -> None:
    stale = []
    for path in sorted(DOCS.glob("*.md")):
        text = path.read_text(encoding="utf-8")
        if current(text) != text:
            stale.append(path.name)
            if "--check" not in sys.argv:
                path.write_text(current(text), encoding="utf-8")
    if "--check" in sys.argv and stale:
        sys.exit(f"stale: {', '.join(stale)}")


if __name__ == "__main__":
    main()
