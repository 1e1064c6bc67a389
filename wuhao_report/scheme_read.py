"""The strict reader of indicator systems: TOML → Scheme; every fault names the path to its key."""

from __future__ import annotations

import hashlib
import os
import tomllib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from wuhao_report import scheme as s
from wuhao_report.measure_read import MEASURES, Context, read_measure, read_target
from wuhao_report.periods import PERS, Per, Span
from wuhao_report.problems import SchemeError, problem
from wuhao_report.sentences import PLACEHOLDERS, unknown_placeholders
from wuhao_report.strict import Keys, did_you_mean, duplicate_of

PACKAGE = Path(__file__).parent
BUILT_IN = PACKAGE / "schemes"
FOLDER_VARIABLE = "WUHAO_SCHEMES"
MAX_BYTES = 2_000_000

USES: Mapping[str, tuple[str, ...]] = {
    "profile": ("unit", "superior", "start_year", "stage", "report_date", "reporter", "basis"),
    "years": ("year",),
    "mending": ("problem", "indicator", "measure", "person", "deadline", "state"),
    "evidence": ("id", "title", "date", "file"),
    "texts": ("overview", "process", "highlights", "shortcomings", "plans"),
    "activities": ("date", "title", "kind", "elders", "young"),
}
REQUIRED_USES = ("profile", "years", "mending", "evidence", "texts")
FORM_ROLES: Mapping[str, tuple[str, ...]] = {
    "pairs": (), "years": ("year",), "roll": ("name", "start", "end"), "log": ("date",), "list": (),
}
OPTIONAL_ROLES = ("evidence", "elders", "young", "kind", "date", "file", "reporter", "basis")


# What stands in the file, piece by piece.


def _column(table: object, path: str) -> s.Column:
    keys = Keys(table, path)
    name = keys.text("name")
    keys.path = f"{path.rsplit('.', 1)[0]}[{name}]"
    column = s.Column(
        name=name,
        type=cast(s.ColumnType, keys.word("type", s.COLUMN_TYPES)),
        required=keys.truth("required"),
        choices=keys.texts("choices"),
        aliases=keys.texts("aliases"),
        hint=keys.text("hint", ""),
        example=keys.text("example", ""),
        future=keys.truth("future"),
    )
    keys.done()
    if (column.type in ("choice", "choices")) != bool(column.choices):
        raise keys.fail("choices", "类型 choice、choices 必须有选项，其他类型不能有")
    return column


def _sheet(table: object, number: int) -> s.Sheet:
    keys = Keys(table, f"sheet[{number}]")
    name = keys.text("name")
    keys.path = f"sheet[{name}]"
    if len(name) > 31 or any(char in name for char in "[]:*?/\\"):
        raise keys.fail("name", "工作表名最多 31 个字，不能含 []:*?/\\")
    form = cast(s.Form, keys.word("form", s.FORMS))
    use = keys.word("use", USES, "")
    columns = tuple(_column(item, f"{keys.path} → columns.{i}") for i, item in enumerate(keys.tables("columns"), 1))
    headers = [header for column in columns for header in (column.name, *column.aliases)]
    duplicate = duplicate_of(headers)
    if duplicate is not None:
        raise keys.fail("columns", f"“{duplicate}”出现了两次（名称和别名都不能重复）")
    roles = _roles(keys, form, use, columns)
    sheet = s.Sheet(name, form, columns, use, keys.text("hint", ""), roles)
    keys.done()
    return sheet


def _roles(keys: Keys, form: str, use: str, columns: tuple[s.Column, ...]) -> dict[str, str]:
    allowed = (*FORM_ROLES[form], *USES.get(use, ()), "evidence")
    inner = Keys(keys.take("roles", {}), f"{keys.path} → roles")
    names = [column.name for column in columns]
    roles = {}
    for role in allowed:
        if role not in inner.table and role in OPTIONAL_ROLES and role not in FORM_ROLES[form]:
            continue
        column = inner.text(role)
        inner.known(role, column, names)
        roles[role] = column
    inner.taken.extend(allowed)
    inner.done()
    return roles


