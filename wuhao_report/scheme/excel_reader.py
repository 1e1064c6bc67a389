"""A workbook that holds an indicator system → its plain tables, every key with the sheet and cell it stands in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from wuhao_report.core.errors import ANYWHERE, Place, SchemeError, SchemeFault
from wuhao_report.core.problems import At
from wuhao_report.core.strict import Located
from wuhao_report.core.text import did_you_mean
from wuhao_report.measures.base import PLACE_WORDS
from wuhao_report.measures.kinds import MEASURES
from wuhao_report.measures.target import TARGET_WORDS
from wuhao_report.scheme import excel_layout as lay
from wuhao_report.tables.codecs import LIST, NUMBER, TEXT, Field, read_tiers, read_where, words
from wuhao_report.tables.headers import Placed, find_header, place_headers, starred_key
from wuhao_report.workbook.raw import RawValue, as_text, is_blank
from wuhao_report.workbook.reader import RawBook, RawSheet

HEADER_WITHIN, LEAST_HEADERS = 10, 2
MAX_RULE_ROWS = 5_000
MAX_DEPTH = 4


@dataclass(frozen=True)
class Row:
    """One row of a sheet: raw cells by header, and the place of every header, filled or not."""

    sheet: str
    number: int
    cells: Mapping[str, RawValue]
    columns: Mapping[str, int]

    def place(self, header: str = "") -> Place:
        """Return the place of a header's cell in the row, or that of the whole row."""
        if header not in self.columns:
            return Place(at=At(self.sheet, self.number))
        return Place(at=At(self.sheet, self.number, self.columns[header]), header=header)

    def has(self, header: str) -> bool:
        """Return whether the cell under a header is filled."""
        return header in self.cells


class _Reader:
    """Reads the six sheets, collecting every fault instead of stopping at the first."""

    def __init__(self, book: RawBook) -> None:
        self.faults: list[SchemeFault] = []
        self.sheets: dict[str, RawSheet] = {}
        for sheet in book.sheets:
            if sheet.name.strip() in self.sheets:
                self.fault(ANYWHERE, f"有两张“{sheet.name.strip()}”表，只能留一张")
            self.sheets.setdefault(sheet.name.strip(), sheet)
        self.flags: dict[str, set[str]] = {}
        self.profile = ""

    # Cells

    def fault(self, place: Place, text: str) -> None:
        """Add a fault."""
        self.faults.append(SchemeFault(text, place))

    def value(self, row: Row, field: Field, read: Callable[[RawValue], Any] | None = None) -> Any:
        """The value of a filled cell, or None when it is empty or wrong (then it is a fault)."""
        if not row.has(field.header):
            return None
        try:
            return (read or field.codec.read)(row.cells[field.header])
        except ValueError as error:
            self.fault(row.place(field.header), str(error))
            return None

    def fill(self, table: Located, row: Row, fields: Iterable[Field]) -> None:
        """Put the filled cells of a row under their keys, and remember where each key stands."""
        for field in fields:
            if field.header not in row.columns:
                continue
            inner = _inner(table, field.key, row.place(field.header))
            key = field.key.split(".")[-1]
            inner.places[key] = row.place(field.header)
            value = self.value(row, field)
            if value is not None:
                inner[key] = Located(value, place=row.place(field.header)) if isinstance(value, dict) else value
        for name in {field.key.split(".")[0] for field in fields if "." in field.key}:
            if not table.get(name):
                table.pop(name, None)

    # Sheets

    def rows(self, name: str, headers: list[Field]) -> list[Row]:
        """Return the rows of a sheet below its header; what is missing, unknown or without a header becomes a fault."""
        sheet = self.sheets.get(name)
        if sheet is None:
            near = did_you_mean(name, self.sheets)
            self.fault(ANYWHERE, f"缺少工作表“{name}”{near}")
            return []
        known = [field.header for field in headers]
        names = {header: header for header in known}
        header = find_header(sheet.rows, names, starred_key, HEADER_WITHIN)
        if header is None or header.known < LEAST_HEADERS:
            self.fault(ANYWHERE, f"“{name}”表找不到表头（应有：{'、'.join(known[:4])}）")
            return []
        placed = place_headers(header.cells, names, starred_key)
        self._other_headers(name, header.row + 1, placed, known)
        filled_rows = []
        for number, cells in enumerate(sheet.rows[header.row + 1 :], header.row + 2):
            filled = {
                title: cells[column]
                for title, column in placed.columns.items()
                if column < len(cells) and not is_blank(cells[column])
            }
            if filled:
                filled_rows.append(Row(name, number, filled, placed.columns))
            for column, cell in enumerate(cells):
                if not is_blank(cell) and (column >= len(header.cells) or is_blank(header.cells[column])):
                    self.fault(Place(at=At(name, number, column)), "这一列没有表头，不知道填的是什么")
        return filled_rows

    def _other_headers(self, name: str, number: int, placed: Placed, known: list[str]) -> None:
        for column, text in placed.repeated.items():
            self.fault(Place(at=At(name, number, column)), f"“{text}”一栏有两个，只能留一个")
        for column, text in placed.unknown.items():
            word = starred_key(text)
            if word:
                self.fault(
                    Place(at=At(name, number, column)),
                    f"没有“{word[:20]}”这一栏（不需要的请删除）{did_you_mean(word[:40], known)}",
                )


