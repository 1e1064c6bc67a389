"""指标 and 语句 → heads, indicators, figures, coefficients, deeds, and what is said of them."""

from __future__ import annotations

from collections.abc import Iterator

from wuhao_report.core.strict import Located
from wuhao_report.core.text import did_you_mean
from wuhao_report.measures.base import PLACE_WORDS
from wuhao_report.scheme.excel import layout as lay
from wuhao_report.scheme.excel.rows import Reader, Row, kind_of, put_profile_conditions, read_conditions, refuse_others
from wuhao_report.tables.codecs import Field


def read_items(reader: Reader, table: Located) -> dict[str, Located]:
    """Heads, indicators, figures, coefficients; those with a rule by their id."""
    counts = {word: value for value, word in lay.COUNTS_WORDS.items()}
    for key in ("head", "indicator"):
        table[key] = []
    by_id: dict[str, Located] = {}
    for row in reader.rows(lay.ITEMS, lay.item_headers()):
        kind = kind_of(reader, row, lay.ITEM_KINDS)
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
        put_profile_conditions(reader, item, row)
        refuse_others(reader, row, fields, kind)
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


def _deed(reader: Reader, row: Row) -> Located:
    """How rows of a log are told as deeds of a head."""
    deed = Located(place=row.place(lay.KIND))
    reader.fill(deed, row, lay.DEED_FIELDS)
    where = read_conditions(reader, row, lay.DEED_WHERE.header, deed.get("sheet", ""))
    if where is not None:
        deed["where"] = where
    refuse_others(reader, row, (*lay.DEED_FIELDS, lay.DEED_WHERE), lay.DEED)
    return deed


def read_sentences(reader: Reader, table: Located, by_id: dict[str, Located]) -> None:
    """Read 语句 into the table: words for all of a shape, or for one item."""
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
