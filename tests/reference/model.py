"""A second, independent reading of the arithmetic, written without sight of the package, to compare it with.

Input: a committee as plain Python data

    {"scheme": "college-2017" | "village-2023",
     "profile": {项目: value},                       # sheet 基本信息
     "sheets": {sheet: [ {column: value}, ... ]},     # rows in workbook order
     "missing_sheets": [sheet, ...],                  # optional
     "stated_empty": [sheet, ...],                    # optional: tables that 基本信息 names as having no records
     "missing_columns": [(sheet, column), ...]}       # optional

Values: datetime.date, int, Decimal, True/False/None (flags), str, tuple of str (multi-valued), None (empty).

Output of evaluate(): the keys that `wuhao check --json` has (the arithmetic part of them only).
All arithmetic is exact (Fraction); floats are made only at the very end.
"""
import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

ONE_DAY = timedelta(days=1)

# workbook layout . "*" marks a required column, "[]" a multi-valued one.

COLLEGE_SHEETS = {
    "基本信息": "单位名称* 所属学校* 主送机关* 创建起始年 报告阶段* 填报日期* 填报人* 联系电话 依据文件 自称 专用办公室 办公电话 办公电脑 "
            "二级党校 档案分类立卷 档案专柜存放 档案规范完整有序",
    "年度数据": "年度* 在校学生数* 离退休老同志数* 列入年度考核 列入年度计划 工作经费",
    "班子成员": "姓名* 关工分委职务* 党政职务 任职日期* 离任日期",
    "五老名册": "姓名* 性别 出生年月 政治面貌* 所属单位* 原职务职称 参加日期* 退出日期 四师岗位[] 特邀党建组织员 实名登记 联系电话 主要事迹",
    "会议": "日期* 会议类型* 会议主题* 研究关工分委工作 应到人数 实到人数 实名签到 议定事项 佐证编号[]",
    "慰问汇报": "日期* 类型* 内容* 老同志人次 佐证编号[]",
    "制度": "制度名称* 类别* 印发日期* 文号 佐证编号[]",
    "培训学习": "日期* 主题* 组织单位* 老同志人次 成效 佐证编号[]",
    "活动": "日期* 活动名称* 类别* 老同志人次 受益学生人次 计划 检查 总结 汇报 实名登记 简讯刊发 地点 主讲人 做法与成效 照片[] 佐证编号[]",
    "四师履职": "日期* 姓名* 岗位* 内容* 受益人次 佐证编号[]",
    "党建谈话": "日期* 组织员姓名* 谈话人次* 谈话对象 佐证编号[]",
    "捐款": "日期* 捐款人* 捐款人类别* 金额* 捐款人数 佐证编号[]",
    "信息报道": "日期* 标题* 稿件类别* 刊发平台* 附照片 作者 佐证编号[]",
    "调研": "完成日期* 课题名称* 重点课题 调研文章 成效 佐证编号[]",
    "创新品牌": "启动日期* 品牌名称* 说明 佐证编号[]",
    "建言献策": "日期* 建议内容* 提出人 采纳情况 佐证编号[]",
    "荣誉表彰": "日期* 名称* 授予单位* 获得者* 佐证编号[]",
    "问题整改": "存在问题* 对应指标 原因 整改措施* 责任人 完成时限 整改状态*",
    "佐证材料": "佐证编号* 材料名称* 形成日期 页数 文件名",
    "文字材料": "单位概况 自查组织情况 典型事例 特色亮点 存在不足 意见建议 下一步打算",
}

VILLAGE_SHEETS = {
    "基本信息": "单位名称* 主送机关* 创建起始年 报告阶段* 填报日期* 填报人* 联系电话 依据文件 自称 五老工作室",
    "年度数据": "年度* 青少年总数 困境青少年数* 违法犯罪青少年数 辍学青少年数 纳入党建工作 书记亲自过问 培训纳入党支部计划 计划 布置 检查 总结",
    "班子成员": "姓名* 关工委职务* 党政职务 任职日期* 离任日期",
    "五老名册": "姓名* 性别 出生年月 政治面貌 五老类别* 参加日期* 退出日期 联系电话 主要事迹",
    "会议": "日期* 会议类型* 会议主题* 专题研究关工委工作 参加组织[] 人数 议定事项 佐证编号[]",
    "培训学习": "日期* 主题* 参训对象*[] 人次 成效 佐证编号[]",
    "制度": "制度名称* 类别* 印发日期* 佐证编号[]",
    "宣传表彰": "日期* 类型* 内容* 佐证编号[]",
    "调研": "完成日期* 课题名称* 关注对象[] 解决措施 成效 佐证编号[]",
    "村校共建": "日期* 类型* 学校* 内容 成效 佐证编号[]",
    "典型经验": "日期* 名称* 推广范围 成效 佐证编号[]",
    "活动": "日期* 活动名称* 主题类别* 方式 五老人次 受益青少年人次 地点 主讲人 做法与成效 照片[] 佐证编号[]",
    "困境青少年": "姓名* 类别* 建档日期* 退出日期",
    "关爱帮扶": "日期* 帮扶对象* 内容* 帮扶方 金额 成效 佐证编号[]",
    "荣誉表彰": "日期* 名称* 授予单位* 获得者* 佐证编号[]",
    "问题整改": "存在问题* 对应指标 原因 整改措施* 责任人 完成时限 整改状态*",
    "佐证材料": "佐证编号* 材料名称* 形成日期 页数 文件名",
    "文字材料": "单位概况 自查组织情况 典型事例 特色亮点 存在不足 意见建议 下一步打算",
}


