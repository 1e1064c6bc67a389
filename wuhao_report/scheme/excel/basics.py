"""基本信息, 表格与栏目 and 阶段 → the tables of the system itself, its sheets, its phases."""

from __future__ import annotations

from wuhao_report.core.errors import ANYWHERE, Place
from wuhao_report.core.problems import At
from wuhao_report.core.strict import Located
from wuhao_report.core.text import did_you_mean
from wuhao_report.scheme.excel import layout as lay
from wuhao_report.scheme.excel.rows import Reader, Row, inner_table, kind_of, refuse_others
from wuhao_report.tables.codecs import NUMBER, TEXT, Field
from wuhao_report.workbook.raw import as_text, is_blank


def read_basics(reader: Reader, table: Located) -> None:
    """Read 基本信息 into the table of the system."""
    fields = {field.header: field for field in lay.basics()}
    sheet = reader.sheets.get(lay.BASICS)
    if sheet is None:
        reader.fault(ANYWHERE, f"缺少工作表“{lay.BASICS}”")
        return
    known = [*fields, lay.GRADE, lay.HEAD_GRADE, lay.UNIT_WORD]
    for field in fields.values():
        inner_table(table, field.key, Place(at=At(lay.BASICS))).places.setdefault(
            field.key.split(".")[-1], Place(at=At(lay.BASICS), header=field.header)
        )
    seen: set[str] = set()
    for number, cells in enumerate(sheet.rows, 1):
        name = as_text(cells[0]).rstrip("*") if cells else ""
        raw = cells[1] if len(cells) > 1 else None
        row = Row(lay.BASICS, number, {} if is_blank(raw) else {name: raw}, {name: 1})
        if number > lay.HEADER_ROW and not name and not is_blank(raw):
            reader.fault(Place(at=At(lay.BASICS, number, 1)), "左边没有写是哪一项；一项有几行的写在同一格里（Alt+回车换行）")
        if name in known and name in seen:
            reader.fault(row.place(name), "写了两次")
            continue
        seen.add(name)
        if name in (lay.GRADE, lay.HEAD_GRADE):
            if row.has(name):
                _grades(reader, table, row, name)
        elif name == lay.UNIT_WORD:
            if row.has(name):
                _unit_words(reader, table, row, name)
        elif name in fields:
            reader.fill(table, row, [fields[name]])
        elif name and number > lay.HEADER_ROW:
            reader.fault(Place(at=At(lay.BASICS, number, 0)), f"没有“{name[:20]}”这一项{did_you_mean(name[:40], known)}")


def _grades(reader: Reader, table: Located, row: Row, name: str) -> None:
    """优秀：总分≥90；各方面≥80%；方面1≥15, a grade on each line."""
    key = "grade" if name == lay.GRADE else "head_grade"
    place = row.place(name)
    grades = table.setdefault(key, [])
    for line in (reader.value(row, Field(name, key, TEXT)) or "").split("\n"):
        if not line.strip():
            continue
        title, _, lines = line.replace(":", "：").partition("：")
        if set(title) & set("；;≥>%"):
            reader.fault(place, f"“{line.strip()[:30]}”看不懂：等次名称后面要有冒号，例如 优秀：总分≥90")
            continue
        grade = Located({"title": title.strip()}, place=place)
        for part in lines.replace(";", "；").split("；"):
            if part.strip() == lay.PASSES and key == "grade":
                grade["passes"] = True
            elif part.strip():
                _grade_line(reader, grade, part.strip(), place, key)
        grades.append(grade)


def _unit_words(reader: Reader, table: Located, row: Row, name: str) -> None:
    """嘎查村：单位名称：嘎查、社区、村; 我院：单位名称：学院＝我院、系＝我系, a word on each line."""
    roles = {title: role for role, title in lay.UNIT_ROLES.items()}
    place = row.place(name)
    for line in (reader.value(row, Field(name, "unit_word", TEXT)) or "").split("\n"):
        if not line.strip():
            continue
        word, _, rest = line.replace(":", "：").partition("：")
        where, _, listed = rest.partition("：")
        pairs = [item.replace("=", "＝").partition("＝") for item in listed.replace(",", "、").replace("，", "、").split("、")]
        names = {known.strip(): (said or known).strip() for known, _, said in pairs if known.strip()}
        if not word.strip() or where.strip() not in roles or not names:
            reader.fault(place, f"“{line.strip()[:30]}”看不懂，要写成“嘎查村：单位名称：嘎查、社区、村”")
            continue
        item = Located({"word": word.strip(), "role": roles[where.strip()], "names": Located(names, place=place)}, place=place)
        table.setdefault("unit_word", []).append(item)


