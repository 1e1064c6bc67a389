"""评分规则 → measures, targets and ways of giving points, each hung where its place says."""

from __future__ import annotations

from wuhao_report.core.errors import ANYWHERE
from wuhao_report.core.strict import Located
from wuhao_report.core.text import did_you_mean
from wuhao_report.measures.base import PLACE_WORDS
from wuhao_report.measures.kinds import MEASURES
from wuhao_report.measures.target import TARGET_WORDS
from wuhao_report.scheme.excel import layout as lay
from wuhao_report.scheme.excel.rows import Reader, Row, inner_table, put_conditions, put_profile_conditions
from wuhao_report.tables.codecs import LIST, NUMBER, TEXT, Field, read_tiers
from wuhao_report.workbook.raw import as_text

MAX_RULE_ROWS = 5_000
MAX_DEPTH = 4


def read_rules(reader: Reader, table: Located, by_id: dict[str, Located]) -> None:
    """Read 评分规则 into the items and the table: measures, targets, points, checks of rows."""
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
    reader: Reader, row: Row, nodes: dict[tuple[str, str], Located], item: Located, name: str, place: str, node: Located
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
        parent = inner_table(parent, "measure.x", row.place(lay.PLACE))
    if key in lay.MANY:
        listed = parent.setdefault(key, [])
        if int(number[:4]) != len(listed) + 1:
            reader.fault(row.place(lay.PLACE), f"“{word}”要从1起依次编号，这里应为{word}{len(listed) + 1}")
        listed.append(node)
    else:
        parent[key] = node
    parent.places.setdefault(key, row.place(lay.PLACE))
    return True


def _rule(reader: Reader, row: Row, node: Located, word: str, factor: bool) -> None:
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


def _entry(reader: Reader, row: Row, node: Located, key: str) -> list[str]:
    fields = [
        lay.MEASURE_FIELDS[1],
        *([Field("名称", "title", TEXT)] if key == "items" else []),
        *([lay.EVENT_FIELD] if key == "event" else []),
    ]
    reader.fill(node, row, fields)
    headers = {lay.WHERE: "where", **({lay.WITHIN: "within"} if key == "tables" else {})}
    for header, name in headers.items():
        put_conditions(reader, row, node, header, name, node.get("sheet", ""))
    return [*(field.header for field in fields), *headers]


def _measure(reader: Reader, row: Row, node: Located) -> list[str]:
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
        put_conditions(reader, row, node, lay.WHERE, "where", node.get(measure.where_sheet, ""))
        used.append(lay.WHERE)
    if "within" in measure.keys and "roll" in measure.keys:
        put_conditions(reader, row, node, lay.WITHIN, "within", node.get("roll", ""))
        used.append(lay.WITHIN)
    return used


def _target(reader: Reader, row: Row, node: Located, into: Located) -> None:
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


def _item(reader: Reader, row: Row, node: Located, inner: bool, factor: bool) -> list[str]:
    used = ["名称", lay.TARGET, lay.TARGET_VALUE, lay.TIERS]
    if inner:
        reader.fill(node, row, [field for field in lay.INNER_FIELDS if field not in (lay.WHEN, lay.UNLESS)])
        put_profile_conditions(reader, node, row)
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


def _award(reader: Reader, row: Row, node: Located, factor: bool) -> list[str]:
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


def _tiers(reader: Reader, row: Row, table: Located, gives: str) -> None:
    place = row.place(lay.TIERS)
    table.places["tiers"] = place
    tiers = reader.value(row, Field(lay.TIERS, "tiers", TEXT), lambda raw: read_tiers(raw, gives))
    if tiers is not None:
        table["tiers"] = [Located(tier, place=place) for tier in tiers]


def _check(reader: Reader, row: Row) -> Located:
    check = Located(place=row.place())
    fields = [lay.MEASURE_FIELDS[1], lay.MEASURE_FIELDS[2], Field("名称", "text", TEXT)]
    reader.fill(check, row, fields)
    for header, key in ((lay.WHERE, "where"), ("应当符合", "require")):
        put_conditions(reader, row, check, header, key, check.get("sheet", ""))
    for header in row.cells:
        if header not in (lay.ID, lay.WHERE, "应当符合", *(field.header for field in fields)):
            reader.fault(row.place(header), "逐行检查不用填这一栏")
    return check