def columns(scheme, sheet):
    """[(name, required, multi)] in the listed order."""
    out = []
    for word in SCHEMES[scheme].sheets[sheet].split():
        multi = word.endswith("[]")
        word = word.removesuffix("[]")
        out.append((word.rstrip("*"), word.endswith("*"), multi))
    return out


# the column that dates a record / begins and ends a membership
DATE_COLUMN = {"制度": "印发日期", "调研": "完成日期", "创新品牌": "启动日期"}
ROLL_COLUMNS = {"班子成员": ("任职日期", "离任日期"), "五老名册": ("参加日期", "退出日期"), "困境青少年": ("建档日期", "退出日期")}


# small helpers

def shift(day, years):
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)


def shift_name(name, years):
    return re.sub(r"\d{4}", lambda m: str(int(m.group()) + years), name)


def name_key(name):
    return "".join(ch for ch in name if not ch.isspace())


def is_text(value):
    """a text that is not empty"""
    return value is not None and value.strip() not in ("", "无", "暂无", "—", "-", "/")


def exact(number):
    return Fraction(number)  # int, Decimal and Fraction are all exact here


# periods

@dataclass
class Period:
    label: str
    start: date     # clipped to the phase
    end: date       # clipped to the phase
    at: date        # min(end, as_of)
    finished: bool
    year: int | None = None


def natural_periods(per, phase_start, phase_end):
    """(label, year, start, end) of natural periods that belong to the phase, clipped to it."""
    if per == "全程":
        return [("全程", None, phase_start, phase_end)]
    candidates = []
    for year in range(phase_start.year - 1, phase_end.year + 1):
        if per == "年":
            candidates.append((f"{year}年", year, date(year, 1, 1), date(year, 12, 31)))
        elif per == "学期":
            candidates.append((f"{year}年春季学期", None, date(year, 2, 1), date(year, 7, 31)))
            candidates.append((f"{year}年秋季学期", None, date(year, 8, 1), date(year + 1, 1, 31)))
        else:
            raise ValueError(per)
    out = []
    for label, year, start, end in candidates:
        length = (end - start).days + 1
        clipped_start, clipped_end = max(start, phase_start), min(end, phase_end)
        overlap = (clipped_end - clipped_start).days + 1
        if overlap > 0 and 2 * overlap >= length:
            out.append((label, year, clipped_start, clipped_end))
    return out


def periods_of(per, phase_start, phase_end, as_of, judged_to):
    if per == "现状":
        return [Period("现状", phase_start, as_of, as_of, True)]
    return [Period(label, start, end, min(end, as_of), end <= judged_to, year)
            for label, year, start, end in natural_periods(per, phase_start, phase_end)
            if start <= as_of]


# the committee as the measures see it

class Committee:
    def __init__(self, data):
        self.data = data
        self.scheme = SCHEMES[data["scheme"]]
        self.profile = data["profile"]
        self.phase_start = self.phase_end = self.as_of = None
        self.behind = set()         # unfilled tables through which a finished period lacks data

    def rows(self, sheet):
        if sheet in self.data.get("missing_sheets", ()):
            return []
        return self.data["sheets"].get(sheet) or []

    def unfilled(self, sheet):
        """a log or roll in which no row has been written, and of which nobody says that there is nothing"""
        return (sheet in TABLES and sheet not in self.data.get("missing_sheets", ()) and not self.rows(sheet)
                and sheet not in self.data.get("stated_empty", ()))

    def unfilled_flag(self, sheet, column):
        """a flag that is empty in every row of a table that has rows"""
        rows = self.rows(sheet)
        return sheet in TABLES and bool(rows) and (sheet, column) in FLAGS[self.scheme.id] and all(r.get(column) is None for r in rows)

    def year_row(self, year):
        for row in self.rows("年度数据"):
            if row["年度"] == year:
                return row          # the first one; a second row for one 年度 is left out
        return None

    def records(self, sheet, first, last):
        """[(sheet, row number, row)] dated in [first, last]; first None: however early."""
        column = DATE_COLUMN.get(sheet, "日期")
        return [(sheet, i, row) for i, row in enumerate(self.rows(sheet))
                if (first is None or row[column] >= first) and row[column] <= last]

    def active(self, sheet, day):
        joined, left = ROLL_COLUMNS[sheet]
        return [row for row in self.rows(sheet)
                if row[joined] <= day and (row.get(left) is None or row[left] >= day)]


# measures: f(committee, period) -> Outcome

@dataclass
class Outcome:
    kind: str                   # "value", "no data", "skipped", "not met" (not met without a value)
    value: object = None
    rows: list = field(default_factory=list)    # records that are evidence: (sheet, row number, row)


def value(v, rows=()):
    return Outcome("value", v, list(rows))


