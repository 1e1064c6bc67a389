"""How an indicator system lies in a workbook: its six sheets, their columns, and the Chinese word for every key.

The reader and the writer of Excel both go by these tables, and so do the documents.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from wuhao_report.core.periods import PERS
from wuhao_report.measures.kinds import MEASURES
from wuhao_report.measures.target import TARGET_WORDS
from wuhao_report.tables.codecs import DAY, FLAG, LINES, LIST, NUMBER, TEXT, WHOLE, Field, words
from wuhao_report.tables.sheets import FORM_WORDS, TYPE_WORDS

BASICS, TABLES, TIMES, ITEMS, RULES, WORDS = "基本信息", "表格与栏目", "阶段", "指标", "评分规则", "语句"
HEADER_ROW = 3
"""Title, hint, header: as on every sheet of ours."""

USE_WORDS: Mapping[str, str] = {
    "profile": "基本信息",
    "years": "年度数据",
    "mending": "问题整改",
    "evidence": "佐证材料",
    "texts": "文字材料",
    "honours": "荣誉表彰",
    "leaders": "班子成员",
    "activities": "活动一览",
    "assessed": "考评",
}
ROLE_WORDS: Mapping[str, str] = {
    "unit": "单位名称",
    "superior": "主送机关",
    "start_year": "起始年",
    "stage": "报告阶段",
    "report_date": "填报日期",
    "reporter": "填报人",
    "basis": "依据文件",
    "no_records": "无记录的表",
    "self_name": "自称",
    "year": "年度",
    "name": "姓名",
    "post": "职务",
    "office": "党政职务",
    "start": "加入日期",
    "end": "退出日期",
    "date": "日期",
    "evidence": "佐证编号",
    "problem": "存在问题",
    "indicator": "对应指标",
    "cause": "原因",
    "measure": "整改措施",
    "person": "责任人",
    "deadline": "完成时限",
    "state": "整改状态",
    "id": "编号",
    "title": "名称",
    "pages": "页数",
    "file": "文件名",
    "overview": "单位概况",
    "process": "自查组织情况",
    "examples": "典型事例",
    "highlights": "特色亮点",
    "shortcomings": "存在不足",
    "suggestions": "意见建议",
    "plans": "下一步打算",
    "issuer": "授予单位",
    "recipient": "获得者",
    "kind": "类别",
    "elders": "老同志人次",
    "young": "青少年人次",
    "item": "考评项目",
    "self": "自评分",
    "self_reason": "自评说明",
    "score": "考评分",
    "reason": "扣分理由",
}
KIND_WORDS: Mapping[str, str] = {kind: measure.word for kind, measure in MEASURES.items()}
AWARD_WORDS: Mapping[str, str] = {
    "full": "达到得满分",
    "per-period": "按期数得分",
    "deduct": "扣分",
    "earn": "得分",
    "tiers": "分档",
}
COUNTING_WORDS: Mapping[str, str] = {"whole": "不计", "begun": "算一个", "exact": "按比例"}
EVENT_WORDS: Mapping[str, str] = {"date": "日期", "start": "加入日期", "end": "退出日期"}
SHAPE_WORDS: Mapping[str, str] = {
    "all": "通用",
    "count": "次数类",
    "amount": "数额类",
    "flag": "是否类",
    "set": "齐备类",
    "rate": "比率类",
    "level": "数值类",
    "term": "期限类",
    "manual": "人工类",
    "rank": "名次类",
    "event": "发生类",
    "change": "年度比较",
}
SENTENCE_WORDS: Mapping[str, str] = {
    "met": "达标",
    "short": "未达标而有数",
    "none": "未达标且为零",
    "tier": "按档未得满分",
    "no_data": "资料暂缺",
    "pending": "期内未达到",
    "pending_none": "期内一点没有",
    "met_some": "达标而发生过",
    "so_far": "期内句首语",
    "put_right": "已改正的句尾",
    "task": "任务",
    "remedy": "整改措施",
    "remedy_late": "已不可补的整改",
    "way": "最短办法",
    "way_more": "最短办法：再补",
    "way_people": "最短办法：还差几人",
    "way_rows": "最短办法：几处要补",
    "way_fill": "最短办法：补填",
    "way_full": "最短办法：次次全到",
    "way_source": "最短办法：先补缺的表",
    "up": "增加",
    "down": "减少",
    "same": "持平",
    "both": "两期并列",
}
HEAD, CHECK, FIGURE, COEFFICIENT, DEED = "方面", "检查", "数字", "系数", "事例"
COUNTS_WORDS: Mapping[str, str] = {"score": "指标", "bonus": "加分", "veto": "否决"}
ITEM_KINDS = (HEAD, *COUNTS_WORDS.values(), FIGURE, COEFFICIENT, DEED)
PHASE, STAGE, MILESTONE = "阶段", "报告", "节点"

SHEET_COLUMN, KIND, ID, PLACE, TARGET, TARGET_VALUE, TIERS, WHERE, WITHIN, LISTED = (
    "工作表",
    "种类",
    "编号",
    "位置",
    "目标",
    "目标值",
    "档次",
    "条件",
    "范围",
    "所列各项",
)


def basics() -> tuple[Field, ...]:
    """The rows of 基本信息: 项目 and key."""
    return (
        Field("编号", "id", TEXT, "方案的编号，用英文字母、数字和短横，例如 district-2026"),
        Field("版本", "version", TEXT, "每次修改后加 1"),
        Field("名称", "title", TEXT, "方案的全称"),
        Field("起始年", "start_year", WHOLE, "方案自己的起始年；工作簿里填的不同时，全部日期整体平移"),
        Field("自称", "self_name", TEXT, "报告里怎样称呼自己，例如“我街道关工委”"),
        Field("创建名称", "campaign", TEXT, "连同引号，例如“五好”"),
        Field("报告标题", "report_title", TEXT, "可用{单位名称}、{报告名称}；竖线 | 处允许换行"),
        Field("依据文件", "basis", LINES, "报告引用的文件，一行一个（Alt+回车换行）"),
        Field("编制说明", "note", TEXT, "印在附件“指标口径说明”里，可不填"),
        Field("计分说明", "scoring_note", TEXT, "印在附件“指标口径说明”里"),
        Field("加引号的词", "quoted", LIST, "报告里总要加引号的词，用顿号分开，例如：五老、五好"),
        Field(
            "附口径说明",
            "definitions_attached",
            FLAG,
            "报告后面是否附上“指标口径说明”：是/否，不填为否；口径总能在核对清单里看到",
        ),
        Field("正文字数上限", "body_limit", WHOLE, "不填为3000"),
        Field("基本情况句", "profile_text", TEXT, "可用各个“数字”的编号和{截至日}、{自称}，可不填"),
        Field("总分系数", "scoring.coefficient", TEXT, "总分要乘的系数的编号，没有的空着"),
        Field("加分计入等次", "scoring.bonus_counts", FLAG, "评等次时总分是否加上加分：是/否，不填为否"),
        Field("一票否决等次", "scoring.veto_grade", TEXT, "出现否决事项时定为哪一等，不填为最后一等"),
    )


GRADE, HEAD_GRADE = "等次", "方面等次"
PASSES = "达标"
"""Written behind the lines of the lowest grade by which a committee passes."""
GRADE_HINT = f"由高到低一行一个，例如：优秀：总分≥90；各方面≥80%；方面1≥15。从哪一等起算达标，就在那一等后面写“；{PASSES}”。最后一等不写分数线"
HEAD_GRADE_HINT = "由高到低一行一个，例如：好：≥90%。最后一等不写分数线。可没有"

UNIT_WORD = "称呼"
UNIT_WORD_HINT = "报告里要随单位名称变的词，一行一个：方案里的词：单位名称（或主送机关）：其中的字＝报告里的词、……。例如：嘎查村：单位名称：嘎查、社区、村"
UNIT_ROLES: Mapping[str, str] = {"unit": "单位名称", "superior": "主送机关"}

SHEET_FIELDS: tuple[Field, ...] = (
    Field(SHEET_COLUMN, "name", TEXT, "同一张表的各栏写在相连的几行，每行都写表名", width=14),
    Field("形式", "form", words(FORM_WORDS), "只在这张表的第一行写"),
    Field("用途", "use", words(USE_WORDS), "特殊用途；一般的表空着。只在第一行写"),
    Field("可以没有", "optional", FLAG, "工作簿里没有这张表时不提醒：是/否"),
    Field("填表提示", "hint", TEXT, "写在表的第二行。只在第一行写", width=30),
    Field("未成年人", "minors", FLAG, "名册里是未成年人，报告里不写他们的名字：是/否。只在第一行写", width=9),
    Field("起用版本（表）", "since", WHOLE, "从方案第几版起有这张表；以前的工作簿没有它时不提醒。不填为1。只在第一行写"),
)
COLUMN_FIELDS: tuple[Field, ...] = (
    Field("栏目", "name", TEXT, "表头的名称", width=16),
    Field("类型", "type", words(TYPE_WORDS), "这一栏填什么"),
    Field("必填", "required", FLAG, "是/否"),
    Field("选项", "choices", LIST, "单选、多选的各个选项，用顿号分开", width=36),
    Field("别名", "aliases", LIST, "表头的其他写法，用顿号分开"),
    Field("说明", "hint", TEXT, "怎么填", width=30),
    Field("举例", "example", TEXT, width=18),
    Field("可晚于填报日期", "future", FLAG, "日期可以在填报日期之后：是/否"),
    Field("个人信息", "personal", FLAG, "填的是人名、电话，做遮盖副本时换掉：是/否"),
    Field("起用版本", "since", WHOLE, "从方案第几版起有这一栏；以前的工作簿没有它时不提醒。不填为1"),
)
ROLES_FIELD = Field(
    "担任角色",
    "roles",
    LIST,
    "这一栏在表里的作用，可写几个，用顿号分开；名册要有姓名、加入日期、退出日期，台账要有日期",
    width=18,
)

TIME_FIELDS: Mapping[str, tuple[Field, ...]] = {
    PHASE: (Field("名称", "title", TEXT, width=22), Field("开始", "start", DAY, width=13), Field("结束", "end", DAY, width=13)),
    STAGE: (
        Field("名称", "title", TEXT),
        Field("报告种类", "report", TEXT, "与 Word 模板的文件名相同", width=16),
        Field("所属阶段", "phase", TEXT, width=14),
        Field("开始", "opens", DAY, "报告：从哪天起可以写；节点：从哪天起算，可不填"),
        Field("结束", "through", DAY, "报告：评到哪天；节点：到哪天为止"),
        Field("约定", "convention", FLAG, "日期是不是约定：是/否"),
    ),
    MILESTONE: (
        Field("名称", "when", TEXT),
        Field("开始", "since", DAY),
        Field("结束", "until", DAY),
        Field("要求", "text", TEXT, "节点：要做什么", width=30),
        Field("实绩材料", "documents", LIST, "节点：佐证材料里名称带这些字的材料，作为完成的证明，可不填", width=16),
        Field("实绩句", "happened", TEXT, "节点：可用各个“数字”的编号，可不填", width=36),
    ),
}
_PER = words({per: per for per in PERS})
_SHAPE = words({shape: word for shape, word in SHAPE_WORDS.items() if shape not in ("all", "change")})
UNIT, ACT = (
    Field("单位", "unit", TEXT, "次、人、篇……", width=8),
    Field("做什么", "act", TEXT, "次数类、是否类：例如“召开例会”", width=20),
)
PER = Field("周期", "per", _PER, "每个周期评一次；现状：报告当日；全程：整个阶段", width=9)
POINTS = Field("满分", "points", NUMBER, "方案不写分值的全部空着", width=8)
REQUIREMENT = Field("要求", "requirement", TEXT, "不填则由规则自动写出", width=36)
WHEN = Field("适用条件", "when", TEXT, "基本信息里符合才适用，例如：有无校友会=否", width=18)
UNLESS = Field("不适用条件", "unless", TEXT, "基本信息里符合就不适用", width=18)
SHAPE = Field("语句类别", "shape", _SHAPE, "一般不填", width=10)
HEAD_FIELDS = (
    Field("编号", "id", TEXT, width=10),
    Field("名称", "title", TEXT, width=22),
    POINTS,
    Field("总述句", "overview", TEXT, "方面：全阶段的总数，可用各个“数字”的编号；放在方括号里的，没有数时略去", width=36),
)
ITEM_FIELDS = (
    Field("编号", "id", TEXT),
    Field("方面", "head", TEXT, "不填则取编号的第一段", width=8),
    Field("名称", "title", TEXT),
    POINTS,
    REQUIREMENT,
    Field("条款", "clause", TEXT, width=10),
    PER,
    Field("口径", "definition", TEXT, "怎么算；约定的必须写", width=40),
    Field("约定", "convention", FLAG, "原文没有写明、由自己约定的：是/否", width=8),
    UNIT,
    ACT,
    WHEN,
    UNLESS,
    Field("系数", "coefficient", TEXT, "得分要乘的系数的编号", width=10),
    Field("整改归并", "mend", TEXT, "写同一个词的几项指标，没有达到时算一个问题，用同一条措施", width=12),
    Field("重要程度", "telling", WHOLE, "1 最重要；正文超长时先略去数字大的。不填为5", width=10),
    SHAPE,
)
FIGURE_FIELDS = (
    Field("编号", "id", TEXT),
    Field("名称", "title", TEXT),
    UNIT,
    PER,
    Field("进年度表", "table", FLAG, "数字：不填为是", width=10),
    Field("进年度图", "chart", FLAG, "数字：不填为否", width=10),
    Field("反映工作", "work", FLAG, "数字：是不是反映工作的数，年度之间比较：是/否，不填时年度数为否、其余为是", width=9),
    Field("名词", "nouns", LIST, "数字：单位概况里怎样称呼，例如“青少年”；那里写的数和表里的不一样时提醒核对", width=16),
)
DEED_FIELDS = (
    Field("方面", "head", TEXT),
    Field("取自工作表", "sheet", TEXT, "事例：从哪本台账里选", width=14),
    Field("事例句", "sentence", TEXT, "事例：可用{时间}和各栏的名称；放在方括号里的，那一栏空着时略去", width=44),
    Field("名称栏", "title", TEXT, "事例：哪一栏是名称，同名的只选一件", width=12),
    Field("人数栏", "people", TEXT, "事例：有多少人，人多的先选", width=12),
    Field("成效栏", "result", TEXT, "事例：结果怎样，写了的先选", width=12),
    Field("地点栏", "place", TEXT, "事例：在哪里，写了的先选", width=10),
    Field("人物栏", "person", TEXT, "事例：谁做的，写了的先选", width=10),
)
DEED_WHERE = Field("事例条件", "where", TEXT, "事例：只选哪些行，写法同评分规则的条件", width=20)
COEFFICIENT_FIELDS = (Field("编号", "id", TEXT), Field("名称", "title", TEXT), PER)
INNER_FIELDS = (
    Field("名称", "title", TEXT, "主行只供对照；分项、扣分、争取、项要写", width=20),
    POINTS,
    PER,
    UNIT,
    ACT,
    REQUIREMENT,
    WHEN,
    UNLESS,
    SHAPE,
)
"""What a part or a penalty says of itself in 评分规则; an indicator says it in 指标."""

_FIRST = ("roll", "log", "name", "number", "at_least", "skip_when_zero", "zero_fails", "rate")
"""The order in which the columns of some measures stand in every scheme so far; those of others follow."""


def _measure_fields() -> tuple[Field, ...]:
    """The columns that measures have for themselves, each with the kinds that take it."""
    fields: dict[str, Field] = {}
    for kind, measure in MEASURES.items():
        for field in measure.fields:
            kinds = fields[field.key].kinds if field.key in fields else ()
            fields[field.key] = replace(field, kinds=(*kinds, kind))
    order = {key: at for at, key in enumerate(_FIRST)}
    return tuple(sorted(fields.values(), key=lambda field: order.get(field.key, len(order))))


MEASURE_FIELDS: tuple[Field, ...] = (
    Field("算法", "kind", words(KIND_WORDS), "这个数怎么得来，见 docs/方案文件.md"),
    Field(SHEET_COLUMN, "sheet", TEXT, width=12),
    Field("栏目", "column", TEXT, width=14),
    *_measure_fields(),
)
EVENT_FIELD = Field("起算日", "role", words(EVENT_WORDS), "事件：按哪个日期起算，不填为日期（名册为加入日期）", width=10)
TARGET_FIELD = Field(TARGET, "target", words(TARGET_WORDS), "齐备项、是否、人工评定、分档可不填")
AWARD_FIELDS: tuple[Field, ...] = (
    Field("计分方式", "kind", words(AWARD_WORDS), "不填：分项各有分值的相加，人工评定的按自评分，其余达到得满分", width=13),
    Field("每个分值", "each", NUMBER, "扣分：每少（多）一个扣几分；得分：每一个得几分", ("deduct", "earn"), 10),
    Field("单位量", "unit", NUMBER, "扣分：多少算一个；比率不填为1%", ("deduct",), 9),
    Field("不足一个单位", "counting", words(COUNTING_WORDS), "扣分：不填为不计", ("deduct",), 14),
    Field("每期只扣一次", "once", FLAG, "扣分：是/否", ("deduct",), 14),
    Field("一直没有扣", "never", NUMBER, "扣分：期限一直没有完成的扣几分", ("deduct",), 12),
    Field("最低分", "floor", NUMBER, "扣分：扣到几分为止，不填为0", ("deduct",), 9),
    Field("封顶", "cap", NUMBER, "得分：最多几分", ("earn",), 8),
    Field("取平均", "mean", FLAG, "得分：各期取平均：是/否", ("earn",), 9),
    Field("其余", "otherwise", NUMBER, "分档、系数：都不合时", ("tiers",), 8),
    Field("取最低", "worst", FLAG, "分档：几期取最低：是/否", ("tiers",), 9),
)
PLACE_HINT = "主行空着；分项1、扣分1、分子、分母、对象、表1、项1、事件、争取；分项里的写成 分项1/分子"
MANY = frozenset({"parts", "penalties", "tables", "items"})
"""Places that are numbered."""


def _once(fields: Iterable[Field]) -> list[Field]:
    """Each header once, as it comes first."""
    by_header: dict[str, Field] = {}
    for field in fields:
        by_header.setdefault(field.header, field)
    return list(by_header.values())


def rule_headers() -> list[Field]:
    """The columns of 评分规则, each header once, in the order in which a row is read."""
    fields = [
        Field(ID, "id", TEXT, "指标表里的编号；逐行检查写“检查”", width=10),
        Field(PLACE, "place", TEXT, PLACE_HINT, width=12),
        *INNER_FIELDS[:3],
        *MEASURE_FIELDS[:3],
        Field(LISTED, "listed", LIST, "齐备项、不同项、最长空缺：要哪几项，用顿号分开", width=26),
        Field(WHERE, "where", TEXT, "栏目=内容；几个条件用分号分开；*词* 为含有；也可写 不空、空", width=30),
        Field(WITHIN, "within", TEXT, "占比、人人达到：只看哪些行", width=18),
        *MEASURE_FIELDS[3:],
        EVENT_FIELD,
        TARGET_FIELD,
        Field(TARGET_VALUE, "value", NUMBER, width=9),
        *AWARD_FIELDS[:1],
        Field(TIERS, "tiers", TEXT, "分档、系数：≥90%：5；≥80%：3", width=26),
        *AWARD_FIELDS[1:],
        *INNER_FIELDS[3:],
        Field("应当符合", "require", TEXT, "检查：符合条件的行还应当符合什么", width=18),
    ]
    return _once(fields)


def item_headers() -> list[Field]:
    """The columns of 指标, each header once."""
    first = Field(KIND, "kind", words({word: word for word in ITEM_KINDS}), width=9)
    fields = [first, *ITEM_FIELDS, *FIGURE_FIELDS, *HEAD_FIELDS[3:], *DEED_FIELDS[1:], DEED_WHERE]
    return _once(fields)


def time_headers() -> list[Field]:
    """The columns of 阶段, each header once."""
    first = Field(KIND, "kind", words({word: word for word in TIME_FIELDS}), width=9)
    by_header = {field.header: field for fields in TIME_FIELDS.values() for field in fields}
    hints = {field.header: field for field in TIME_FIELDS[STAGE]}
    return [first, *({**by_header, **hints}).values()]


def table_headers() -> list[Field]:
    """Return the columns of 表格与栏目."""
    return [*SHEET_FIELDS, *COLUMN_FIELDS, ROLES_FIELD]


def sentence_headers() -> list[Field]:
    """Return the columns of 语句."""
    return [
        Field("对象", "of", TEXT, f"指标编号（分项写成 1.1/分项1），或者类别：{'、'.join(SHAPE_WORDS.values())}", width=18),
        Field("语句", "name", words(SENTENCE_WORDS), "什么时候用这一句", width=18),
        Field("内容", "text", TEXT, "占位词见 docs/方案文件.md，例如{指标}、{期}、{差额}", width=90),
    ]
