"""The tags of one part of a template before they are patched: changes that Word keeps track of are taken in, and no tag may be cut or mistyped.

A tag lies in one paragraph, in one hyperlink or outside all of them; its braces are those of the Latin alphabet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from wuhao_report.core.errors import TemplateError, TemplateFault
from wuhao_report.files.office import local_name, parse_tree

PAIRS = (("{{", "}}"), ("{%", "%}"), ("{#", "#}"))
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TRACKED = re.compile(r"<w:(?:ins|del|moveFrom|moveTo|smartTag|customXml|\w+Change|(?:moveFrom|moveTo)Range(?:Start|End))[ />]")
_DROPPED = frozenset({"del", "moveFrom", "moveFromRangeStart", "moveFromRangeEnd", "moveToRangeStart", "moveToRangeEnd"})
_UNWRAPPED = frozenset({"ins", "moveTo", "smartTag", "customXml"})
_CUTTING = {"hyperlink": "超链接", "fldSimple": "域", "sdtContent": "内容控件", "txbxContent": "文本框"}
_WIDE = re.compile(r"｛\s*[｛{%％]|\{\s*｛|[｝}%％]\s*｝|｝\s*\}")
_PERCENT = re.compile(r"\{%(?:(?!%\}).)*?\s%\s")
LONGEST_WORDS = 40


def with_changes_taken_in(xml: str) -> str:
    """Return a part as it is when all changes that Word keeps track of are accepted; as it stands where there are none."""
    if not _TRACKED.search(xml):
        return xml
    from lxml import etree

    root = parse_tree(xml.encode("utf-8"), huge=True)
    for element in list(root.iter()):
        name = local_name(element)
        if (
            name in _DROPPED
            or name.endswith("Change")
            or (name in _UNWRAPPED and local_name(element.getparent()) in ("rPr", "trPr"))
        ):
            _remove(element)
        elif name in _UNWRAPPED and element.tag.startswith(WORD):
            _unwrap(element)
    return str(etree.tostring(root, encoding="unicode"))


def _remove(element: Any) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _unwrap(element: Any) -> None:
    """Put the children of an element in its place, without what it says of itself."""
    parent = element.getparent()
    at = parent.index(element)
    children = [child for child in element if local_name(child) not in ("smartTagPr", "customXmlPr")]
    parent[at : at + 1] = children


def check_tags(xml: str, template: str, part: str) -> None:
    """Refuse a tag that is not closed in its paragraph, is cut by a hyperlink or the like, or has full-width braces.

    `part` is what the part is called, "" for the body. Raises TemplateError with the place.
    """
    for number, paragraph in enumerate(re.findall(r"<w:p[ >].*?</w:p>", xml, re.DOTALL), 1):
        text = printed(paragraph)
        what = _fault(paragraph, text)
        if what:
            raise TemplateError(TemplateFault(template, what, paragraph=number, words=text.strip()[:LONGEST_WORDS], part=part))


def _fault(paragraph: str, text: str) -> str:
    if _WIDE.search(text):
        return "标记的括号是全角的，请改用半角的 {{ }}、{% %}"
    if not _balanced(text):
        return "标记写得不对（括号不成对）"
    if _PERCENT.search(text):
        return "标记里不能用 %；隔行可以写 loop.index is even"
    return next((f"标记被{word}截断，请去掉{word}，重新输入整个标记" for word in _cut_by(paragraph)), "")


def _balanced(text: str) -> bool:
    return all(text.count(left) == text.count(right) for left, right in PAIRS)


def _cut_by(paragraph: str) -> Iterator[str]:
    """Yield what cuts a tag of a paragraph in two: an element whose text has one half of a pair."""
    for name, word in _CUTTING.items():
        for inner in re.findall(rf"<w:{name}[ >].*?</w:{name}>", paragraph, re.DOTALL) if f"<w:{name}" in paragraph else ():
            if not _balanced(printed(inner)):
                yield word


def has_tags(xml: str) -> bool:
    """Say whether the text of a part holds tags, or what somebody has meant as one."""
    text = printed(xml)
    return "{{" in text or "{%" in text or "{#" in text or _WIDE.search(text) is not None


def printed(xml: str) -> str:
    """Return what is printed of a piece of XML."""
    return re.sub(r"<[^>]+>", "", xml)
