"""What in somebody's template would reach beyond it: fields that fetch or run something, macros, links to files elsewhere.

A template comes by mail, and what is in it goes into every report that is made with it. So it is refused, or taken out and said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from wuhao_report.core.errors import TemplateError, TemplateFault
from wuhao_report.files.office import Relationship, local_name, parse_tree, relationships, relationships_xml, tree_bytes
from wuhao_report.report.template.tags import WORD

FETCHING = frozenset(
    [
        "dde",
        "ddeauto",
        "include",
        "includetext",
        "includepicture",
        "link",
        "import",
        "database",
        "macrobutton",
        "gotobutton",
        "rd",
        "subscriber",
        "autotext",
    ]
)
"""Fields that fetch something from elsewhere, or run something."""
ACTIVE = re.compile(r"(?:^|/)(?:vbaproject\.bin|vbadata\.xml|activex/.*|.*\.(?:ocx|exe|dll|js|vbs|htm|html|mht))$", re.IGNORECASE)
OBJECT = re.compile(r"^word/embeddings/.*\.bin$", re.IGNORECASE)
ACTIVE_LINKS = ("/oleObject", "/control", "/aFChunk", "/subDocument", "/vbaProject")
"""How the kinds of relationships end that bring something to run, or another file, along."""
ATTACHED, HYPERLINK = "/attachedTemplate", "/hyperlink"
"""How the kinds of two relationships end: a template behind the template, and a link that somebody may click on."""
_ATTACHED = re.compile(rb"<w:attachedTemplate\b[^>]*/>|<w:attachedTemplate\b[^>]*>\s*</w:attachedTemplate>")
SETTINGS = "word/settings.xml"
LINKS = ".rels"


def made_safe(members: Mapping[str, bytes], name: str) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """Return the members of a template without what reaches beyond it, and what has been taken out, in words.

    Raises TemplateError for what cannot be taken out, and for a part that is no well-formed XML.
    """
    faults = [TemplateFault(name, f"“{name}”{what}", hint) for what, hint in _faults(members)]
    if faults:
        raise TemplateError(*faults[:5])
    left_out: dict[str, None] = {}
    safe = dict(members)
    for part, data in members.items():
        if part.lower().endswith(LINKS):
            links = _links(data, part)
            kept = [link for link in links if not (link.external and link.kind.endswith(ATTACHED))]
            if len(kept) != len(links):
                safe[part] = relationships_xml(kept)
                safe[SETTINGS] = _ATTACHED.sub(b"", safe.get(SETTINGS, b""))
                left_out["对别处模板的引用"] = None
        elif part.lower().endswith(".xml"):
            root = parse_tree(data, huge=True)
            fetching = [field for field in _fields(root) if field.kind in FETCHING]
            for field in fetching:
                field.take_out()
                left_out[f"会打开别的文件或程序的域（{field.kind.upper()}）"] = None
            safe[part] = tree_bytes(root) if fetching else data
    return safe, tuple(left_out)


def _faults(members: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong, and what to do about it."""
    for part, data in members.items():
        if ACTIVE.search(part):
            yield "里面有宏或控件", "，请另存为不含宏的 .docx"
        elif OBJECT.match(part):
            yield "里面有嵌入的对象", "，请删去，或改成图片"
        elif part.lower().endswith(LINKS):
            for link in _links(data, part):
                if link.kind.endswith(ACTIVE_LINKS):
                    yield "里面有嵌入的对象、控件或别的文件", "，请删去，或改成图片"
                if link.external and not link.kind.endswith((HYPERLINK, ATTACHED)):
                    yield "里面有链接到别处的内容（图片、对象等）", "，请改为嵌入文档"
        elif part.lower().endswith(".xml"):
            yield from _faults_of_part(part, data)


def _links(data: bytes, part: str) -> tuple[Relationship, ...]:
    folder, _, file = part.rpartition("_rels/")
    try:
        return relationships(data, folder + file.removesuffix(LINKS))
    except (SyntaxError, ValueError):
        return ()


def _faults_of_part(part: str, data: bytes) -> Iterator[tuple[str, str]]:
    from lxml import etree

    try:
        root = parse_tree(data, huge=True)
    except etree.XMLSyntaxError:
        yield f"里的“{part}”已损坏", "，请在 Word 里打开、另存一份"
        return
    names = {local_name(element) for element in root.iter()}
    if names & {"altChunk", "subDoc"}:
        yield "里面插入了别的文件", "，请把内容复制进来"
    if "mailMerge" in names:
        yield "里面有邮件合并的数据来源", "，请在“邮件”里改为普通文档"
    if any(not field.kind for field in _fields(root)):
        yield "里面有一个域，它的名称又由另一个域产生", "，请删去这个域"


@dataclass
class _Field:
    """A field of Word: its instruction as far as it has been read, and the elements it is made of."""

    elements: list[Any]
    instruction: str = ""
    nested: bool = False

    @property
    def kind(self) -> str:
        """The name of the field in small letters; "" where it is itself made by a field."""
        if self.nested:
            return ""
        named = re.match(r"\s*([A-Za-z]+)", self.instruction)
        return named[1].casefold() if named else "page"

    def take_out(self) -> None:
        """Leave of the field only the text that it shows."""
        for element in self.elements:
            parent = element.getparent()
            if local_name(element) == "fldSimple":
                at = parent.index(element)
                parent[at : at + 1] = list(element)
            else:
                parent.remove(element)


def _fields(root: Any) -> Iterator[_Field]:
    """Yield every field of a part whose instruction is read to its end."""
    running: list[_Field] = []
    for element in root.iter(f"{WORD}fldSimple", f"{WORD}fldChar", f"{WORD}instrText"):
        name, mark = local_name(element), element.get(f"{WORD}fldCharType")
        if name == "fldSimple":
            yield _Field([element], element.get(f"{WORD}instr") or "")
        elif mark == "begin":
            if running and not running[-1].instruction.strip():
                running[-1].nested = True
            running.append(_Field([element]))
        elif running:
            running[-1].elements.append(element)
            running[-1].instruction += (element.text or "") if name == "instrText" else ""
            if mark == "end":
                yield running.pop()
    yield from running