CHANGE_PLACES = ("名称", "前期", "前值", "后期", "后值")
SENTENCES = ("met", "short", "none", "no_data", "pending", "pending_none", "so_far", "task", "remedy", "remedy_late")


def _sentences(
    keys: Keys, key: str, allowed: tuple[str, ...] = SENTENCES, places: Iterable[str] = PLACEHOLDERS
) -> dict[str, str]:
    inner = Keys(keys.take(key, {}), f"{keys.path} → {key}")
    found = {name: inner.text(name) for name in allowed if inner.has(name)}
    inner.taken.extend(allowed)
    inner.done()
    for name, text in found.items():
        unknown = unknown_placeholders(text, places)
        if unknown:
            raise inner.fail(name, f"没有占位词{{{unknown[0]}}}")
    return found


SHAPES: tuple[s.Shape, ...] = ("count", "amount", "flag", "set", "rate", "level")


def _indicator(table: object, number: int, at: Context, heads: tuple[s.Head, ...]) -> s.Indicator:
    keys = Keys(table, f"indicator[{number}]")
    name = keys.text("id")
    keys.path = f"indicator[{name}]"
    raw = keys.take("measure")
    measure = read_measure(raw, f"{keys.path} → measure", at)
    head = keys.text("head", name.split(".")[0])
    keys.known("head", head, [item.id for item in heads])
    stretch = None
    if keys.has("stretch"):
        inner = Keys(keys.take("stretch"), f"{keys.path} → stretch")
        text = inner.text("text")
        target = {key: value for key, value in inner.table.items() if key != "text"}
        stretch = s.Stretch(read_target(target, inner.path, measure), text)
    indicator = s.Indicator(
        id=name, head=head, title=keys.text("title"), requirement=keys.text("requirement"), clause=keys.text("clause"),
        per=cast(Per, keys.word("per", PERS)), measure=measure,
        target=read_target(keys.take("target"), f"{keys.path} → target", measure),
        shape=cast(s.Shape, keys.word("shape", SHAPES, MEASURES[raw["kind"]][2])),
        definition=keys.text("definition", ""), convention=keys.truth("convention"), unit=keys.text("unit", ""),
        act=keys.text("act", ""), unless=at.where(keys, "unless", at.profile), stretch=stretch,
        telling=keys.whole("telling", 5), sentences=_sentences(keys, "sentences"),
    )
    keys.done()
    if indicator.convention and not indicator.definition:
        raise keys.fail("definition", "约定的口径（convention = true）必须写明 definition")
    if indicator.shape in ("count", "flag") and not indicator.act:
        raise keys.fail("act", "次数类和是否类指标要写明做什么（如“召开例会”）")
    return indicator


def _stage(table: object, number: int, phases: tuple[s.Phase, ...]) -> s.Stage:
    keys = Keys(table, f"stage[{number}]")
    stage = s.Stage(
        keys.text("title"), keys.text("report"), keys.text("phase"), keys.day("opens"), keys.day("through"),
        keys.truth("convention"),
    )
    keys.done()
    keys.known("phase", stage.phase, [phase.title for phase in phases])
    if stage.opens > stage.through:
        raise keys.fail("opens", "不能晚于 through")
    return stage


def _phase(table: object, number: int) -> s.Phase:
    keys = Keys(table, f"phase[{number}]")
    phase = s.Phase(keys.text("title"), Span(keys.day("start"), keys.day("end")))
    keys.done()
    if phase.span.end < phase.span.start:
        raise keys.fail("end", "不能早于 start")
    return phase


def _head(table: object, number: int) -> s.Head:
    keys = Keys(table, f"head[{number}]")
    head = s.Head(keys.text("id"), keys.text("title"), keys.number("points"))
    keys.done()
    return head


def _figure(table: object, number: int, at: Context) -> s.Figure:
    keys = Keys(table, f"figure[{number}]")
    name = keys.text("id")
    keys.path = f"figure[{name}]"
    figure = s.Figure(
        name, keys.text("title", name), keys.text("unit"), cast(Per, keys.word("per", ("年", "现状"))),
        read_measure(keys.take("measure"), f"{keys.path} → measure", at), keys.truth("table", True), keys.truth("chart"),
    )
    keys.done()
    return figure


