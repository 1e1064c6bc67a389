"""The parts of a package that is marked: parsed when they are needed, and kept in their first state beside their new one.

Only what is touched is written anew; every other part stays byte for byte.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from lxml import etree

from wuhao_report.core.text import one_line
from wuhao_report.files.office import (
    CONTENT_TYPES,
    EMPTY_LINKS,
    WORKBOOK,
    add_default,
    add_override,
    add_relationship,
    child,
    links_part,
    parse_tree,
    relationships,
    tree_bytes,
)
from wuhao_report.files.provenance import ENDING, KEPT, KEPT_LIST

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_OFFICE = "http://purl.oclc.org/ooxml/officeDocument/relationships"
MEDIA = "application/vnd.openxmlformats-officedocument.spreadsheetml"
SPACE = "{http://www.w3.org/XML/1998/namespace}space"


class NotMarkable(ValueError):
    """A package whose parts are not as a workbook has them."""


def needed(element: Any, name: str) -> Any:
    """Return the child of that name, without which a part cannot be marked. Raises NotMarkable."""
    item = child(element, name)
    if item is None:
        raise NotMarkable(f"no {name}")
    return item


def first_state(members: dict[str, bytes]) -> dict[str, bytes]:
    """Return the members as they were before we marked them; a copy saved by Excel since is taken as it is."""
    listing = members.get(KEPT_LIST)
    if listing is None:
        return members
    kept = json.loads(listing)
    if any(_digest(members.get(name, b"")) != digest for name, digest in kept["made"].items()):
        return {name: part for name, part in members.items() if not name.startswith(KEPT)}
    back = {name: members[f"{KEPT}/{number}.{ENDING}"] for number, name in enumerate(kept["touched"])}
    return {
        name: back.get(name, part) for name, part in members.items() if not name.startswith(KEPT) and name not in kept["added"]
    }


def _digest(part: bytes) -> str:
    return hashlib.sha256(part).hexdigest()


class Parts:
    """The parts of one package: `members` as they came, `trees` those that were opened, `added` those that are new and not opened."""

    def __init__(self, members: dict[str, bytes]) -> None:
        self.members = members
        self.trees: dict[str, Any] = {}
        self.added: dict[str, bytes] = {}
        self.namespace = etree.QName(self.open(WORKBOOK)).namespace
        self.links = self.links_of(WORKBOOK)

    def open(self, name: str) -> Any:
        """Return the tree of a part, which is written anew in the end. Raises KeyError, SyntaxError."""
        if name not in self.trees:
            self.trees[name] = parse_tree(self.added.pop(name) if name in self.added else self.members[name], huge=True)
        return self.trees[name]

    def has(self, name: str) -> bool:
        """Say whether the package has a part, or is to have it."""
        return name in self.members or name in self.added or name in self.trees

    def add(self, name: str, part: bytes, content_type: str) -> None:
        """Add a part with its content type."""
        self.added[name] = part
        add_override(self.open(CONTENT_TYPES), name, content_type)

    def tag(self, name: str) -> str:
        """Return the name of an element with the namespace of the workbook, which is another in a strict one."""
        return f"{{{self.namespace}}}{name}"

    def element(self, parent: Any, name: str, **attributes: str) -> Any:
        """Add an element of the workbook's namespace at the end of a parent."""
        return etree.SubElement(parent, self.tag(name), attributes)

    def links_of(self, part: str, kind: str = "") -> dict[str, str]:
        """Return the members that a part links to (by one kind of links), by the ids of the links."""
        ending = f"/{kind}" if kind else ""
        return {
            link.identity: link.member
            for link in relationships(self.members.get(links_part(part)), part)
            if not link.external and link.kind.endswith(ending)
        }

    def link(self, source: str, target: str, kind: str) -> str:
        """Link a part to another, and return the id of the link."""
        name = links_part(source)
        if not self.has(name):
            self.added[name] = EMPTY_LINKS
        return add_relationship(
            self.open(name), f"{OFFICE if 'openxmlformats' in self.namespace else STRICT_OFFICE}/{kind}", target
        )

    def sheets(self) -> dict[str, str]:
        """Return the part of every sheet by its name, as the reader names it."""
        paths = {}
        for sheet in needed(self.open(WORKBOOK), "sheets"):
            identity = next(
                value for key, value in sheet.attrib.items() if etree.QName(key).localname == "id" and etree.QName(key).namespace
            )
            if identity in self.links and self.links[identity] in self.members:
                paths[one_line(sheet.get("name") or "")] = self.links[identity]
        return paths

    def finished(self) -> dict[str, bytes]:
        """Return all members with those written anew, and beside them the first state of what was there."""
        written = {name: tree_bytes(root) for name, root in self.trees.items()}
        types = parse_tree(written.get(CONTENT_TYPES, self.members[CONTENT_TYPES]), huge=True)
        add_default(types, ENDING, "application/octet-stream")
        changed = [name for name in written if name in self.members and written[name] != self.members[name]]
        new = {**{name: written[name] for name in changed}, CONTENT_TYPES: tree_bytes(types)}
        added = {**{name: part for name, part in written.items() if name not in self.members}, **self.added}
        return {**{name: new.get(name, part) for name, part in self.members.items()}, **added, **self._kept(new, added)}

    def _kept(self, new: Mapping[str, bytes], added: Mapping[str, bytes]) -> dict[str, bytes]:
        listing = {
            "touched": list(new),
            "added": list(added),
            "made": {name: _digest(part) for name, part in {**new, **added}.items()},
        }
        kept = {f"{KEPT}/{number}.{ENDING}": self.members[name] for number, name in enumerate(new)}
        return {**kept, KEPT_LIST: json.dumps(listing, ensure_ascii=False, sort_keys=True).encode()}


def relationship_namespace(root: Any) -> str:
    """Return the namespace of relationship ids that a part uses; strict workbooks have another."""
    return next((value for value in root.nsmap.values() if value and value.endswith("/relationships")), OFFICE)


def free_name(names: Iterable[str], taken: Callable[[str], bool]) -> str:
    """Return the first of the names that is not taken. Raises NotMarkable."""
    for name in names:
        if not taken(name):
            return name
    raise NotMarkable("no free name")
