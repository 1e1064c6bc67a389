"""The plain tables of an indicator system → a workbook an administrator can edit, or its text in TOML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from wuhao_report.core.cell_reference import column_letters
from wuhao_report.measures.base import PLACE_WORDS
from wuhao_report.measures.kinds import MEASURES
from wuhao_report.measures.target import TARGET_WORDS
from wuhao_report.scheme.excel import layout as lay
from wuhao_report.tables.codecs import Field, plain, write_list, write_tiers, write_where

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

Table = Mapping[str, Any]
Cells = dict[str, Any]
FIRST_ROW = lay.HEADER_ROW + 1
A3 = 8
"""The paper of the two widest sheets, by its number in Excel."""
SPARE_ROWS = 200
"""So many rows below the last one have drop-downs too."""


def to_toml(table: Table) -> str:
    """The tables as TOML text."""
    import tomli_w

    return tomli_w.dumps(_ordered(table), multiline_strings=False)


def _ordered(table: Table) -> dict[str, Any]:
    """Plain values first, as TOML asks for, and the arrays of tables in the order in which people read them."""
    order = (
        "scoring",
        "coefficient",
        "grade",
        "head_grade",
        "unit_word",
        "phase",
        "stage",
        "milestone",
        "sheet",
        "figure",
        "check",
        "head",
        "indicator",
        "wording",
    )
    return {
        **{key: value for key, value in table.items() if key not in order},
        **{key: table[key] for key in order if key in table},
    }


# Tables → rows of cells by header


def _cells(table: Table, fields: Iterable[Field]) -> Cells:
    cells: Cells = {}
    for field in fields:
        value: Any = table
        for part in field.key.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        if value is not None:
            cells[field.header] = field.codec.write(value)
    return cells


def basics_rows(table: Table) -> Iterator[tuple[str, Any, str]]:
    """项目, 内容, 填写说明."""
    cells = _cells(table, lay.basics())
    for field in lay.basics():
        yield field.header, cells.get(field.header), field.hint
    yield lay.GRADE, "\n".join(_grade_line(grade) for grade in table.get("grade", ())) or None, lay.GRADE_HINT
    yield lay.HEAD_GRADE, "\n".join(_head_grade_line(grade) for grade in table.get("head_grade", ())) or None, lay.HEAD_GRADE_HINT
    yield lay.UNIT_WORD, "\n".join(_unit_word_line(item) for item in table.get("unit_word", ())) or None, lay.UNIT_WORD_HINT


def _unit_word_line(item: Table) -> str:
    names = "、".join(name if name == said else f"{name}＝{said}" for name, said in item["names"].items())
    return f"{item['word']}：{lay.UNIT_ROLES[item.get('role', 'unit')]}：{names}"


def _grade_line(grade: Table) -> str:
    lines = [f"总分≥{plain(grade['total'])}"] if "total" in grade else []
    lines += [f"各方面≥{plain(grade['each_head'])}%"] if "each_head" in grade else []
    lines += [f"{lay.HEAD}{head}≥{plain(points)}" for head, points in grade.get("heads", {}).items()]
    lines += [lay.PASSES] if grade.get("passes") else []
    return f"{grade['title']}{'：' if lines else ''}{'；'.join(lines)}"


def _head_grade_line(grade: Table) -> str:
    return f"{grade['title']}：≥{plain(grade['at_least'])}%" if "at_least" in grade else str(grade["title"])


def table_rows(table: Table) -> Iterator[Cells]:
    """Yield the rows of 表格与栏目, one for each column."""
    for sheet in table["sheet"]:
        head = _cells(sheet, lay.SHEET_FIELDS)
        roles: dict[str, list[str]] = {}
        for role, column in sheet.get("roles", {}).items():
            roles.setdefault(column, []).append(lay.ROLE_WORDS[role])
        for column in sheet["columns"]:
            cells = {**head, **_cells(column, lay.COLUMN_FIELDS)}
            if column["name"] in roles:
                cells[lay.ROLES_FIELD.header] = write_list(roles[column["name"]])
            yield cells
            head = {lay.SHEET_COLUMN: sheet["name"]}


def time_rows(table: Table) -> Iterator[Cells]:
    """Yield the rows of 阶段."""
    for kind, key in ((lay.PHASE, "phase"), (lay.STAGE, "stage"), (lay.MILESTONE, "milestone")):
        for item in table.get(key, ()):
            yield {lay.KIND: kind, **_cells(item, lay.TIME_FIELDS[kind])}


def item_rows(table: Table) -> Iterator[Cells]:
    """Yield the rows of 指标."""
    for head in table["head"]:
        yield {lay.KIND: lay.HEAD, **_cells(head, lay.HEAD_FIELDS)}
    for item in table["indicator"]:
        yield {
            lay.KIND: lay.COUNTS_WORDS[item.get("counts", "score")],
            **_cells(item, _without_conditions(lay.ITEM_FIELDS)),
            **_conditions(item),
        }
    for item in table.get("coefficient", ()):
        yield {lay.KIND: lay.COEFFICIENT, **_cells(item, lay.COEFFICIENT_FIELDS)}
    for item in table.get("figure", ()):
        yield {lay.KIND: lay.FIGURE, **_cells(item, lay.FIGURE_FIELDS)}
    for item in table.get("deed", ()):
        yield {lay.KIND: lay.DEED, **_cells(item, lay.DEED_FIELDS), **_put(lay.DEED_WHERE.header, item.get("where"))}


def _without_conditions(fields: Iterable[Field]) -> list[Field]:
    return [field for field in fields if field not in (lay.WHEN, lay.UNLESS)]


def _conditions(item: Table) -> Cells:
    return {field.header: write_where(item[field.key]) for field in (lay.WHEN, lay.UNLESS) if field.key in item}


def rule_rows(table: Table) -> Iterator[Cells]:
    """Yield the rows of 评分规则."""
    for key in ("indicator", "coefficient", "figure"):
        for item in table.get(key, ()):
            for cells in _item_rows(item, ""):
                yield {lay.ID: item["id"], **cells}
    for check in table.get("check", ()):
        yield {
            lay.ID: lay.CHECK,
            "名称": check["text"],
            lay.SHEET_COLUMN: check["sheet"],
            "栏目": check["column"],
            **_put(lay.WHERE, check.get("where")),
            **_put("应当符合", check.get("require")),
        }


def _put(header: str, where: Table | None) -> Cells:
    return {header: write_where(where)} if where else {}


def _item_rows(item: Table, place: str) -> Iterator[Cells]:
    """The rows of an indicator, part, penalty, coefficient or figure: its own, then those of what hangs on it."""
    measure = item.get("measure", {})
    cells: Cells = {**_put_place(place), **({"名称": item["title"]} if "title" in item else {})}
    if place:
        cells |= {**_cells(item, _without_conditions(lay.INNER_FIELDS)), **_conditions(item)}
    cells |= _measure_cells(measure)
    kind = measure.get("kind")
    rate = (kind in MEASURES and MEASURES[kind].is_share) or measure.get("rate", False)
    cells |= _target_cells(item.get("target", {}), rate)
    award = item.get("award", {})
    cells |= _cells(award, lay.AWARD_FIELDS)
    if "tiers" in award:
        cells[lay.TIERS] = write_tiers(award["tiers"], "points", rate)
    if "tiers" in item:
        cells[lay.TIERS] = write_tiers(item["tiers"], "factor", rate)
        cells |= _cells(item, [field for field in lay.AWARD_FIELDS if field.key == "otherwise"])
    yield cells
    yield from _measure_children(measure, place)
    if "stretch" in item:
        yield {**_put_place(_under(place, "stretch")), "名称": item["stretch"]["text"], **_target_cells(item["stretch"], rate)}
    for key in ("parts", "penalties"):
        for number, inner in enumerate(item.get(key, ()), 1):
            yield from _item_rows(inner, _under(place, key, number))


def _put_place(place: str) -> Cells:
    return {lay.PLACE: place} if place else {}


def _under(place: str, key: str, number: int | None = None) -> str:
    return (place + "/" if place else "") + PLACE_WORDS[key] + ("" if number is None else str(number))


def _measure_cells(measure: Table) -> Cells:
    kind = measure.get("kind")
    cells = _cells(measure, [field for field in lay.MEASURE_FIELDS if not field.kinds or kind in field.kinds])
    for key in {"columns", *(one.listed_key for one in MEASURES.values())} - {""}:
        if key in measure:
            cells[lay.LISTED] = write_list(measure[key])
    cells |= _put(lay.WHERE, measure.get("where"))
    cells |= _put(lay.WITHIN, measure.get("within") if isinstance(measure.get("within"), Mapping) else None)
    return cells


def _target_cells(target: Table, rate: bool) -> Cells:
    for key, word in TARGET_WORDS.items():
        if key in target:
            value = target[key]
            if value is True:
                return {lay.TARGET: word}
            return {lay.TARGET: word, lay.TARGET_VALUE: f"{plain(value * 100)}%" if rate else plain(value)}
    return {}


def _measure_children(measure: Table, place: str) -> Iterator[Cells]:
    for key in ("one", "other", "of"):
        if key in measure:
            inner = _under(place, key)
            yield {lay.PLACE: inner, **_measure_cells(measure[key])}
            yield from _measure_children(measure[key], inner)
    entries = [
        (_under(place, key, number), entry) for key in ("tables", "items") for number, entry in enumerate(measure.get(key, ()), 1)
    ]
    if "event" in measure:
        entries.append((_under(place, "event"), measure["event"]))
    for inner, entry in entries:
        yield {
            lay.PLACE: inner,
            **({"名称": entry["title"]} if "title" in entry else {}),
            lay.SHEET_COLUMN: entry["sheet"],
            **_put(lay.WITHIN, entry.get("within")),
            **_put(lay.WHERE, entry.get("where")),
            **_cells(entry, [lay.EVENT_FIELD]),
        }


def sentence_rows(table: Table) -> Iterator[Cells]:
    """Yield the rows of 语句."""
    for shape, texts in table.get("wording", {}).items():
        yield from _sentences(lay.SHAPE_WORDS[shape], texts)
    for item in table["indicator"]:
        yield from _own_sentences(item, item["id"])


def _own_sentences(item: Table, of: str) -> Iterator[Cells]:
    yield from _sentences(of, item.get("sentences", {}))
    for key in ("parts", "penalties"):
        for number, inner in enumerate(item.get(key, ()), 1):
            yield from _own_sentences(inner, f"{of}/{PLACE_WORDS[key]}{number}")


def _sentences(of: str, texts: Table) -> Iterator[Cells]:
    for name, text in texts.items():
        yield {"对象": of, "语句": lay.SENTENCE_WORDS[name], "内容": text}


# Rows → a workbook

TITLES = {
    lay.BASICS: "方案的名称、说明和等次；等次一行一个，Alt+回车换行。",
    lay.TABLES: "工作簿里有哪些表、每张表有哪些栏，一栏一行。",
    lay.TIMES: "阶段、报告（报告阶段）、工作节点，一项一行；种类不同，要填的栏目不同，看各栏的提示。",
    lay.ITEMS: "方面、指标、加分、否决、系数和报告引用的数字，一项一行；怎么算、怎么计分写在“评分规则”表。",
    lay.RULES: "每个指标怎么算、达到多少、怎么计分。主行的位置空着；分项、扣分、分子、分母等各占一行，紧接在后面。"
    "绿色栏是算法，橙色栏是目标，黄色栏是计分；暂时不用的栏已收起，点表头上方的“+”展开。",
    lay.WORDS: "只写要改的语句，其余由程序按规则自动写出；可以一句也不写。",
}


def to_workbook(table: Table, title: str) -> bytes:
    """The bytes of the workbook: six sheets with drop-downs and hints; the same table gives the same bytes."""
    from openpyxl import Workbook

    from wuhao_report.files.workbook_style import saved_bytes

    book = Workbook()
    book.remove(book.worksheets[0])
    _basics_page(book.create_sheet(lay.BASICS), table, title)
    sheets = [sheet["name"] for sheet in table["sheet"]]
    for name, headers, rows in (
        (lay.TABLES, lay.table_headers(), table_rows(table)),
        (lay.TIMES, lay.time_headers(), time_rows(table)),
        (lay.ITEMS, lay.item_headers(), item_rows(table)),
        (lay.RULES, lay.rule_headers(), rule_rows(table)),
        (lay.WORDS, lay.sentence_headers(), sentence_rows(table)),
    ):
        _page(book.create_sheet(name), headers, list(rows), sheets)
    book.active = 0
    return saved_bytes(book)


def _basics_page(page: Worksheet, table: Table, title: str) -> None:
    from wuhao_report.files.workbook_style import BAND, frame, write

    frame(page, f"{title}　方案", TITLES[lay.BASICS], 3)
    for at, text in enumerate(("项目", "内容", "填写说明"), 1):
        write(page, lay.HEADER_ROW, at, text, bold=True, fill=BAND, center=True, border=True)
    for letter, width in zip("ABC", (18, 80, 60), strict=True):
        page.column_dimensions[letter].width = width
    for row, (name, value, hint) in enumerate(basics_rows(table), FIRST_ROW):
        write(page, row, 1, name, bold=True, border=True)
        write(page, row, 2, "" if value is None else str(value), border=True)
        page.cell(row, 2).number_format = "@"
        write(page, row, 3, hint, size=10, color="595959", border=True)
        lines = sum(1 + len(line) // 38 for line in str(value or "").split("\n"))
        page.row_dimensions[row].height = max(24, 16 * lines + 4, 16 * (1 + len(hint) // 30))


def _page(page: Worksheet, headers: list[Field], rows: list[Cells], sheets: list[str]) -> None:
    from wuhao_report.files.workbook_style import BAND, frame, text_lines, write

    frame(page, page.title, TITLES[page.title], len(headers))
    if page.title in (lay.RULES, lay.ITEMS):
        page.page_setup.paperSize = A3
    page.freeze_panes = f"{'C' if page.title in (lay.RULES, lay.ITEMS) else 'B'}{FIRST_ROW}"
    last = FIRST_ROW + len(rows) + SPARE_ROWS
    for at, field in enumerate(headers, 1):
        letters = column_letters(at - 1)
        write(page, lay.HEADER_ROW, at, field.header, bold=True, fill=BAND, center=True, border=True)
        page.column_dimensions[letters].width = _width(field)
        page.column_dimensions[letters].number_format = "@"
        _validate(page, field, f"{letters}{FIRST_ROW}:{letters}{last}", sheets)
    if page.title in (lay.RULES, lay.ITEMS):
        _fold(page, headers, {header for cells in rows for header in cells})
    for number, cells in enumerate(rows, FIRST_ROW):
        main = page.title == lay.RULES and lay.PLACE not in cells
        for at, field in enumerate(headers, 1):
            value = cells.get(field.header)
            text = str(value) if isinstance(value, str | int) else ""
            write(page, number, at, text, size=10, border=True, fill="F2F2F2" if main else None)
            cell = page.cell(number, at)
            cell.number_format = "@"
            if not text:
                cell.value = value
                cell.number_format = "@" if value is None else "yyyy-mm-dd"
        page.row_dimensions[number].height = (
            15 * max(text_lines(str(cells.get(field.header) or ""), _width(field)) for field in headers) + 3
        )


def _width(field: Field) -> float:
    return max(field.width, 2.2 * len(field.header) + 1)


def _fold(page: Worksheet, headers: list[Field], used: set[str]) -> None:
    """Columns that no row uses are folded, a click on + above them shows them; those of one purpose have one colour."""
    from openpyxl.styles import PatternFill

    measures = {lay.LISTED, lay.WHERE, lay.WITHIN, lay.EVENT_FIELD.header, *(field.header for field in lay.MEASURE_FIELDS)}
    awards = {lay.TIERS, *(field.header for field in lay.AWARD_FIELDS)}
    for at, field in enumerate(headers, 1):
        color = (
            "E2EFDA"
            if field.header in measures
            else "FFF2CC"
            if field.header in awards
            else "FCE4D6"
            if field.header in (lay.TARGET, lay.TARGET_VALUE)
            else None
        )
        if color:
            page.cell(lay.HEADER_ROW, at).fill = PatternFill("solid", start_color=color, end_color=color)
        if field.header not in used | {lay.ID, lay.KIND, lay.POINTS.header}:
            dimension = page.column_dimensions[column_letters(at - 1)]
            dimension.outlineLevel, dimension.hidden = 1, True


def _validate(page: Worksheet, field: Field, cells: str, sheets: list[str]) -> None:
    """A drop-down where the words are few and known, and the hint as the prompt; it warns and never blocks."""
    from openpyxl.worksheet.datavalidation import DataValidation

    from wuhao_report.files.workbook_style import MOST_INLINE

    choices = field.codec.choices
    if field.header == lay.SHEET_COLUMN and page.title == lay.RULES:
        choices = tuple(sheets)
    inline = ",".join(choices)
    # sheets that are added later are not in the list, so it only helps and never warns
    listed = bool(choices) and len(inline) <= MOST_INLINE and not any(mark in word for word in choices for mark in ',"')
    if not listed and not field.hint:
        return
    check = DataValidation(
        allow_blank=True, showInputMessage=bool(field.hint), showErrorMessage=listed and field.header != lay.SHEET_COLUMN
    )
    if listed:
        check.type, check.formula1 = "list", f'"{inline}"'
    check.errorStyle = "warning"
    check.errorTitle, check.error = "请核对", f"“{field.header}”一般填：{inline}"[:220]
    check.promptTitle, check.prompt = field.header[:30], field.hint[:250] or None
    check.add(cells)
    page.add_data_validation(check)