def _inner(table: Located, key: str, place: Place) -> Located:
    """The table a dotted key lies in, made when it is not there yet."""
    for part in key.split(".")[:-1]:
        table.places.setdefault(part, place)
        inner = table.setdefault(part, Located(place=place))
        table = inner if isinstance(inner, Located) else Located(place=place)
    return table


def is_scheme_book(book: RawBook) -> bool:
    """Whether a workbook is written as an indicator system."""
    names = {sheet.name.strip() for sheet in book.sheets}
    return {lay.RULES, lay.ITEMS} <= names


def read_tables(book: RawBook) -> tuple[Located, list[SchemeFault]]:
    """The plain tables of the indicator system, as its TOML would have them, and the faults of its cells with their places.

    Raises SchemeError when the workbook is no such system at all.
    """
    if not is_scheme_book(book):
        raise SchemeError.one(f"“{book.file}”不是方案工作簿（应有“{lay.ITEMS}”“{lay.RULES}”等六张表）")
    reader = _Reader(book)
    table = Located(place=Place(at=At(lay.BASICS)))
    _basics(reader, table)
    table["sheet"] = _sheets(reader)
    _times(reader, table)
    by_id = _items(reader, table)
    _rules(reader, table, by_id)
    _sentences(reader, table, by_id)
    return table, reader.faults