def no_data(rows=()):
    return Outcome("no data", None, list(rows))


def matching(c, p, sheet, where):
    return [r for r in c.records(sheet, p.start, p.at) if where(r[2])]


def anything(row):
    return True


def count(sheet, where=anything):
    def measure(c, p):
        rows = matching(c, p, sheet, where)
        return value(Fraction(len(rows)), rows)
    return measure


def total(sheet, column, where=anything):
    def measure(c, p):
        rows = matching(c, p, sheet, where)
        if rows and all(r[2].get(column) is None for r in rows):
            return no_data(rows)
        return value(sum((exact(r[2][column]) for r in rows), Fraction(0)), rows)
    return measure


def mean_per_year(sheet, column):
    def measure(c, p):      # always over [phase.start, as_of]
        rows = c.records(sheet, c.phase_start, c.as_of)
        years = c.as_of.year - c.phase_start.year + 1
        return value(sum((exact(r[2][column]) for r in rows), Fraction(0)) / years, rows)
    return measure


def distinct(sheet, column, listed):
    def measure(c, p):
        found, rows = set(), []
        for record in c.records(sheet, p.start, p.at):
            cell = record[2].get(column)
            values = set(cell if isinstance(cell, tuple) else () if cell is None else (cell,))
            if values & set(listed):
                found |= values & set(listed)
                rows.append(record)
        return value(Fraction(len(found)), rows)
    return measure


def people(sheet, name_column, number_column, where):
    def measure(c, p):
        rows = matching(c, p, sheet, where)
        names = {name_key(r[2][name_column]) for r in rows if r[2].get(number_column) is None}
        stated = sum((exact(r[2][number_column]) for r in rows if r[2].get(number_column) is not None), Fraction(0))
        return value(len(names) + stated, rows)
    return measure


def year_column(column):
    def measure(c, p):
        row = c.year_row(p.year)
        if row is None or row.get(column) is None:
            return no_data()
        return value(exact(row[column]))
    return measure


def year_flag(column):
    def measure(c, p):
        row = c.year_row(p.year)
        if row is None or row.get(column) is None:
            return no_data()
        return value(bool(row[column]))
    return measure


def year_flags_complete(*names):
    def measure(c, p):
        row = c.year_row(p.year)
        if row is None or all(row.get(n) is None for n in names):
            return no_data()
        return value(Fraction(sum(1 for n in names if row.get(n) is True)))
    return measure


def profile_flag(name):
    def measure(c, p):
        flag = c.profile.get(name)
        return no_data() if flag is None else value(bool(flag))
    return measure


def profile_complete(texts, flags):
    def measure(c, p):
        if all(not is_text(c.profile.get(t)) for t in texts) and all(c.profile.get(f) is None for f in flags):
            return no_data()
        n = sum(1 for t in texts if is_text(c.profile.get(t))) + sum(1 for f in flags if c.profile.get(f) is True)
        return value(Fraction(n))
    return measure


def roll_complete(sheet, *tests):
    """how many of the tests are passed by some row active on `at`"""
    def measure(c, p):
        there = c.active(sheet, p.at)
        return value(Fraction(sum(1 for test in tests if any(test(row) for row in there))))
    return measure


def documents_complete(sheet, column, kinds):
    def measure(c, p):
        rows = [r for r in c.records(sheet, None, p.at) if r[2][column] in kinds]
        return value(Fraction(len({r[2][column] for r in rows})), rows)
    return measure


def dated_stock(sheet):
    def measure(c, p):
        rows = c.records(sheet, None, p.at)
        return value(Fraction(len(rows)), rows)
    return measure


def roll_stock(sheet, where=anything):
    def measure(c, p):
        return value(Fraction(sum(1 for row in c.active(sheet, p.at) if where(row))))
    return measure


def roll_growth(sheet):
    def measure(c, p):
        return value(Fraction(len(c.active(sheet, p.at)) - len(c.active(sheet, p.start - ONE_DAY))))
    return measure


def roll_share(sheet, among, where):
    def measure(c, p):
        rows = [row for row in c.active(sheet, p.at) if among(row)]
        if not rows:
            return no_data()
        return value(Fraction(sum(1 for row in rows if where(row)), len(rows)))
    return measure


def record_share(*parts):
    """parts: (sheet, where); several tables are united"""
    def measure(c, p):
        everything, match = 0, []
        for sheet, where in parts:
            everything += len(c.records(sheet, p.start, p.at))
            match += matching(c, p, sheet, where)
        if everything == 0:
            return no_data(match)
        return value(Fraction(len(match), everything), match)
    return measure


def per_year_column(numerator, column):
    """numerator ÷ a number stated in 年度数据"""
    def measure(c, p):
        top = numerator(c, p)
        row = c.year_row(p.year)
        if row is None or row.get(column) is None:
            return no_data(top.rows)
        if row[column] == 0:
            return Outcome("skipped")
        return value(top.value / exact(row[column]), top.rows)
    return measure


def students_per_organiser(c, p):
    row = c.year_row(p.year)
    if row is None or row.get("在校学生数") is None:
        return no_data()
    organisers = sum(1 for r in c.active("五老名册", p.at)
                     if r.get("特邀党建组织员") is True and r["政治面貌"] == "中共党员")
    if organisers == 0:
        return Outcome("not met")
    return value(exact(row["在校学生数"]) / organisers)


