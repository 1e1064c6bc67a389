"""A parsed template + the names of its document → every name in the template that the document does not have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wuhao_report.report.template.names import Chart, Flag, Names, Rows, Text, Texts, Type

if TYPE_CHECKING:
    from jinja2 import nodes

Scope = Mapping[str, Type | None]
"""The names that stand at one place of a template; None is a value that is not looked into."""


@dataclass(frozen=True)
class UnknownName:
    """A name that nothing stands for: its line in the text of the template, and the names that may stand there.

    `inner`: it stands after a dot.
    """

    line: int
    name: str
    known: tuple[str, ...]
    inner: bool = False


def unknown_names(tree: nodes.Template, names: Mapping[str, Type]) -> Iterator[UnknownName]:
    """Yield every unknown name of a template, in the order of reading."""
    from jinja2 import nodes

    assigned = {target.name: None for node in tree.find_all(nodes.Assign) for target in _targets(node.target)}
    yield from _unknown(tree, {**names, "range": None, **assigned})


def _targets(node: nodes.Node) -> Iterator[nodes.Name]:
    from jinja2 import nodes

    if isinstance(node, nodes.Name):
        yield node
    yield from node.find_all(nodes.Name)


def _type(node: nodes.Node, scope: Scope) -> Type | None:
    """The type of an expression; None where it is not looked into."""
    from jinja2 import nodes

    if isinstance(node, nodes.Name):
        return scope.get(node.name)
    if isinstance(node, nodes.Getattr):
        owner = _type(node.node, scope)
        return owner.fields.get(node.attr) if isinstance(owner, Names | Chart) else None
    return None


def _unknown(node: nodes.Node, scope: Scope) -> Iterator[UnknownName]:
    from jinja2 import nodes

    if isinstance(node, nodes.Name) and node.ctx == "load" and node.name not in scope:
        yield UnknownName(node.lineno, node.name, tuple(scope))
    if isinstance(node, nodes.Getattr):
        owner = _type(node.node, scope)
        fields = owner.fields if isinstance(owner, Names | Chart) else {}
        if isinstance(owner, Text | Flag | Texts | Rows) or (fields and node.attr not in fields):
            yield UnknownName(node.lineno, node.attr, tuple(fields), inner=True)
    if isinstance(node, nodes.For):
        yield from _unknown_in_loop(node, scope)
        return
    for child in node.iter_child_nodes():
        yield from _unknown(child, scope)


def _unknown_in_loop(node: nodes.For, scope: Scope) -> Iterator[UnknownName]:
    from jinja2 import nodes

    yield from _unknown(node.iter, scope)
    listed = _type(node.iter, scope)
    item = listed.item if isinstance(listed, Texts | Rows) and isinstance(node.target, nodes.Name) else None
    inside = {**scope, **{target.name: item for target in _targets(node.target)}, "loop": None}
    for child in (*node.body, *node.else_):
        yield from _unknown(child, inside)