def _grade_line(reader: Reader, grade: Located, text: str, place: Place, key: str) -> None:
    what, sign, number = text.replace(">=", "≥").partition("≥")
    what = what.strip()
    rate = key == "head_grade" or what == "各方面"
    try:
        value = NUMBER.read(number.strip().rstrip("%")) if sign and number.strip().endswith("%") == rate else None
    except ValueError:
        value = None
    if {"总分": "total", "各方面": "each_head", "": "at_least"}.get(what, "") in grade or what.removeprefix(
        lay.HEAD
    ) in grade.get("heads", {}):
        reader.fault(place, f"“{text[:30]}”写了两次")
    elif value is None:
        reader.fault(place, f"“{text[:30]}”看不懂，要写成“总分≥90”“各方面≥80%”“方面1≥15”或“≥90%”")
    elif key == "head_grade" and not what:
        grade["at_least"] = value
    elif what == "总分":
        grade["total"] = value
    elif what == "各方面":
        grade["each_head"] = value
    elif what.startswith(lay.HEAD):
        grade.setdefault("heads", Located(place=place))[what.removeprefix(lay.HEAD).strip()] = value
    else:
        reader.fault(place, f"“{text[:30]}”看不懂，要写成“总分≥90”“各方面≥80%”“方面1≥15”或“≥90%”")


def read_sheets(reader: Reader) -> list[Located]:
    """Return the sheets of a workbook as 表格与栏目 describes them: their columns, and what each of these stands for."""
    by_name: dict[str, Located] = {}
    for row in reader.rows(lay.TABLES, lay.table_headers()):
        name = as_text(row.cells.get(lay.SHEET_COLUMN))
        if not name:
            reader.fault(row.place(lay.SHEET_COLUMN), "不能空着")
            continue
        if name not in by_name:
            by_name[name] = Located(place=row.place(lay.SHEET_COLUMN))
            reader.fill(by_name[name], row, lay.SHEET_FIELDS)
            by_name[name]["columns"] = []
            by_name[name]["roles"] = Located(place=row.place(lay.ROLES_FIELD.header))
            reader.flags[name] = set()
            if by_name[name].get("use") == "profile":
                reader.profile = name
        else:
            for field in lay.SHEET_FIELDS[1:]:
                if row.has(field.header):
                    reader.fault(row.place(field.header), f"只在“{name}”的第一行写")
        column = Located(place=row.place("栏目"))
        reader.fill(column, row, lay.COLUMN_FIELDS)
        if "name" not in column:
            if not row.has("栏目"):
                reader.fault(row.place("栏目"), "不能空着")
            continue
        by_name[name]["columns"].append(column)
        if column.get("type") == "flag":
            reader.flags[name].add(column["name"])
        _roles(reader, by_name[name], row, column["name"])
    return list(by_name.values())


def _roles(reader: Reader, sheet: Located, row: Row, column: str) -> None:
    back = {word: role for role, word in lay.ROLE_WORDS.items()}
    for word in reader.value(row, lay.ROLES_FIELD) or ():
        place = row.place(lay.ROLES_FIELD.header)
        roles = sheet.setdefault("roles", Located(place=place))
        if word not in back:
            reader.fault(place, f"没有“{word[:20]}”这个角色{did_you_mean(word[:40], back)}")
        elif back[word] in roles:
            reader.fault(place, f"“{word}”在这张表里担任了两次")
        else:
            roles[back[word]] = column
            roles.places[back[word]] = place


def read_times(reader: Reader, table: Located) -> None:
    """Read 阶段 into the table: phases, stages, milestones."""
    keys = {lay.PHASE: "phase", lay.STAGE: "stage", lay.MILESTONE: "milestone"}
    for key in ("phase", "stage"):
        table[key] = []
    for row in reader.rows(lay.TIMES, lay.time_headers()):
        kind = kind_of(reader, row, keys)
        if kind:
            item = Located(place=row.place(lay.KIND))
            reader.fill(item, row, lay.TIME_FIELDS[kind])
            refuse_others(reader, row, lay.TIME_FIELDS[kind], kind)
            table.setdefault(keys[kind], []).append(item)