def coverage(roll, where, log, log_name, amount=None):
    """share of the people of the roll active on `at` with >= 1 row (or the sum of `amount` >= 1) in the period"""
    def measure(c, p):
        looked_at = {name_key(row["姓名"]) for row in c.active(roll, p.at) if where(row)}
        rows = [r for r in c.records(log, p.start, p.at) if name_key(r[2][log_name]) in looked_at]
        if not looked_at:
            return no_data()
        score = dict.fromkeys(looked_at, Fraction(0))
        for _, _, row in rows:
            score[name_key(row[log_name])] += 1 if amount is None else exact(row[amount])
        return value(Fraction(sum(1 for v in score.values() if v >= 1), len(looked_at)), rows)
    return measure


def longest_vacancy(sheet, column, posts):
    def measure(c, p):
        worst = 0
        for post in posts:
            holders = [row for row in c.rows(sheet) if row[column] == post]
            run, day = 0, c.phase_start
            while day <= p.at:
                held = any(row["任职日期"] <= day and (row.get("离任日期") is None or row["离任日期"] >= day)
                           for row in holders)
                run = 0 if held else run + 1
                worst = max(worst, run)
                day += ONE_DAY
        return value(Fraction(worst))
    return measure


def skipped_when_no_children(measure):
    """5.2.4: skipped in a year whose 困境青少年数 is stated as 0"""
    def wrapped(c, p):
        row = c.year_row(p.year)
        if row is not None and row.get("困境青少年数") == 0:
            return Outcome("skipped")
        return measure(c, p)
    return wrapped


# the two schemes

@dataclass
class Indicator:
    id: str
    title: str
    per: str
    measure: object
    op: str
    target: object
    uses: tuple = ()                # sheets or (sheet, column) whose absence makes it "no data"
    applies: object = None          # f(committee) -> bool
    any_table: bool = False         # one unfilled table is enough for "no data" (coverage)


@dataclass
class Stage:
    name: str
    report: str
    phase: str
    opens: date
    through: date


@dataclass
class Scheme:
    id: str
    start_year: int
    phases: dict
    stages: list
    goods: list
    sheets: dict
    indicators: list = field(default_factory=list)


GOODS = [("1", "领导班子建设好"), ("2", "“五老”作用发挥好"), ("3", "制度健全执行好"), ("4", "积极探索创新好"), ("5", "活动经常效果好")]


def eq(column, *values):
    return lambda row: row.get(column) in values


def yes(*names):
    return lambda row: all(row.get(n) is True for n in names)


def both(*tests):
    return lambda row: all(t(row) for t in tests)


def either(*tests):
    return lambda row: any(t(row) for t in tests)


def has(column, item):
    return lambda row: item in (row.get(column) or ())


def contains(column, *words):
    return lambda row: row.get(column) is not None and any(w in name_key(row[column]) for w in words)


FOUR_TEACHERS = ("青年教师导师", "辅导员导师", "学生课外导师", "学生就业导师")

COLLEGE = Scheme(
    "college-2017", 2017,
    {"创建": (date(2017, 1, 1), date(2019, 12, 31)), "巩固提高": (date(2020, 1, 1), date(2021, 12, 31))},
    [Stage("中期评估", "中期评估报告", "创建", date(2018, 10, 1), date(2018, 12, 31)),
     Stage("全面自查", "自查报告", "创建", date(2019, 10, 1), date(2019, 12, 31)),
     Stage("巩固自查", "自查报告", "巩固提高", date(2021, 10, 1), date(2021, 12, 31))],
    GOODS, COLLEGE_SHEETS)

C = COLLEGE.indicators
POST = "关工分委职务"
LOCAL, OUTSIDE = eq("所属单位", "本单位"), eq("所属单位", "外单位")


def add(to, *args, **kw):
    to.append(Indicator(*args, **kw))


add(C, "1.1.1", "班子配备", "现状",
    roll_complete("班子成员", eq(POST, "主任"), eq(POST, "常务副主任"), eq(POST, "秘书")), "==", 3,
    uses=("班子成员", ("班子成员", POST)))
add(C, "1.1.10", "职务配备", "现状",
    roll_complete("班子成员", both(eq(POST, "常务副主任"), contains("党政职务", "书记")),
                  both(eq(POST, "秘书"), contains("党政职务", "学工", "学生工作"))), "==", 2,
    uses=("班子成员", ("班子成员", POST), ("班子成员", "党政职务")))
add(C, "1.1.2", "列入年度考核", "年", year_flag("列入年度考核"), "==", True,
    uses=("年度数据", ("年度数据", "列入年度考核")))
add(C, "1.1.3", "党政联席会议研究", "年",
    count("会议", both(eq("会议类型", "党政联席会议"), yes("研究关工分委工作"))), ">=", 1,
    uses=("会议", ("会议", "研究关工分委工作")))
add(C, "1.1.4", "列入年度计划", "年", year_flag("列入年度计划"), "==", True,
    uses=("年度数据", ("年度数据", "列入年度计划")))
