"""The tables in which results stand: every column with its type and what it is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

TEXT, NUMBER, COUNT, YES, DAY = "VARCHAR", "DOUBLE", "INTEGER", "BOOLEAN", "DATE"


@dataclass(frozen=True)
class Column:
    """One column: its name and type in the database, what it is in Chinese, and whether it may be empty."""

    name: str
    kind: str
    what: str
    empty: bool = False


@dataclass(frozen=True)
class Table:
    """One table of results. In the database every row begins with the number of its result."""

    name: str
    what: str
    columns: tuple[Column, ...]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of its columns, without the number of the result."""
        return tuple(column.name for column in self.columns)


def _column(text: str) -> Column:
    name, kind, what = text.split(" ", 2)
    return Column(name, kind.rstrip("?"), what, kind.endswith("?"))


def _table(name: str, what: str, *columns: str) -> Table:
    return Table(name, what, tuple(map(_column, columns)))


_EXACT_COLUMN = f"exact {TEXT}? 小数写不准的数的准确值，如 score=1/3"
COMMITTEES = _table(
    "committees",
    "单位：一份工作簿的评价结果一行",
    f"sha256 {TEXT} 工作簿的 SHA-256",
    f"unit {TEXT} 单位名称，照工作簿所写",
    f"superior {TEXT} 主送机关，照工作簿所写",
    f"scheme {TEXT} 方案编号",
    f"scheme_title {TEXT} 方案名称",
    f"scheme_hash {TEXT} 方案内容的 SHA-256",
    f"stage {TEXT} 报告阶段",
    f"start_year {COUNT}? 这个单位的起始年，空的按方案",
    f"report_date {DAY} 填报日期",
    f"status {TEXT} 总评：达标、未达标、进行中、未填齐",
    f"score {NUMBER}? 总分",
    f"full_score {NUMBER} 满分",
    f"grade {TEXT}? 等次",
    f"bonus {NUMBER}? 加分",
    _EXACT_COLUMN,
    f"errors {COUNT} 错误几处",
    f"warnings {COUNT} 提醒几处",
    f"by_points {YES} 方案是否自定分值",
    f"awaits_ranking {YES} 是否还要与同类单位比名次",
    f"deed {TEXT}? 一件值得介绍的事",
    f"deed_told {COUNT}? 那件事写明了几样（成效、地点、人、佐证）",
    f"deed_people {COUNT}? 那件事的人数",
)
HEADS = _table(
    "heads",
    "方面：每个单位的每个“好”一行",
    f"head {TEXT} 方面编号",
    f"title {TEXT} 方面名称",
    f"status {TEXT} 结果",
    f"score {NUMBER}? 得分",
    f"full_score {NUMBER}? 满分",
    _EXACT_COLUMN,
)
INDICATORS = _table(
    "indicators",
    "指标：每个单位的每项指标一行",
    f"indicator {TEXT} 指标编号",
    f"title {TEXT} 指标名称",
    f"head {TEXT} 所属方面",
    f"status {TEXT} 结果",
    f"score {NUMBER}? 得分",
    f"full_score {NUMBER}? 满分",
    f"bonus {NUMBER}? 加分",
    _EXACT_COLUMN,
    f"progress {TEXT} 完成情况",
    f"rule_hash {TEXT} 算法的指纹：相同就是同样的算法",
    f"place {COUNT}? 与同类单位比的名次",
)
PERIODS = _table(
    "periods",
    "时段：每项指标（或其中一部分）的每个时段一行",
    f"indicator {TEXT} 指标编号",
    f"part {TEXT} 部分的编号；没有分部分的与指标相同",
    f"label {TEXT} 时段，如 2024年",
    f"finished {YES} 时段是否已经过完",
    f"met {YES}? 是否达到；空的是还不能说",
    f"value {NUMBER}? 数值；是否类的 1 为是",
    f"numerator {NUMBER}? 比率的分子",
    f"denominator {NUMBER}? 比率的分母",
    _EXACT_COLUMN,
)
LOSSES = _table(
    "losses",
    "不足：没有达到的、还有要整改的指标一行",
    f"indicator {TEXT} 指标编号",
    f"reason {TEXT} 差在哪里",
    f"cause {TEXT} 这个单位自己说的原因",
    f"mend {TEXT}? 还有什么要整改；空白的是没有，空的（NULL）是旧版的结果，没有记",
)
FIGURES = _table(
    "figures",
    "数据：每个单位的每个数、每个时段一行",
    f"figure {TEXT} 数据编号",
    f"title {TEXT} 名称",
    f"unit {TEXT} 计量单位",
    f"per {TEXT} 按什么时段",
    f"adds {YES} 各时段能否相加",
    f"label {TEXT}? 时段",
    f"value {NUMBER}? 数；空的是没有填",
    _EXACT_COLUMN,
)
EVIDENCE = _table(
    "evidence", "依据：每项指标所依据的单元格一行", f"indicator {TEXT} 指标编号", f"sheet {TEXT} 工作表", f"cell {TEXT}? 单元格"
)
RANK_VALUES = _table(
    "rank_values",
    "比名次的数：要与同类单位比的指标一行",
    f"indicator {TEXT} 指标编号",
    f"part {TEXT} 指标或部分的编号",
    f"label {TEXT} 时段",
    f"value {NUMBER} 用来比的数",
    _EXACT_COLUMN,
)
AWAITED_RESULTS = _table(
    "awaited_results",
    "等名次的结果：名次出来以后据此算分",
    f"number {COUNT} 序号",
    f"parent {COUNT}? 属于哪一行",
    f"role {TEXT} indicator 指标、part 部分、penalty 扣分、factor 系数",
    f"id {TEXT} 编号",
    f"status {TEXT}? 结果",
    f"value {NUMBER}? 系数所看的数",
    f"factor {NUMBER}? 系数",
    _EXACT_COLUMN,
)
AWAITED_PERIODS = _table(
    "awaited_periods",
    "等名次的结果的各个时段",
    f"number {COUNT} 属于 awaited_results 的哪一行",
    f"label {TEXT} 时段",
    f"finished {YES} 时段是否已经过完",
    f"met {YES}? 是否达到",
    f"value {NUMBER}? 数值",
    f"failed {YES} 是否因为出错不能算",
    f"open {YES} 是否还没有定",
    f"numerator {NUMBER}? 分子",
    f"denominator {NUMBER}? 分母",
    f"have {TEXT}? 有的，一行一个",
    f"lack {TEXT}? 缺的，一行一个",
    f"word {TEXT} 所填的词",
    f"ranked_value {NUMBER}? 用来比的数",
    _EXACT_COLUMN,
)
RESULT_TABLES = (COMMITTEES, HEADS, INDICATORS, PERIODS, LOSSES, FIGURES, EVIDENCE, RANK_VALUES, AWAITED_RESULTS, AWAITED_PERIODS)
FILES = _table(
    "files",
    "文件：这一次收到的每个文件一行",
    f"file {TEXT} 文件，从汇总的文件夹算起",
    f"sha256 {TEXT}? 文件的 SHA-256",
    f"unit {TEXT}? 单位名称，名单上有的按名单",
    f"state {TEXT} 计入、重复、待定、排除、不能汇总、跳过",
    f"note {TEXT}? 以哪一份为准，或者原因",
    f"campaign {COUNT}? 属于哪一次报送",
    "result BIGINT? 结果编号；比过名次的是比过以后的结果",
    "place BIGINT? 按总分的名次",
    f"tied {YES}? 名次是否并列",
    f"late {YES}? 是否迟报",
)
CAMPAIGNS = _table(
    "campaigns",
    "报送：这一次汇总的每个方案、每个阶段一行",
    f"campaign {COUNT} 编号",
    f"scheme {TEXT} 方案编号",
    f"scheme_title {TEXT} 方案名称",
    f"stage {TEXT} 报告阶段",
    "committees BIGINT 计入的单位数",
    f"last_day {DAY} 最晚的填报日期",
)
RUN_TABLES = (FILES, CAMPAIGNS)
"""What the last run has made of the files; every run writes them anew."""
BY_NAME = {table.name: table for table in RESULT_TABLES}