def _milestone(table: object, number: int) -> s.Milestone:
    keys = Keys(table, f"milestone[{number}]")
    mark = s.Milestone(
        keys.text("when"), keys.day("until"), keys.text("text"), keys.text("happened", ""),
        keys.day("since") if keys.has("since") else None,
    )
    keys.done()
    return mark


def _check(table: object, number: int, at: Context) -> s.RowCheck:
    keys = Keys(table, f"check[{number}]")
    sheet = at.sheet(keys, "sheet", ("roll", "log"))
    check = s.RowCheck(
        sheet.name, at.column(keys, "column", sheet, tuple(s.COLUMN_TYPES)), at.where(keys, "where", sheet),
        at.where(keys, "require", sheet), keys.text("text"),
    )
    keys.done()
    return check


def _unique(name: str, values: Iterable[str]) -> None:
    duplicate = duplicate_of(values)
    if duplicate is not None:
        raise SchemeError(f"{name}：“{duplicate}”重复了。")


def _wording(keys: Keys | None) -> dict[str, dict[str, str]]:
    table = keys.take("wording", {}) if keys else _load(PACKAGE / "wording.toml")[0]
    inner = Keys(table, "wording")
    found = {shape: _sentences(inner, shape) for shape in (*SHAPES, "all")}
    found["change"] = _sentences(inner, "change", ("up", "down", "same", "both"), CHANGE_PLACES)
    inner.done()
    return found


@lru_cache(maxsize=1)
def default_wording() -> dict[str, dict[str, str]]:
    """The sentences of each shape that a scheme may leave as they are."""
    return _wording(None)


def _load(path: Path) -> tuple[dict[str, Any], bytes]:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SchemeError(f"方案文件“{path.name}”过大。")
        data = path.read_bytes()
        return tomllib.loads(data.decode("utf-8-sig").replace("\r\n", "\n"), parse_float=Decimal), data
    except OSError as error:
        raise SchemeError(f"读不了方案文件“{path.name}”（{error.strerror}）。") from error
    except UnicodeDecodeError as error:
        raise SchemeError(f"方案文件“{path.name}”不是 UTF-8 编码的文本。") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SchemeError(f"方案文件“{path.name}”不是正确的 TOML：{error}。") from error


def read_scheme(path: Path) -> s.Scheme:
    """Read a scheme file strictly.

    Raises SchemeError with the path to the key, what was expected and the nearest right word.
    """
    table, data = _load(path)
    return parse_scheme(table, hashlib.sha256(data.replace(b"\r\n", b"\n")).hexdigest())


def parse_scheme(table: Mapping[str, Any], digest: str) -> s.Scheme:
    """A scheme from its plain tables; `digest` identifies the text it came from."""
    keys = Keys(dict(table), "")
    sheets = tuple(_sheet(item, number) for number, item in enumerate(keys.tables("sheet"), 1))
    _unique("sheet", [sheet.name for sheet in sheets])
    _unique("use", [sheet.use for sheet in sheets if sheet.use])
    for use in REQUIRED_USES:
        if not any(sheet.use == use for sheet in sheets):
            raise SchemeError(f"sheet：缺少用途为 {use} 的工作表。")
    at = Context(sheets)
    heads = tuple(_head(item, number) for number, item in enumerate(keys.tables("head"), 1))
    phases = tuple(_phase(item, number) for number, item in enumerate(keys.tables("phase"), 1))
    indicators = tuple(_indicator(item, number, at, heads) for number, item in enumerate(keys.tables("indicator"), 1))
    own = _wording(keys)
    start_year = keys.whole("start_year")
    if not 1950 <= start_year <= 2150:
        raise keys.fail("start_year", "应当是 1950 至 2150 之间的年份")
    found = s.Scheme(
        id=keys.text("id"), version=keys.text("version"), title=keys.text("title"), hash=digest,
        own_start_year=start_year, start_year=start_year, self_name=keys.text("self_name"),
        campaign=keys.text("campaign"), report_title=keys.text("report_title"), basis=keys.texts("basis"), note=keys.text("note", ""),
        scoring_note=keys.text("scoring_note"), body_limit=keys.whole("body_limit", 3000), phases=phases,
        stages=tuple(_stage(item, number, phases) for number, item in enumerate(keys.tables("stage"), 1)),
        milestones=tuple(_milestone(item, number) for number, item in enumerate(keys.tables("milestone", []), 1)),
        sheets=sheets, heads=heads, indicators=indicators,
        figures=tuple(_figure(item, number, at) for number, item in enumerate(keys.tables("figure", []), 1)),
        checks=tuple(_check(item, number, at) for number, item in enumerate(keys.tables("check", []), 1)),
        profile_text=keys.text("profile_text", ""),
        wording={shape: {**texts, **own[shape]} for shape, texts in default_wording().items()},
    )
    keys.done()
    _unique("phase", [phase.title for phase in phases])
    _unique("stage", [stage.title for stage in found.stages])
    _unique("head", [head.id for head in heads])
    _unique("indicator", [indicator.id for indicator in indicators])
    _unique("figure", [figure.id for figure in found.figures])
    _check_placeholders(found)
    return found