add(C, "1.1.5", "工作经费", "年", year_column("工作经费"), ">", 0, uses=("年度数据", ("年度数据", "工作经费")))
add(C, "1.1.6", "慰问老同志", "年", count("慰问汇报", eq("类型", "慰问")), ">=", 1, uses=("慰问汇报",))
add(C, "1.1.7", "汇报发展情况", "年", count("慰问汇报", eq("类型", "情况汇报")), ">=", 1, uses=("慰问汇报",))
add(C, "1.1.8", "征求老同志意见", "年", count("慰问汇报", eq("类型", "征求意见")), ">=", 1, uses=("慰问汇报",))
add(C, "1.1.9", "办公条件", "现状", profile_complete(["专用办公室"], ["办公电话", "办公电脑"]), "==", 3)

add(C, "2.1.1", "实名登记率", "现状", roll_share("五老名册", LOCAL, yes("实名登记")), ">=", 1,
    uses=("五老名册", ("五老名册", "实名登记")))
add(C, "2.1.2", "老同志参与率", "年", per_year_column(roll_stock("五老名册", LOCAL), "离退休老同志数"), ">=", 1,
    uses=("五老名册", "年度数据"))
add(C, "2.1.3", "老同志捐款参与率", "年",
    per_year_column(people("捐款", "捐款人", "捐款人数", eq("捐款人类别", "离退休老同志")), "离退休老同志数"), ">=", 1,
    uses=("捐款", "年度数据"))
add(C, "2.2.1", "四师配备", "现状", roll_complete("五老名册", *[has("四师岗位", t) for t in FOUR_TEACHERS]), "==", 4,
    uses=("五老名册", ("五老名册", "四师岗位")))
add(C, "2.3.1", "党建组织员配比", "年", students_per_organiser, "<=", 500,
    uses=("年度数据", "五老名册", ("五老名册", "特邀党建组织员")))
add(C, "2.4.1", "借助外力", "现状", roll_stock("五老名册", OUTSIDE), ">=", 1, uses=("五老名册",))

add(C, "3.1.1", "三项制度", "现状", documents_complete("制度", "类别", ("会议制度", "学习制度", "办公制度")), "==", 3,
    uses=("制度",))
add(C, "3.2.1", "全委会议", "学期", count("会议", eq("会议类型", "全委会议")), ">=", 1, uses=("会议",))
add(C, "3.2.2", "全体会议", "年", count("会议", eq("会议类型", "全体会议")), ">=", 1, uses=("会议",))
add(C, "3.3.1", "老同志培训", "年", count("培训学习"), ">=", 1, uses=("培训学习",))
add(C, "3.4.1", "活动四有", "现状", record_share(("活动", yes("计划", "检查", "总结", "汇报"))), ">=", 1,
    uses=("活动", ("活动", "计划"), ("活动", "检查"), ("活动", "总结"), ("活动", "汇报")))
add(C, "3.4.2", "活动实名登记率", "现状", record_share(("活动", yes("实名登记")), ("会议", yes("实名签到"))), ">=", 1,
    uses=("活动", "会议", ("活动", "实名登记"), ("会议", "实名签到")))
add(C, "3.4.3", "简讯刊发率", "现状", record_share(("活动", yes("简讯刊发"))), ">=", 1, uses=("活动", ("活动", "简讯刊发")))
add(C, "3.5.1", "动态信息报道", "学期",
    count("信息报道", both(eq("稿件类别", "动态信息"), eq("刊发平台", "校关工网"), yes("附照片"))), ">=", 2,
    uses=("信息报道", ("信息报道", "附照片")))
add(C, "3.6.1", "档案管理", "现状", profile_complete([], ["档案分类立卷", "档案专柜存放", "档案规范完整有序"]), "==", 3)

add(C, "4.1.1", "重点调研课题", "年", count("调研", yes("重点课题")), ">=", 1, uses=("调研", ("调研", "重点课题")))
add(C, "4.1.2", "调研文章", "年", count("调研", lambda row: is_text(row.get("调研文章"))), ">=", 1,
    uses=("调研", ("调研", "调研文章")))
add(C, "4.2.1", "创新品牌", "全程", dated_stock("创新品牌"), ">=", 1, uses=("创新品牌",))
add(C, "4.3.1", "建言献策", "年", count("建言献策"), ">=", 1, uses=("建言献策",))

add(C, "5.1.1", "参加上级活动", "年", count("活动", eq("类别", "上级活动")), ">=", 1, uses=("活动",))
add(C, "5.1.2", "主题教育活动", "年", count("活动", eq("类别", "主题教育", "征文")), ">=", 1, uses=("活动",))
add(C, "5.2.1", "四师履职", "学期",
    coverage("五老名册", lambda row: bool(row.get("四师岗位")), "四师履职", "姓名"), ">=", 1,
    uses=("五老名册", "四师履职", ("五老名册", "四师岗位")), any_table=True)
add(C, "5.3.1", "组织员谈话", "学期",
    coverage("五老名册", yes("特邀党建组织员"), "党建谈话", "组织员姓名", amount="谈话人次"), ">=", 1,
    uses=("五老名册", "党建谈话", ("五老名册", "特邀党建组织员")), any_table=True)
