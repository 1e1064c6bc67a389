"""Write the generated tables of the documents; with --check, only tell whether they are current.

python scripts/make_docs.py [--check]
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from wuhao_report.aggregate.storage.export import PUBLIC, RESULTS
from wuhao_report.aggregate.tables.schema import BY_NAME, RUN_TABLES
from wuhao_report.core.catalogue import CATALOGUE, LEVEL_WORDS
from wuhao_report.measures.kinds import MEASURES
from wuhao_report.measures.target import TARGET_WORDS, TARGETS
from wuhao_report.report.template.document_kinds import DOCUMENT_KINDS
from wuhao_report.report.template.names import Chart, Flag, Names, Rows, Text, Texts, Type
from wuhao_report.scheme.excel import layout as lay
from wuhao_report.scheme.excel.writer import Cells, item_rows, rule_rows
from wuhao_report.scheme.lookup import BUILT_IN, scheme_table
from wuhao_report.scheme.model import COUNTS
from wuhao_report.scheme.placeholders import PLACEHOLDERS
from wuhao_report.scheme.read_indicators import AWARDS, SENTENCES
from wuhao_report.scheme.read_sheets import FORM_ROLES, USES
from wuhao_report.tables.sheets import COLUMN_TYPES, FORM_WORDS, FORMS, TYPE_WORDS

DOCS = Path(__file__).parents[1] / "docs"
SAMPLES = DOCS.parent / "sample_workbooks"


def table(heads: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(heads) + " |", "| " + " | ".join("---" for _ in heads) + " |"]
    return "\n".join([*lines, *("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows)])


def _name_rows(declared: Type, name: str) -> Iterator[tuple[str, ...]]:
    """The rows of one declared name: what it is, its explanation, then the names inside it."""
    match declared:
        case Text(about):
            yield f"`{name}`", "文字", about
        case Flag(about):
            yield f"`{name}`", "是/否", about
        case Texts(about):
            yield f"`{name}`", "列表，逐项是文字", about
        case Rows(fields):
            yield f"`{name}`", "列表，逐项有下列名称", ""
            for key, value in fields.items():
                yield from _name_rows(value, f"　逐项.{key}")
        case Names() | Chart():
            missing = "没有数据时为空" if isinstance(declared, Chart) and declared.optional else ""
            yield f"`{name}`", "图表的数据" if isinstance(declared, Chart) else "一组名称", missing
            for key, value in declared.fields.items():
                yield from _name_rows(value, f"{name}.{key}")


def names() -> str:
    """Every group of names once, with the documents that have it."""
    users = {
        group: [kind.name for kind in DOCUMENT_KINDS if group in kind.groups] for kind in DOCUMENT_KINDS for group in kind.groups
    }
    return "\n\n".join(
        f"### {group.title}（{'、'.join(kinds)}）\n\n"
        + table(("名称", "是什么", "说明"), (row for name, declared in group.names.items() for row in _name_rows(declared, name)))
        for group, kinds in users.items()
    )


def measures() -> str:
    return table(
        ("kind", "Excel 里写", "可用的键", "默认类别", "算法"),
        (
            (
                f"`{kind}`",
                lay.KIND_WORDS[kind],
                "、".join(f"`{key}`" for key in measure.keys) or "—",
                f"`{measure.shape}`",
                measure.explanation,
            )
            for kind, measure in MEASURES.items()
        ),
    )


def awards() -> str:
    return table(
        ("kind", "Excel 里写", "可用的键", "怎样给分"),
        (
            (f"`{kind}`", lay.AWARD_WORDS[kind], "、".join(f"`{key}`" for key in keys) or "—", text)
            for kind, (_, keys, text) in AWARDS.items()
        ),
    )


def counts() -> str:
    return table(
        ("counts", "Excel 里的种类", "含义"), ((f"`{name}`", lay.COUNTS_WORDS[name], text) for name, text in COUNTS.items())
    )


def headers() -> str:
    """Every column of the workbook with the key it stands for."""
    inner = {
        lay.ID: "id",
        lay.PLACE: "—",
        lay.LISTED: "each、columns、among、posts",
        lay.WHERE: "where",
        lay.WITHIN: "within",
        "应当符合": "require",
    }
    sheets = (
        (lay.TABLES, lay.table_headers()),
        (lay.TIMES, lay.time_headers()),
        (lay.ITEMS, lay.item_headers()),
        (lay.RULES, lay.rule_headers()),
        (lay.WORDS, lay.sentence_headers()),
    )
    return table(
        ("工作表", "栏", "TOML 里的键", "怎么填"),
        (
            (
                sheet,
                field.header,
                f"`{inner.get(field.header, field.key)}`" if sheet == lay.RULES else f"`{field.key}`",
                field.hint or "—",
            )
            for sheet, fields in sheets
            for field in fields
        ),
    )


KINDS = (
    ("K1", "是或否，全得或不得", "“是否”一类的算法；不写计分方式就是达到得满分", ("1.1",)),
    ("K2", "清单，缺一项扣几分", "“齐备项”加“扣分”；几个条件合成的清单用分项加“扣分”", ("1.2",)),
    (
        "K3",
        "每个周期不少于几次",
        "“次数”加周期；各期都达到得满分。周期可以是月、季度、学期、半年、学年、年、三年",
        ("3.2", "2.4"),
    ),
    ("K4", "少一次扣几分，最低几分", "“次数”加“扣分”和最低分", ("3.1",)),
    ("K5", "比率：一条线、分档，或每低一个百分点扣几分", "“占比”“比率”“人人达到”加“达到得满分”“分档”或“扣分”", ("2.3", "2.2")),
    ("K6", "等级折算", "“等级”把词换成数，加“得分”；按年的取平均", ("4.1",)),
    ("K7", "每个人都达到，或者多少人达到", "“人人达到”", ("2.2",)),
    ("K8", "发生一次扣几分", "“次数”，目标是不超过 0，加“扣分”", ("3.3",)),
    ("K9", "分项：各有分值，或者甲且乙", "分项各写满分的相加；都不写满分的，全部达到才得分", ("4.2", "4.3")),
    ("K10", "数额不低于", "“年度数”“合计”加“达到得满分”或“分档”", ("1.3",)),
    ("K11", "期限，或者某事之后若干天", "“期限”得出迟了几天；加“扣分”（每期只扣一次、一直没有扣几分）", ("1.4", "1.5")),
    ("K12", "比上年增长", "“净增”（名册）或“比上期”（其他数），可以算增长率", ("2.1",)),
    ("K13", "加分", "种类写“加分”，“得分”加封顶；不写封顶就没有上限", ("6.1", "6.2")),
    ("K14", "有条件才适用", "适用条件、不适用条件，看基本信息里的内容；不适用的不计入总分", ("3.5",)),
    ("K15", "一票否决", "种类写“否决”", ("6.3",)),
    ("K16", "名次", "“名次”按另一个数排；单份报告中待汇总评定", ("5.1",)),
    ("K17", "规模系数", "系数按档取值，乘总分或者某一项的得分", ("规模系数",)),
    ("K18", "项内扣分", "在指标下面加“扣分1”“扣分2”……各有自己的算法和目标", ("3.4",)),
    ("K19", "人工评定，写明理由", "“人工评定”；自评分和理由填在工作簿的考评表里", ("5.2",)),
    ("K20", "别处的结果", "“等级”从台账里取最高的一个，加“得分”", ("5.3",)),
)
"""Each kind of rule: what it is, what it is composed of, and the items of the demonstration scheme that show it."""


def kinds() -> str:
    return table(
        ("规则", "是什么", "由哪些部件合成", "演示方案里的例子"),
        ((name, title, text, "、".join(ids)) for name, title, text, ids in KINDS),
    )


def examples() -> str:
    """Every item of the demonstration scheme, as it stands in the workbook and in the text."""
    source = (BUILT_IN / "demo-rules.toml").read_text(encoding="utf-8")
    whole = scheme_table("demo-rules")
    items = {row[lay.ID]: row for row in item_rows(whole) if lay.ID in row and row[lay.KIND] != lay.HEAD}
    parts = []
    shown_already: set[str] = set()
    for name, title, text, ids in KINDS:
        parts.append(f"### {name}　{title}\n\n{text}。")
        for of in ids:
            if of in shown_already:
                parts.append(f"例子见上面的 {of}。")
                continue
            shown_already.add(of)
            row = items[of]
            shown = {key: row[key] for key in row if key not in (lay.KIND, "口径", "重要程度")}
            rules = [
                {key: value for key, value in cells.items() if key != lay.ID} for cells in rule_rows(whole) if cells[lay.ID] == of
            ]
            parts.append(
                f"{row.get('口径', '')}\n\n“指标”表（种类：{row[lay.KIND]}）：\n\n{_as_table([shown])}\n\n“评分规则”表：\n\n{_as_table(rules)}\n\n"
                f"```toml\n{_block(source, of)}\n```"
            )
    return "\n\n".join(part.strip() for part in parts)


def _as_table(rows: list[Cells]) -> str:
    heads = list(dict.fromkeys(key for row in rows for key in row))
    return table(tuple(heads), (tuple(str(row.get(key, "")) for key in heads) for row in rows))


def _block(source: str, of: str) -> str:
    """The text of one indicator or coefficient of a scheme file."""
    blocks = re.split(r"\n(?=\[\[(?:indicator|coefficient|grade|figure)\]\]\n)", source)
    return next(block for block in blocks if f'\nid = "{of}"\n' in block).strip()


def targets() -> str:
    return table(
        ("键", "Excel 里写", "JSON 里的 op"),
        (
            (f"`{key}`" + ("（写 `true`）" if key in ("all", "yes") else ""), TARGET_WORDS[key], f"`{op}`")
            for key, op in TARGETS.items()
        ),
    )


def types() -> str:
    return table(("type", "Excel 里写", "含义"), ((f"`{kind}`", TYPE_WORDS[kind], text) for kind, text in COLUMN_TYPES.items()))


def forms() -> str:
    return table(
        ("form", "Excel 里写", "含义", "必须的 roles"),
        (
            (f"`{form}`", FORM_WORDS[form], text, "、".join(f"`{role}`" for role in FORM_ROLES[form]) or "—")
            for form, text in FORMS.items()
        ),
    )


def uses() -> str:
    return table(
        ("use", "Excel 里写", "roles（Excel 里的角色）"),
        (
            (f"`{use}`", lay.USE_WORDS[use], "、".join(f"`{role}`（{lay.ROLE_WORDS[role]}）" for role in roles))
            for use, roles in USES.items()
        ),
    )


def placeholders() -> str:
    return table(("占位词", "含义"), ((f"`{{{name}}}`", text) for name, text in PLACEHOLDERS.items()))


def sentences() -> str:
    words = {
        "met": "达标",
        "short": "未达标而有数",
        "none": "未达标且为零或为否",
        "tier": "达标而未得满分（按档、按等级）",
        "no_data": "资料暂缺",
        "pending": "还在期内、未达到",
        "pending_none": "还在期内、一点没有",
        "met_some": "不应当发生的事发生过而没有超出规定（一次也没有的用 met）",
        "so_far": "还在期内的句首语",
        "put_right": "以后各期都已达到时的句尾",
        "task": "任务清单",
        "remedy": "整改措施，还来得及",
        "remedy_late": "整改措施，已不可补",
        "way": "还差什么的最短办法，代替下面 way_more、way_people、way_rows、way_full",
        "way_more": "再补多少条、多少人",
        "way_people": "还差几人",
        "way_rows": "还有几行要补齐",
        "way_fill": "要补填哪一格",
        "way_full": "到会率之类：以后次次全到，还要累计多少",
        "way_source": "先补上缺的工作表或栏目",
    }
    return table(("语句", "Excel 里写", "何时用"), ((f"`{name}`", lay.SENTENCE_WORDS[name], words[name]) for name in SENTENCES))


def problems() -> str:
    return table(
        ("代码", "级别", "说明", "怎么办"),
        ((f"`{code}`", LEVEL_WORDS[kind.level], kind.message, kind.hint) for code, kind in CATALOGUE.items()),
    )


COLUMN_WORDS = {"VARCHAR": "文字", "DOUBLE": "数", "INTEGER": "整数", "BIGINT": "整数", "BOOLEAN": "是/否", "DATE": "日期"}


def stored() -> str:
    """Every table of the store that other programs may query."""
    parts = []
    for name in (*RESULTS, *PUBLIC):
        one = BY_NAME.get(name) or next(item for item in RUN_TABLES if item.name == name)
        lead = [("`result`", "整数", "结果编号")] if name in RESULTS else []
        rows = ((f"`{item.name}`", COLUMN_WORDS[item.kind], item.what) for item in one.columns)
        parts.append(f"**`{name}`**　{one.what}\n\n" + table(("栏", "类型", "内容"), iter([*lead, *rows])))
    return "\n\n".join(parts)


TABLES: dict[str, Callable[[], str]] = {
    "names": names,
    "measures": measures,
    "targets": targets,
    "types": types,
    "forms": forms,
    "uses": uses,
    "placeholders": placeholders,
    "sentences": sentences,
    "problems": problems,
    "awards": awards,
    "counts": counts,
    "headers": headers,
    "kinds": kinds,
    "examples": examples,
    "stored": stored,
}
_BLOCK = re.compile(r"(<!-- (?:table|window): (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def window(action: str, *names: str, dropped: str = "", setup: Callable[[Path], None] | None = None) -> str:
    """What the window of a double-click says, with the sample workbooks of these names beside the script."""
    from wuhao_report.cli.double_click import report_or_check

    lines: list[str] = []
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for name in names:
            shutil.copy(SAMPLES / name, folder)
        if setup:
            setup(folder)
        report_or_check(action, folder / dropped if dropped else folder, lambda line: lines.append(str(line)))
        # as it stands on her own machine
        told = [
            re.sub(re.escape(place) + r"(\S*)", lambda match: "D:\\关工委" + match.group(1).replace("/", "\\"), line)
            for line in lines
        ]
    return "```text\n" + "\n".join(line.rstrip() for line in told) + "\n```"


MISTAKES, GOOD, VILLAGE = "06_练习学院_有填写错误.xlsx", "01_测试学院_中期评估.xlsx", "04_测试嘎查村_2024年自查.xlsx"


def _twice(folder: Path) -> None:
    from wuhao_report.tools.batch import run_batch

    run_batch(folder)


def _locked(folder: Path) -> None:
    shutil.copy(DOCS.parent / "tests" / "data" / "有密码.xlsx", folder)
    (folder / "报名表.xlsx").write_text("姓名,电话\n", encoding="utf-8")
    (folder / f"~${GOOD}").write_bytes(b"")


WINDOWS: dict[str, Callable[[], str]] = {
    "check": lambda: window("check", MISTAKES),
    "report": lambda: window("report", GOOD, VILLAGE),
    "again": lambda: window("report", GOOD, VILLAGE, setup=_twice),
    "dropped": lambda: window("report", MISTAKES, dropped=MISTAKES),
    "failed": lambda: window("report", GOOD, setup=_locked),
    "empty": lambda: window("check"),
}


def current(text: str) -> str:
    """The document with its tables made anew."""
    return _BLOCK.sub(lambda match: f"{match.group(1)}{(TABLES | WINDOWS)[match.group(2)]()}\n{match.group(3)}", text)


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