def _check_placeholders(scheme: s.Scheme) -> None:
    figures = [figure.id for figure in scheme.figures]
    for path, text, names in (
        ("report_title", scheme.report_title, ["单位名称", "报告名称"]),
        ("profile_text", scheme.profile_text, [*figures, "截至日", "自称"]),
        *((f"milestone[{mark.when}] → happened", mark.happened, figures) for mark in scheme.milestones),
    ):
        unknown = unknown_placeholders(text, names)
        if unknown:
            raise SchemeError(f"{path}：没有占位词{{{unknown[0]}}}{did_you_mean(unknown[0], names)}。")


def _folder_files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.toml")) if folder.is_dir() else []


def scheme_files() -> dict[str, Path]:
    """The schemes that can be named by id: the built-in ones and those of the folder WUHAO_SCHEMES.

    A file that cannot be read as TOML is left out here; naming it by path tells what is wrong.
    """
    folder = os.environ.get(FOLDER_VARIABLE)
    found: dict[str, Path] = {}
    for path in (*_folder_files(BUILT_IN), *(_folder_files(Path(folder)) if folder else ())):
        try:
            name = _load(path)[0].get("id")
        except SchemeError:
            continue
        if isinstance(name, str):
            found.setdefault(name, path)
    return found


@lru_cache(maxsize=32)
def _cached(path: Path, size: int, mtime: int) -> s.Scheme:
    return read_scheme(path)


def _read_cached(path: Path) -> s.Scheme:
    try:
        stat = path.stat()
    except OSError as error:
        raise SchemeError(f"读不了方案文件“{path.name}”（{error.strerror}）。") from error
    return _cached(path, stat.st_size, stat.st_mtime_ns)


def built_in_path(name: str) -> Path | None:
    """The file of a scheme id without reading the others: by its file name first."""
    direct = BUILT_IN / f"{name}.toml"
    if name.replace("-", "").isalnum() and direct.is_file():
        return direct
    return scheme_files().get(name)


def built_in_schemes() -> tuple[s.Scheme, ...]:
    """The schemes that come with the package, in the order of their file names."""
    return tuple(_read_cached(path) for path in _folder_files(BUILT_IN))


def find_scheme(name: str) -> s.Scheme:
    """The scheme of an id or of a file's path.

    Raises SchemeError when there is none, or when the file is broken.
    """
    path = built_in_path(name)
    if path is None:
        path = Path(name)
        if not path.is_file():
            raise UnknownScheme(name, list(scheme_files()))
    return _read_cached(path)


class UnknownScheme(SchemeError):
    """No scheme of that id, and no such file; `problem` says which there are."""

    code = "unknown-scheme"

    def __init__(self, name: str, known: list[str]) -> None:
        super().__init__(f"没有名为“{name}”的指标体系{did_you_mean(name, known)}。")
        self.problem = problem(self.code, value=name, name=name[:80], known="、".join(known))