add(C, "5.3.2", "年均谈话人次", "现状", mean_per_year("党建谈话", "谈话人次"), ">=", 6, uses=("党建谈话",))
add(C, "5.3.3", "党史讲授", "年", count("活动", eq("类别", "党史讲座")), ">=", 1, uses=("活动",),
    applies=lambda c: c.profile.get("二级党校") is not True)
add(C, "5.4.1", "本单位捐款", "年", total("捐款", "金额", eq("捐款人类别", "离退休老同志", "在职教职工")), ">", 0, uses=("捐款",))
add(C, "5.4.2", "社会捐款", "全程", total("捐款", "金额", eq("捐款人类别", "社会力量")), ">", 0, uses=("捐款",))
add(C, "5.5.1", "支持网站", "年", count("活动", eq("类别", "网站建设")), ">=", 1, uses=("活动",))
add(C, "5.6.1", "学生投稿率", "年",
    per_year_column(count("信息报道", both(eq("稿件类别", "学生原创", "学生推荐"), eq("刊发平台", "校关工网"))), "在校学生数"),
    ">=", Fraction(1, 100), uses=("信息报道", "年度数据"))

VILLAGE = Scheme(
    "village-2023", 2023,
    {"创建": (date(2023, 6, 1), date(2025, 7, 31))},
    [Stage("2023年自查", "自查报告", "创建", date(2023, 8, 1), date(2023, 8, 31)),
     Stage("2023年底自查", "自查报告", "创建", date(2023, 12, 1), date(2023, 12, 31)),
     Stage("中期评估", "中期评估报告", "创建", date(2024, 6, 1), date(2024, 6, 30)),
     Stage("2024年自查", "自查报告", "创建", date(2024, 8, 1), date(2024, 8, 31)),
     Stage("验收自查", "自查报告", "创建", date(2025, 7, 1), date(2025, 7, 31))],
    GOODS, VILLAGE_SHEETS)

V = VILLAGE.indicators
VPOST = "关工委职务"
FIRST_SIX = ("思想政治教育", "四史教育", "革命传统教育", "爱国主义教育", "红色基因传承", "民族团结教育")

add(V, "1.1.1", "班子健全", "现状",
    roll_complete("班子成员", eq(VPOST, "主任"), eq(VPOST, "副主任"), eq(VPOST, "秘书")), "==", 3, uses=("班子成员",))
add(V, "1.1.2", "变动及时调整", "现状", longest_vacancy("班子成员", VPOST, ("主任", "副主任", "秘书")), "<=", 90,
    uses=("班子成员",))
add(V, "1.2.1", "党支部专题例会", "年",
    count("会议", both(eq("会议类型", "党支部会议"), yes("专题研究关工委工作"))), ">=", 2,
    uses=("会议", ("会议", "专题研究关工委工作")))
add(V, "1.2.2", "纳入党建工作", "年", year_flag("纳入党建工作"), "==", True, uses=("年度数据", ("年度数据", "纳入党建工作")))
add(V, "1.2.4", "班子学习", "年", count("培训学习", has("参训对象", "班子成员")), ">=", 1, uses=("培训学习",))
add(V, "1.2.5", "书记亲自过问", "年", year_flag("书记亲自过问"), "==", True, uses=("年度数据", ("年度数据", "书记亲自过问")))
add(V, "1.2.3", "齐抓共管格局", "全程", distinct("会议", "参加组织", ("青年", "妇女", "民兵", "治保")), "==", 4,
    uses=("会议", ("会议", "参加组织")))

add(V, "2.1.1", "五老队伍壮大", "年", roll_growth("五老名册"), ">", 0, uses=("五老名册",))
add(V, "2.2.1", "五老工作室", "现状", profile_flag("五老工作室"), "==", True)
add(V, "2.2.2", "先进事迹宣传", "年", count("宣传表彰", eq("类型", "先进事迹宣传")), ">=", 1, uses=("宣传表彰",))
add(V, "2.2.3", "五老表彰会", "全程", count("宣传表彰", eq("类型", "五老表彰会")), ">=", 1, uses=("宣传表彰",))
add(V, "2.3.1", "培训纳入计划", "年", year_flag("培训纳入党支部计划"), "==", True,
    uses=("年度数据", ("年度数据", "培训纳入党支部计划")))
add(V, "2.3.2", "五老培训", "年", count("培训学习", has("参训对象", "五老")), ">=", 1, uses=("培训学习",))
add(V, "2.3.3", "负责人培训", "年", count("培训学习", has("参训对象", "关工委负责人")), ">=", 1, uses=("培训学习",))

add(V, "3.1.1", "五项制度", "现状",
    documents_complete("制度", "类别", ("学习制度", "会议制度", "工作制度", "档案管理制度", "奖励制度")), "==", 5, uses=("制度",))
add(V, "3.2.1", "工作四环节", "年", year_flags_complete("计划", "布置", "检查", "总结"), "==", 4,
    uses=("年度数据", ("年度数据", "计划"), ("年度数据", "布置"), ("年度数据", "检查"), ("年度数据", "总结")))