def _basics(reader: _Reader, table: Located) -> None:
    fields = {field.header: field for field in lay.basics()}
    sheet = reader.sheets.get(lay.BASICS)
    if sheet is None:
        reader.fault(ANYWHERE, f"缺少工作表“{lay.BASICS}”")
        return
    known = [*fields, lay.GRADE, lay.HEAD_GRADE, lay.UNIT_WORD]
    for field in fields.values():
        _inner(table, field.key, Place(at=At(lay.BASICS))).places.setdefault(
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


def _grades(reader: _Reader, table: Located, row: Row, name: str) -> None:
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


def _unit_words(reader: _Reader, table: Located, row: Row, name: str) -> None:
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


def _grade_line(reader: _Reader, grade: Located, text: str, place: Place, key: str) -> None:
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


def _sheets(reader: _Reader) -> list[Located]:
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


def _roles(reader: _Reader, sheet: Located, row: Row, column: str) -> None:
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


def _kind(reader: _Reader, row: Row, allowed: Iterable[str]) -> str | None:
    field = Field(lay.KIND, "kind", words({word: word for word in allowed}))
    kind: str | None = reader.value(row, field)
    if not row.has(lay.KIND):
        reader.fault(row.place(lay.KIND), "不能空着")
    return kind


def _only(reader: _Reader, row: Row, fields: Iterable[Field], kind: str) -> None:
    """A cell that this kind of row does not use is a fault: nothing is silently dropped."""
    used = {lay.KIND, *(field.header for field in fields)}
    for header in row.cells:
        if header not in used:
            reader.fault(row.place(header), f"“{kind}”不用填这一栏")


def _times(reader: _Reader, table: Located) -> None:
    keys = {lay.PHASE: "phase", lay.STAGE: "stage", lay.MILESTONE: "milestone"}
    for key in ("phase", "stage"):
        table[key] = []
    for row in reader.rows(lay.TIMES, lay.time_headers()):
        kind = _kind(reader, row, keys)
        if kind:
            item = Located(place=row.place(lay.KIND))
            reader.fill(item, row, lay.TIME_FIELDS[kind])
            _only(reader, row, lay.TIME_FIELDS[kind], kind)
            table.setdefault(keys[kind], []).append(item)


def _items(reader: _Reader, table: Located) -> dict[str, Located]:
    """Heads, indicators, figures, coefficients; those with a rule by their id."""
    counts = {word: value for value, word in lay.COUNTS_WORDS.items()}
    for key in ("head", "indicator"):
        table[key] = []
    by_id: dict[str, Located] = {}
    for row in reader.rows(lay.ITEMS, lay.item_headers()):
        kind = _kind(reader, row, lay.ITEM_KINDS)
        if kind is None:
            continue
        if kind == lay.DEED:
            table.setdefault("deed", []).append(_deed(reader, row))
            continue
        item = Located(place=row.place(lay.ID))
        fields: tuple[Field, ...] = {
            lay.HEAD: lay.HEAD_FIELDS,
            lay.FIGURE: lay.FIGURE_FIELDS,
            lay.COEFFICIENT: lay.COEFFICIENT_FIELDS,
        }.get(kind, lay.ITEM_FIELDS)
        reader.fill(item, row, [field for field in fields if field not in (lay.WHEN, lay.UNLESS)])
        _profile_conditions(reader, item, row)
        _only(reader, row, fields, kind)
        if kind in counts:
            if counts[kind] != "score":
                item["counts"] = counts[kind]
            table["indicator"].append(item)
        else:
            table.setdefault({lay.HEAD: "head", lay.FIGURE: "figure", lay.COEFFICIENT: "coefficient"}[kind], []).append(item)
        if kind != lay.HEAD and "id" in item:
            if item["id"] in by_id:
                reader.fault(row.place(lay.ID), f"“{item['id']}”重复了（想写 1.10 这样的编号，请先把这一格设为文本格式再输入）")
            by_id[item["id"]] = item
    return by_id


def _deed(reader: _Reader, row: Row) -> Located:
    """How rows of a log are told as deeds of a head."""
    deed = Located(place=row.place(lay.KIND))
    reader.fill(deed, row, lay.DEED_FIELDS)
    where = _where(reader, row, lay.DEED_WHERE.header, deed.get("sheet", ""))
    if where is not None:
        deed["where"] = where
    _only(reader, row, (*lay.DEED_FIELDS, lay.DEED_WHERE), lay.DEED)
    return deed


def _profile_conditions(reader: _Reader, item: Located, row: Row) -> None:
    for field in (lay.WHEN, lay.UNLESS):
        if field.header in row.columns:
            item.places[field.key] = row.place(field.header)
        where = _where(reader, row, field.header, reader.profile)
        if where is not None:
            item[field.key] = where


def _where(reader: _Reader, row: Row, header: str, sheet: str) -> Located | None:
    if not row.has(header):
        return None
    try:
        where = read_where(row.cells[header], reader.flags.get(sheet, ()))
    except ValueError as error:
        reader.fault(row.place(header), str(error))
        return None
    return Located(
        {name: Located(value, place=row.place(header)) if isinstance(value, dict) else value for name, value in where.items()},
        place=row.place(header),
    )


# 评分规则


def _rules(reader: _Reader, table: Located, by_id: dict[str, Located]) -> None:
    rows = reader.rows(lay.RULES, lay.rule_headers())
    nodes: dict[tuple[str, str], Located] = {}
    if len(rows) > MAX_RULE_ROWS:
        reader.fault(ANYWHERE, f"“{lay.RULES}”表超过了{MAX_RULE_ROWS}行")
    for row in rows[:MAX_RULE_ROWS]:
        name, place = as_text(row.cells.get(lay.ID)), as_text(row.cells.get(lay.PLACE))
        if name == lay.CHECK:
            table.setdefault("check", []).append(_check(reader, row))
            continue
        if name not in by_id:
            reader.fault(row.place(lay.ID), f"“{lay.ITEMS}”表里没有编号“{name[:20]}”" if name else "不能空着")
            continue
        if (name, place) in nodes:
            reader.fault(row.place(lay.PLACE), f"{name}的“{place or '主行'}”写了两次")
            continue
        owner = by_id[name] if not place else None
        node = nodes[name, place] = owner if owner is not None else Located(place=row.place())
        title = reader.value(row, Field("名称", "title", TEXT)) if not place else None
        if title is not None and title != node.get("title", ""):
            reader.fault(row.place("名称"), f"与“{lay.ITEMS}”表的名称不一致")
        if place and not _attach(reader, row, nodes, by_id[name], name, place, node):
            continue
        factor = not place and by_id[name] in table.get("coefficient", ())
        _rule(reader, row, node, place.split("/")[-1].rstrip("0123456789"), factor)
    for name, item in by_id.items():
        if (name, "") not in nodes and "parts" not in item:
            reader.fault(item.place, f"“{lay.RULES}”表里没有{name}的规则")


def _attach(
    reader: _Reader, row: Row, nodes: dict[tuple[str, str], Located], item: Located, name: str, place: str, node: Located
) -> bool:
    """Hang a node where its place says; False (and a fault) when there is no such place."""
    back = {word: key for key, word in PLACE_WORDS.items()}
    above, _, last = place.rpartition("/")
    word = last.rstrip("0123456789")
    key, number = back.get(word), last[len(word) :]
    if place.count("/") >= MAX_DEPTH:
        reader.fault(row.place(lay.PLACE), "套得太深了")
        return False
    parent = nodes.get((name, above)) if above else item
    if key is None or bool(number) != (key in lay.MANY):
        reader.fault(row.place(lay.PLACE), f"没有“{last[:20]}”这个位置{did_you_mean(last[:20], back)}")
        return False
    if parent is None:
        reader.fault(row.place(lay.PLACE), f"先要有“{above[:20]}”的一行")
        return False
    measured = back.get(above.split("/")[-1].rstrip("0123456789"), "parts") in ("parts", "penalties")
    if key in ("one", "other", "of", "tables", "items", "event") and measured:
        parent = _inner(parent, "measure.x", row.place(lay.PLACE))
    if key in lay.MANY:
        listed = parent.setdefault(key, [])
        if int(number[:4]) != len(listed) + 1:
            reader.fault(row.place(lay.PLACE), f"“{word}”要从1起依次编号，这里应为{word}{len(listed) + 1}")
        listed.append(node)
    else:
        parent[key] = node
    parent.places.setdefault(key, row.place(lay.PLACE))
    return True


def _rule(reader: _Reader, row: Row, node: Located, word: str, factor: bool) -> None:
    """Fill a node from its row, by what it is: an item, a measure inside another, an entry of a list, a further aim."""
    key = next((key for key, name in PLACE_WORDS.items() if name == word), "")
    used = [lay.ID, lay.PLACE]
    if key == "stretch":
        _target(reader, row, node, node)
        reader.fill(node, row, [Field("名称", "text", TEXT)])
        used += ["名称", lay.TARGET, lay.TARGET_VALUE]
    elif key in ("tables", "items", "event"):
        used += _entry(reader, row, node, key)
    elif key in ("one", "other", "of"):
        used += _measure(reader, row, node)
    else:
        used += _item(reader, row, node, inner=bool(key), factor=factor)
    for header in row.cells:
        if header not in used:
            reader.fault(row.place(header), "这一行不用填这一栏")


def _entry(reader: _Reader, row: Row, node: Located, key: str) -> list[str]:
    fields = [
        lay.MEASURE_FIELDS[1],
        *([Field("名称", "title", TEXT)] if key == "items" else []),
        *([lay.EVENT_FIELD] if key == "event" else []),
    ]
    reader.fill(node, row, fields)
    headers = {lay.WHERE: "where", **({lay.WITHIN: "within"} if key == "tables" else {})}
    for header, name in headers.items():
        _put_where(reader, row, node, header, name, node.get("sheet", ""))
    return [*(field.header for field in fields), *headers]


def _put_where(reader: _Reader, row: Row, node: Located, header: str, key: str, sheet: str) -> None:
    if header in row.columns:
        node.places.setdefault(key, row.place(header))
    where = _where(reader, row, header, sheet)
    if where is not None:
        node[key] = where


def _measure(reader: _Reader, row: Row, node: Located) -> list[str]:
    """The measure in a row; its own children may hang in `node` already."""
    kind = reader.value(row, lay.MEASURE_FIELDS[0])
    fields = [field for field in lay.MEASURE_FIELDS if not field.kinds or kind in field.kinds]
    reader.fill(node, row, fields)
    used = [field.header for field in fields]
    if kind is None:
        node.places.setdefault("kind", row.place("算法"))
        return [*used, lay.WHERE, lay.WITHIN, lay.LISTED]
    measure = MEASURES[kind]
    listed_key = "columns" if measure.listed_key == "each" and "column" not in node else measure.listed_key
    if row.has(lay.LISTED) and listed_key:
        listed = reader.value(row, Field(lay.LISTED, listed_key, LIST))
        if listed is not None:
            node[listed_key] = listed
            used.append(lay.LISTED)
    if listed_key:
        node.places.setdefault(listed_key, row.place(lay.LISTED))
    if "where" in measure.keys:
        _put_where(reader, row, node, lay.WHERE, "where", node.get(measure.where_sheet, ""))
        used.append(lay.WHERE)
    if "within" in measure.keys and "roll" in measure.keys:
        _put_where(reader, row, node, lay.WITHIN, "within", node.get("roll", ""))
        used.append(lay.WITHIN)
    return used


def _target(reader: _Reader, row: Row, node: Located, into: Located) -> None:
    """目标 and 目标值 as one key of `into`."""
    word = reader.value(row, lay.TARGET_FIELD)
    value = reader.value(row, Field(lay.TARGET_VALUE, "value", NUMBER))
    if word in ("all", "yes"):
        into[word] = True
        if value is not None:
            reader.fault(row.place(lay.TARGET_VALUE), "目标是“全部”“是”时不填")
    elif word is not None:
        if value is None and not row.has(lay.TARGET_VALUE):
            reader.fault(row.place(lay.TARGET_VALUE), "不能空着")
        elif value is not None:
            into[word] = value
    elif value is not None:
        reader.fault(row.place(lay.TARGET), "写了目标值，也要写目标")
    for key in TARGET_WORDS:
        into.places[key] = row.place(lay.TARGET_VALUE)


def _item(reader: _Reader, row: Row, node: Located, inner: bool, factor: bool) -> list[str]:
    used = ["名称", lay.TARGET, lay.TARGET_VALUE, lay.TIERS]
    if inner:
        reader.fill(node, row, [field for field in lay.INNER_FIELDS if field not in (lay.WHEN, lay.UNLESS)])
        _profile_conditions(reader, node, row)
        used += [field.header for field in lay.INNER_FIELDS]
    if row.has("算法"):
        before = node.get("measure")
        measure = before if isinstance(before, Located) else Located(place=row.place("算法"))
        used += _measure(reader, row, measure)
        node["measure"] = measure
    elif row.has(lay.SHEET_COLUMN):
        reader.fault(row.place("算法"), "不能空着")
    node.places["measure"] = row.place("算法")
    target = Located(place=row.place(lay.TARGET))
    _target(reader, row, node, target)
    node.places["target"] = row.place(lay.TARGET)
    if target:
        node["target"] = target
    return used + _award(reader, row, node, factor)


def _award(reader: _Reader, row: Row, node: Located, factor: bool) -> list[str]:
    """计分方式 of an indicator; a coefficient has tiers and 其余 without one."""
    kind = reader.value(row, lay.AWARD_FIELDS[0])
    node.places["award"] = row.place(lay.AWARD_FIELDS[0].header)
    if kind is None:
        if not row.has(lay.TIERS):
            return [lay.AWARD_FIELDS[0].header]
        if not factor:
            reader.fault(row.place(lay.AWARD_FIELDS[0].header), "填了档次，计分方式要选“分档”")
            return [*(field.header for field in lay.AWARD_FIELDS)]
        otherwise = next(field for field in lay.AWARD_FIELDS if field.key == "otherwise")
        reader.fill(node, row, [otherwise])
        _tiers(reader, row, node, "factor")
        return [lay.AWARD_FIELDS[0].header, otherwise.header]
    award = Located(place=row.place(lay.AWARD_FIELDS[0].header))
    fields = [field for field in lay.AWARD_FIELDS if not field.kinds or kind in field.kinds]
    reader.fill(award, row, fields)
    if kind == "tiers":
        _tiers(reader, row, award, "points")
    node["award"] = award
    return [field.header for field in fields]


def _tiers(reader: _Reader, row: Row, table: Located, gives: str) -> None:
    place = row.place(lay.TIERS)
    table.places["tiers"] = place
    tiers = reader.value(row, Field(lay.TIERS, "tiers", TEXT), lambda raw: read_tiers(raw, gives))
    if tiers is not None:
        table["tiers"] = [Located(tier, place=place) for tier in tiers]


def _check(reader: _Reader, row: Row) -> Located:
    check = Located(place=row.place())
    fields = [lay.MEASURE_FIELDS[1], lay.MEASURE_FIELDS[2], Field("名称", "text", TEXT)]
    reader.fill(check, row, fields)
    for header, key in ((lay.WHERE, "where"), ("应当符合", "require")):
        _put_where(reader, row, check, header, key, check.get("sheet", ""))
    for header in row.cells:
        if header not in (lay.ID, lay.WHERE, "应当符合", *(field.header for field in fields)):
            reader.fault(row.place(header), "逐行检查不用填这一栏")
    return check


def _sentences(reader: _Reader, table: Located, by_id: dict[str, Located]) -> None:
    fields = {field.key: field for field in lay.sentence_headers()}
    shapes = {word: shape for shape, word in lay.SHAPE_WORDS.items()}
    for row in reader.rows(lay.WORDS, lay.sentence_headers()):
        of, name, text = (reader.value(row, fields[key]) for key in ("of", "name", "text"))
        if not (of and name and text):
            for field in fields.values():
                if not row.has(field.header):
                    reader.fault(row.place(field.header), "不能空着")
            continue
        place = row.place(fields["text"].header)
        if of in shapes:
            wording = table.setdefault("wording", Located(place=place))
            target = wording.setdefault(shapes[of], Located(place=place))
        else:
            owner = _find(by_id, of)
            if owner is None:
                reader.fault(row.place(fields["of"].header), f"没有“{of[:20]}”{did_you_mean(of[:40], [*by_id, *shapes])}")
                continue
            target = owner.setdefault("sentences", Located(place=place))
        if name in target:
            reader.fault(row.place(fields["name"].header), "写了两次")
        target[name] = text
        target.places[name] = place


def _find(by_id: dict[str, Located], of: str) -> Located | None:
    """The item a sentence belongs to: 1.1 or 1.1/分项2."""
    name, _, place = of.partition("/")
    item = by_id.get(name)
    for key, number in _numbered(place) if "/" in of else ():
        listed = item.get(key, []) if item is not None and key in ("parts", "penalties") else []
        item = listed[number - 1] if isinstance(listed, list) and 0 < number <= len(listed) else None
    return item


def _numbered(place: str) -> Iterator[tuple[str, int]]:
    back = {word: key for key, word in PLACE_WORDS.items()}
    for part in place.split("/"):
        word = part.rstrip("0123456789")
        yield back.get(word, ""), int(part[len(word) :][:4] or 0)