add(V, "4.1.1", "调查研究", "年", count("调研"), ">=", 1, uses=("调研",))
add(V, "4.1.2", "重点群体关注", "全程", distinct("调研", "关注对象", ("留守儿童", "失学儿童", "服刑人员子女")), "==", 3,
    uses=("调研", ("调研", "关注对象")))
add(V, "4.2.1", "村校联谊", "年", count("村校共建", eq("类型", "联谊活动")), ">=", 1, uses=("村校共建",))
add(V, "4.2.2", "教育衔接", "年", count("村校共建", eq("类型", "工作衔接")), ">=", 1, uses=("村校共建",))
add(V, "4.3.1", "典型经验", "全程", count("典型经验"), ">=", 1, uses=("典型经验",))

add(V, "5.1.1", "主题教育覆盖", "全程", distinct("活动", "主题类别", FIRST_SIX), "==", 6, uses=("活动",))
add(V, "5.2.1", "普法请进来", "年", count("活动", both(eq("主题类别", "法治教育"), eq("方式", "请进来"))), ">=", 1,
    uses=("活动", ("活动", "方式")))
add(V, "5.2.2", "普法走出去", "年", count("活动", both(eq("主题类别", "法治教育"), eq("方式", "走出去"))), ">=", 1,
    uses=("活动", ("活动", "方式")))
add(V, "5.2.3", "困境青少年建档率", "年", per_year_column(roll_stock("困境青少年"), "困境青少年数"), ">=", 1,
    uses=("困境青少年", "年度数据"))
add(V, "5.2.4", "困境青少年帮扶率", "年",
    skipped_when_no_children(coverage("困境青少年", anything, "关爱帮扶", "帮扶对象")), ">=", 1,
    uses=("困境青少年", "关爱帮扶"), any_table=True)
add(V, "5.2.5", "助力乡村振兴", "年", count("活动", eq("主题类别", "乡村振兴")), ">=", 1, uses=("活动",))
add(V, "5.2.6", "社会力量帮扶", "年", count("关爱帮扶", eq("帮扶方", "爱心人士", "社会单位")), ">=", 1,
    uses=("关爱帮扶", ("关爱帮扶", "帮扶方")))
add(V, "5.3.1", "净化成长环境", "年", count("活动", eq("主题类别", "净化环境")), ">=", 1, uses=("活动",))
add(V, "5.3.2", "文明创建", "年", count("活动", eq("主题类别", "文明创建")), ">=", 1, uses=("活动",))
add(V, "5.3.3", "移风易俗", "年", count("活动", eq("主题类别", "移风易俗")), ">=", 1, uses=("活动",))

SCHEMES = {s.id: s for s in (COLLEGE, VILLAGE)}
assert [len([i for i in C if i.id[0] == g]) for g in "12345"] == [10, 6, 9, 4, 10]
assert [len([i for i in V if i.id[0] == g]) for g in "12345"] == [7, 7, 2, 5, 10]
for _scheme in SCHEMES.values():
    for _ind in _scheme.indicators:
        for _use in _ind.uses:
            _sheet = _use if isinstance(_use, str) else _use[0]
            assert _sheet in _scheme.sheets
            assert isinstance(_use, str) or _use[1] in [c[0] for c in columns(_scheme.id, _sheet)], _use


# stages shifted to the workbook's 创建起始年

@dataclass
class Times:
    name: str
    report: str
    phase: str
    phase_start: date
    phase_end: date
    opens: date
    through: date


def stages(scheme_id, start_year):
    scheme = SCHEMES[scheme_id]
    n = (scheme.start_year if start_year is None else start_year) - scheme.start_year
    return [Times(shift_name(s.name, n), s.report, s.phase, shift(scheme.phases[s.phase][0], n),
                  shift(scheme.phases[s.phase][1], n), shift(s.opens, n), shift(s.through, n))
            for s in scheme.stages]


# evaluation

COMPARE = {">=": lambda a, b: a >= b, ">": lambda a, b: a > b, "<=": lambda a, b: a <= b, "==": lambda a, b: a == b}


def plain(v):
    """Fraction -> the number of the JSON"""
    if v is None or isinstance(v, bool):
        return v
    v = Fraction(v)
    return int(v) if v.denominator == 1 else float(v)


def evidence_of(scheme, rows):
    order = list(scheme.sheets)
    out = []
    for sheet, i, row in sorted(rows, key=lambda r: (order.index(r[0]), r[1])):
        for number in row.get("佐证编号") or ():
            if number not in out:
                out.append(number)
    return out


# the tables proper (logs and rolls), and the flags in them
TABLES = {*ROLL_COLUMNS, *DATE_COLUMN,
          "会议", "慰问汇报", "培训学习", "活动", "四师履职", "党建谈话", "捐款", "信息报道", "建言献策",
          "宣传表彰", "村校共建", "典型经验", "关爱帮扶"}
FLAGS = {
    "college-2017": {("五老名册", "特邀党建组织员"), ("五老名册", "实名登记"), ("会议", "研究关工分委工作"), ("会议", "实名签到"),
                     ("活动", "计划"), ("活动", "检查"), ("活动", "总结"), ("活动", "汇报"), ("活动", "实名登记"), ("活动", "简讯刊发"),
                     ("信息报道", "附照片"), ("调研", "重点课题")},
    "village-2023": {("会议", "专题研究关工委工作")},
}


def not_filled(c, ind):
    """whether what an indicator rests on has not been filled in, which is not the same as zero"""
    tables = [u for u in ind.uses if isinstance(u, str) and u in TABLES]
    blank = [t for t in tables if c.unfilled(t)]
    return (bool(blank) if ind.any_table else bool(tables) and blank == tables) or any(
        c.unfilled_flag(*u) for u in ind.uses if not isinstance(u, str))


def evaluate_indicator(c, ind, judged_to):
    """the indicator's dict, with the private keys _finished and _met"""
    result = {"id": ind.id, "title": ind.title, "status": None, "score": None, "full": None,
              "periods": [], "evidence": [], "_finished": 0, "_met": 0}
    if ind.applies is not None and not ind.applies(c):
        result["status"] = "不适用"
        return result
    gone = [u for u in ind.uses
            if u in c.data.get("missing_sheets", ()) or u in map(tuple, c.data.get("missing_columns", ()))]
    all_periods = periods_of(ind.per, c.phase_start, c.phase_end, c.as_of, judged_to)
    states, rows = [], []
    for p in all_periods:
        out = no_data() if gone else ind.measure(c, p)
        if out.kind == "skipped":
            continue
        if not_filled(c, ind):
            out = no_data()
        if out.kind == "value":
            state = "met" if COMPARE[ind.op](out.value, ind.target) else "not met"
        else:
            state = out.kind
        if state != "met" and not p.finished:
            state = "pending"
        states.append((state, p.finished))
        rows += [r for r in out.rows if r not in rows]
        result["periods"].append({
            "label": p.label, "start": p.start.isoformat(), "end": p.end.isoformat(), "finished": p.finished,
            "value": plain(out.value), "target": {"op": ind.op, "value": plain(ind.target)},
            "met": {"met": True, "not met": False}.get(state)})
    if all_periods and not states:
        result["status"] = "不适用"
    elif ("not met", True) in states:
        result["status"] = "未达标"
    elif ("no data", True) in states:
        result["status"] = "缺数据"
    elif any(s == "met" for s, _ in states):
        result["status"] = "达标"
    else:
        result["status"] = "进行中"
    result["_finished"] = sum(1 for _, finished in states if finished)
    result["_met"] = sum(1 for s, finished in states if finished and s == "met")
    result["evidence"] = evidence_of(c.scheme, rows)
    if ("no data", True) in states:
        c.behind |= {t for t in ind.uses if isinstance(t, str) and c.unfilled(t)}
    return result


def overall(statuses):
    if any(s in ("未达标", "缺数据") for s in statuses):
        return "未达标"
    if all(s == "达标" for s in statuses):
        return "达标"
    return "进行中"


def evaluate(data):
    c = Committee(data)
    scheme = c.scheme
    start_year = c.profile.get("创建起始年") or scheme.start_year
    stage = next((s for s in stages(scheme.id, start_year) if s.name == c.profile["报告阶段"]), None)
    filled = c.profile["填报日期"]
    if stage is None or filled < stage.phase_start:
        return {"status": None, "score": None, "stage": None, "as_of": None, "goods": []}
    c.phase_start, c.phase_end = stage.phase_start, stage.phase_end
    c.as_of = min(stage.through, filled, stage.phase_end)
    judged_to = stage.through if filled >= stage.opens else c.as_of

    goods, earned, possible, scored, applicable = [], Fraction(0), Fraction(0), 0, 0
    for good_id, good_title in scheme.goods:
        inds = [evaluate_indicator(c, ind, judged_to) for ind in scheme.indicators if ind.id.split(".")[0] == good_id]
        in_score = [i for i in inds if i["status"] != "不适用" and i["_finished"] > 0]
        good_score = Fraction(0)
        for i in in_score:
            full = Fraction(20, len(in_score))
            score = full * i["_met"] / i["_finished"]
            good_score += score
            i["full"], i["score"] = float(full), float(score)
        apply = [i["status"] for i in inds if i["status"] != "不适用"]
        goods.append({"id": good_id, "title": good_title, "status": overall(apply),
                      "score": float(good_score) if in_score else None, "full": 20.0 if in_score else None,
                      "indicators": inds})
        if in_score:
            earned += good_score
            possible += 20
        scored += len(in_score)
        applicable += len(apply)
        for i in inds:
            del i["_finished"], i["_met"]
    return {
        "scheme": {"id": scheme.id, "start_year": start_year},
        "stage": {"title": stage.name, "report": stage.report,
                  "phase": {"title": stage.phase, "start": stage.phase_start.isoformat(), "end": stage.phase_end.isoformat()},
                  "opens": stage.opens.isoformat(), "through": stage.through.isoformat()},
        "as_of": c.as_of.isoformat(), "judged_to": judged_to.isoformat(), "in_time": filled >= stage.opens,
        "status": overall([g["status"] for g in goods]),
        "score": float(earned * 100 / possible) if possible else None,
        "scored": scored, "applicable": applicable, "goods": goods,
        "unfilled": [sheet for sheet in scheme.sheets if sheet in c.behind]}
