"""Make the sample workbooks: invented committees, seeded, the same bytes at every run.

python scripts/make_samples.py [folder]        (default: sample_workbooks beside this folder)
"""

from __future__ import annotations

import io
import random
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl

from wuhao_report.files.office import pack, unpack
from wuhao_report.files.workbook_style import FIRST_ROW, STYLES, fonts_in_order, notes_where_expected
from wuhao_report.scheme.lookup import find_scheme
from wuhao_report.scheme.model import Scheme, moved_to
from wuhao_report.tools.blank_workbook import new_workbook

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎"


class Row(list[Any]):
    """The cells of a row in the order of the sheet's first version; `more` are cells of columns that came later, by their names."""

    def __init__(self, cells: Sequence[Any] = (), more: Mapping[str, Any] | None = None) -> None:
        super().__init__(cells)
        self.more = dict(more or {})


MENTORS = ("青年教师导师", "辅导员导师", "学生课外导师", "学生就业导师")


def person(number: int) -> str:
    """A name that cannot be taken for a real one."""
    return SURNAMES[number % len(SURNAMES)] + "测试" + ("" if number < len(SURNAMES) else "甲乙丙丁"[number // len(SURNAMES) - 1])


class Committee:
    """The rows of one workbook by sheet, with evidence numbers that are registered as they are given out."""

    def __init__(self, scheme_id: str, start_year: int, seed: int, last_day: date) -> None:
        self.scheme: Scheme = moved_to(find_scheme(scheme_id), start_year)
        self.start_year, self.last_day = start_year, last_day
        self.random = random.Random(seed)
        self.profile: dict[str, Any] = {}
        self.texts: dict[str, str] = {}
        self.rows: dict[str, list[Row]] = {sheet.name: [] for sheet in self.scheme.sheets}
        self.listed: list[tuple[str, date]] = []
        self.assessed: dict[str, list[Any]] = {}

    def evidence(self, title: str, day: date) -> str:
        self.listed.append((title, day))
        return f"Z{len(self.listed):03d}"

    def add(self, sheet: str, *values: Any, **more: Any) -> None:
        """Add a row; `more` are cells of columns that came with a later version."""
        self.rows[sheet].append(Row(values, more))

    def tell(self, sheet: str, title: int, stories: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
        """Tell more of the rows of a sheet whose cell `title` has a name among the stories: the first of it by the first story, and so on."""
        seen: dict[str, int] = {}
        for row in sorted(self.rows[sheet], key=lambda cells: cells[0]):
            own = stories.get(row[title])
            if own:
                row.more |= own[seen.get(row[title], 0) % len(own)]
                seen[row[title]] = seen.get(row[title], 0) + 1

    def day(self, year: int, first_month: int, last_month: int | None = None) -> date:
        """Some working day of those months."""
        last_month = last_month or first_month
        start = date(year, first_month, 3)
        end = date(year, last_month, 26)
        day = start + timedelta(days=self.random.randrange((end - start).days + 1))
        return day - timedelta(days=max(0, day.weekday() - 4))

    def happened(self, day: date) -> bool:
        return day <= self.last_day

    def register(self) -> None:
        """Fill 佐证材料 with every number that some row still names."""
        named = {value for name, rows in self.rows.items() if name != "佐证材料" for row in rows for value in row[-1:]}
        numbers = ((f"Z{number:03d}", title, day) for number, (title, day) in enumerate(self.listed, 1))
        pages = "页数" in next(sheet.by_name for sheet in self.scheme.sheets if sheet.name == "佐证材料")
        self.rows["佐证材料"] = [
            Row([number, title, day, None], {"页数": 1 + at % 4} if pages else {})
            for at, (number, title, day) in enumerate(numbers)
            if number in named
        ]


def workbook(committee: Committee, mistakes: Callable[[Any], None] | None = None) -> bytes:
    """The filled workbook, as a person would fill the blank one."""
    committee.register()
    book = openpyxl.load_workbook(io.BytesIO(new_workbook(committee.scheme, committee.profile["单位名称"])))
    for sheet in (sheet for sheet in committee.scheme.sheets if not sheet.optional):
        page = book[sheet.name]
        if sheet.use == "assessed":
            for row in page.iter_rows(min_row=FIRST_ROW, max_col=7):
                for cell, value in zip(row[3:], committee.assessed.get(str(row[0].value), []), strict=False):
                    cell.value = value
            continue
        if sheet.form == "pairs":
            values = committee.profile if sheet.use == "profile" else committee.texts
            for at, column in enumerate(sheet.columns, FIRST_ROW):
                if column.name in values:
                    page.cell(at, 2, values[column.name])
            continue
        rows = committee.rows[sheet.name]
        # Rows are told by the columns of the first version; those that came later stay empty.
        own = [column for column in sheet.columns if column.since == 1]
        places = [at for at, column in enumerate(sheet.columns, 1) if column.since == 1]
        role = sheet.role("date")
        if role:
            dated = [column.name for column in own].index(role)
            rows = sorted(rows, key=lambda cells: cells[dated])
        names = [column.name for column in sheet.columns]
        for number, cells in enumerate(rows, FIRST_ROW):
            whole = len(cells) == len(sheet.columns)
            more = [(names.index(name) + 1, value) for name, value in cells.more.items()]
            for at, value in (*zip(range(1, len(cells) + 1) if whole else places, cells, strict=False), *more):
                if value is not None:
                    page.cell(number, at, value)
                    if isinstance(value, date):
                        page.cell(number, at).number_format = "yyyy-mm-dd"
    if mistakes:
        mistakes(book)
    buffer = io.BytesIO()
    book.save(buffer)
    members = unpack(buffer.getvalue())
    members[STYLES] = fonts_in_order(members[STYLES])
    blank = unpack(new_workbook(committee.scheme, "样例"))
    members["docProps/core.xml"] = blank["docProps/core.xml"]
    return pack(notes_where_expected(members).items())


# A college

TOPICS = ("学习贯彻会议精神", "研究年度工作计划", "布置“五好”创建任务", "总结阶段工作", "研究党建组织员工作", "研究主题教育安排")
LECTURES = ("讲校史话传统", "我的入党故事", "老党员讲党史", "一路走来的学院", "红色家书共读")
THEMES = ("“青春与祖国同行”主题征文", "老少共读一本书", "清明祭英烈主题教育", "“传承好家风”征文", "金秋诗会", "国旗下的讲述")
OTHERS = ("银龄健步走", "老少同乐茶话会", "义诊进校园", "考研经验分享会", "心理健康沙龙", "书画作品展")
BOARD = ("测试大学关工委理论宣讲", "测试大学关工委工作推进会", "“读懂中国”活动", "校关工委老少结对活动")


def college(
    unit: str,
    seed: int,
    start_year: int,
    stage: str,
    report_date: date,
    years: Sequence[int],
    retired: int = 46,
    students: int = 1800,
) -> Committee:
    """A college in good order: every requirement of its scheme is met until the report date."""
    it = Committee("college-2017", start_year, seed, report_date)
    it.profile = {
        "单位名称": unit,
        "所属学校": "测试大学",
        "主送机关": "测试大学关心下一代工作委员会",
        "创建起始年": start_year,
        "报告阶段": stage,
        "填报日期": report_date,
        "填报人": "李测试",
        "联系电话": "138-0000-0001",
        "专用办公室": "综合楼325室",
        "办公电话": "是",
        "办公电脑": "是",
        "二级党校": "否",
        "档案分类立卷": "是",
        "档案专柜存放": "是",
        "档案规范完整有序": "是",
    }
    _college_people(it, retired)
    for year in years:
        it.add("年度数据", year, students + 20 * (year - start_year), retired, "是", "是", 8000 + 1000 * (year - start_year))
        _college_year(it, year, retired, students + 20 * (year - start_year))
    _college_stories(it)
    for kind in ("会议制度", "学习制度", "办公制度"):
        day = date(start_year, 3, 1)
        it.add("制度", f"关工分委{kind}", kind, day, None, it.evidence(f"关工分委{kind}", day))
    day = date(start_year, 9, 12)
    it.add(
        "创新品牌",
        day,
        "银龄讲堂",
        "每月一讲，老同志与学生面对面，学生凭听课记录计入第二课堂",
        it.evidence("“银龄讲堂”活动方案", day),
    )
    return it


def _college_stories(it: Committee) -> None:
    """What was done and what came of it, in the words of the secretary."""
    it.tell(
        "活动",
        1,
        {
            "我的入党故事": [
                {"地点": "图书馆报告厅", "主讲人": "老党员赵测试", "做法与成效": "讲三代人的入党经历，会后46名学生递交入党申请书"}
            ],
            "红色家书共读": [
                {"地点": "学生活动中心", "主讲人": "退休教授孙测试", "做法与成效": "师生同读12封家书，整理成册印发各班级"},
                {"地点": "学生活动中心", "主讲人": "退休教授孙测试", "做法与成效": "学生写下读后感180篇，优秀的在院刊连载"},
            ],
            "老党员讲党史": [
                {"地点": "第一教学楼阶梯教室", "主讲人": "老党员钱测试", "做法与成效": "从校史讲到党史，讲稿汇入学院党课资源库"}
            ],
            "老少共读一本书": [{"地点": "图书馆", "做法与成效": "8名老同志各带一个读书小组，坚持一学期"}],
            "国旗下的讲述": [
                {"地点": "学院广场", "主讲人": "退休军转干部吴测试", "做法与成效": "讲参军报国经历，当年有5名学生应征入伍"}
            ],
            "金秋诗会": [{"地点": "大学生活动中心", "做法与成效": "老少同台朗诵23首，评出优秀作品6件"}],
            "清明祭英烈主题教育": [{"地点": "测试烈士陵园", "做法与成效": "老同志带领学生祭扫并讲述烈士事迹"}],
            "考研经验分享会": [
                {"地点": "第一教学楼", "主讲人": "退休副教授周测试", "做法与成效": "逐一解答选校和复习问题，建立了考研互助群"}
            ],
            "心理健康沙龙": [
                {"地点": "心理咨询室", "主讲人": "退休辅导员郑测试", "做法与成效": "会后7名学生主动预约谈心，得到持续辅导"}
            ],
            "测试大学关工委理论宣讲": [{"地点": "测试大学礼堂", "做法与成效": "2名老同志入选校级宣讲团"}],
        },
    )
    it.tell(
        "会议",
        2,
        {
            "研究关工分委年度工作": [
                {"议定事项": "同意每年安排专项经费，把关工分委工作列入学院年度考核"},
                {"议定事项": "议定为“银龄讲堂”固定场地和时间"},
                {"议定事项": "议定新退休教师由学院领导上门邀请"},
            ],
            "总结上年工作": [{"议定事项": "表彰先进个人6名，通过年度工作要点"}],
            "“四师”工作座谈会": [{"议定事项": "形成“一人一策”指导台账"}],
        },
    )
    it.tell("培训学习", 1, {"新媒体使用": [{"成效": "会用手机上网课、发简讯的老同志由9名增加到21名"}]})
    it.tell(
        "调研",
        1,
        {
            f"{year}年学生学风情况": [{"成效": result}]
            for year, result in zip(
                range(it.start_year, it.start_year + 3),
                ("学院据此恢复了早自习", "提出的5条建议被学院采纳", "推动学院实行学业预警约谈"),
                strict=True,
            )
        },
    )
    for row, deed in zip(
        it.rows["五老名册"],
        ("连续八年为学生讲校史", "整理校史资料3册", "资助6名困难学生完成学业", "指导学生获省级学科竞赛奖4项"),
        strict=False,
    ):
        row.more["主要事迹"] = deed


def _college_people(it: Committee, retired: int) -> None:
    start = date(it.start_year - 1, 12, 28)
    posts = [
        ("主任", "院长"),
        ("常务副主任", "党委副书记"),
        ("副主任", "退休教师党支部书记"),
        ("秘书", "学工办主任"),
        ("委员", "工会主席"),
    ]
    for number, (post, duty) in enumerate(posts):
        it.add("班子成员", person(40 + number), post, duty, start, None)
    titles = ("教授", "副教授", "高级实验师", "处级干部", "讲师")
    for number in range(retired):
        party = "中共党员" if number % 3 else "群众"
        mentor = MENTORS[number % 4] if number < 12 else None
        if number == 5:
            mentor = f"{MENTORS[1]}、{MENTORS[2]}"
        organiser = "是" if party == "中共党员" and 12 <= number < 27 else "否"
        born = date(1940 + number % 18, 1 + number % 12, 1)
        it.add(
            "五老名册",
            person(number),
            "女" if number % 4 == 1 else "男",
            born,
            party,
            "本单位",
            titles[number % 5],
            start,
            None,
            mentor,
            organiser,
            "是",
            f"138-0000-{1000 + number}",
        )
    for number in range(4):
        it.add(
            "五老名册",
            f"{SURNAMES[number]}外测试",
            "男",
            date(1948, 5, 1),
            "中共党员",
            "外单位",
            "主任医师",
            start,
            None,
            None,
            "否",
            "是",
            None,
        )


def _college_year(it: Committee, year: int, retired: int, students: int) -> None:
    _college_meetings(it, year)
    _college_activities(it, year)
    _college_mentoring(it, year)
    _college_giving(it, year, retired)
    _college_press(it, year, students)
    for kind, text, month in (
        ("慰问", "重阳节座谈慰问老同志", 10),
        ("慰问", "春节前座谈慰问老同志", 1),
        ("情况汇报", "向老同志通报学院发展情况", 5),
        ("征求意见", "就学院发展规划征求老同志意见", 5),
    ):
        day = it.day(year, month)
        if it.happened(day):
            it.add("慰问汇报", day, kind, text, it.random.randrange(20, 40), it.evidence(text, day))
    for month, theme, by in ((4, "上级会议精神", "本单位"), (6, "新媒体使用", "本单位"), (10, "关工委骨干队伍建设", "上级")):
        day = it.day(year, month)
        if it.happened(day):
            it.add("培训学习", day, theme, by, it.random.randrange(15, 35), it.evidence(theme, day))
    day = it.day(year, 6 if year == it.last_day.year else 11)
    if it.happened(day):
        it.add("调研", day, f"{year}年学生学风情况", "是", f"{year}年学生学风情况调研报告", it.evidence("调研报告", day))
    for text, taken in (
        ("建议在教学楼增设老少共读角", "学院采纳，当年建成3处"),
        ("建议完善老同志参加活动的交通保障", "学校采纳，活动日安排接送车"),
    ):
        day = it.day(year, 4, 9)
        if it.happened(day):
            it.add("建言献策", day, text, person(it.random.randrange(20)), taken, it.evidence("建议书", day))


def _college_meetings(it: Committee, year: int) -> None:
    def meet(kind: str, month: int, topic: str, about: str, total: int) -> None:
        day = it.day(year, month)
        if it.happened(day):
            it.add("会议", day, kind, topic, about, total, total - it.random.randrange(3), "是", it.evidence(f"{kind}记录", day))

    for month in (3, 9):
        meet("党政联席会议", month, "研究关工分委年度工作", "是", 9)
    for month in (3, 6, 9, 11):
        meet("全委会议", month, it.random.choice(TOPICS), "否", 12)
    meet("全体会议", 1, "总结上年工作", "否", 48)
    meet("其他", 5, "“四师”工作座谈会", "否", 16)


def _college_activities(it: Committee, year: int) -> None:
    plan = [
        ("主题教育", 4, THEMES),
        ("征文", 5, THEMES),
        ("主题教育", 11, THEMES),
        ("党史讲座", 3, LECTURES),
        ("党史讲座", 10, LECTURES),
        ("上级活动", 4, BOARD),
        ("上级活动", 9, BOARD),
        ("网站建设", 6, ("学生参与校关工网栏目建设",)),
    ]
    plan += [("其他", month, OTHERS) for month in (3, 5, 6, 9, 10, 11)]
    for kind, month, names in plan:
        day = it.day(year, month)
        if it.happened(day):
            name = it.random.choice(names)
            it.add(
                "活动",
                day,
                name,
                kind,
                it.random.randrange(4, 20),
                it.random.randrange(40, 260),
                "是",
                "是",
                "是",
                "是",
                "是",
                "是",
                it.evidence(f"{name}总结和照片", day),
            )


def _college_mentoring(it: Committee, year: int) -> None:
    work = ("听课评课并交流教学体会", "与辅导员座谈班级工作", "指导学生课外科技活动", "指导模拟面试和写简历")
    for first, last in ((3, 6), (9, 10)):
        for number in range(12):
            for _ in range(2):
                day = it.day(year, first, last)
                if it.happened(day):
                    it.add(
                        "四师履职", day, person(number), MENTORS[number % 4], work[number % 4], it.random.randrange(3, 30), None
                    )
        for number in range(12, 27):
            if number % 3:
                day = it.day(year, first, last)
                if it.happened(day):
                    it.add("党建谈话", day, person(number), it.random.randrange(1, 4), "学生发展对象", None)


def _college_giving(it: Committee, year: int, retired: int) -> None:
    day = it.day(year, 6)
    proof = it.evidence(f"{year}年捐款收据", day)
    for number in range(retired):
        it.add("捐款", day, person(number), "离退休老同志", it.random.choice((100, 120, 120, 200)), None, proof)
    it.add("捐款", day, "机关党支部教职工", "在职教职工", 3600 + 10 * it.random.randrange(40), 32, proof)
    it.add("捐款", it.day(year, 9), "测试校友会", "社会力量", 5000, None, it.evidence("捐赠协议", day))


def _college_press(it: Committee, year: int, students: int) -> None:
    for month in (3, 4, 5, 6, 9, 10, 10, 11):
        day = it.day(year, month)
        if it.happened(day):
            it.add(
                "信息报道",
                day,
                f"学院关工分委开展{it.random.choice(THEMES + OTHERS)}",
                "动态信息",
                "校关工网",
                "是",
                "赵测试",
                it.evidence("网页截图", day),
            )
    for number in range(students // 100 + 3):
        day = it.day(year, 3, 10)
        kind = "学生推荐" if number % 4 == 0 else "学生原创"
        it.add("信息报道", day, f"学生习作第{number + 1}篇", kind, "校关工网", "否", f"{SURNAMES[number % 40]}学生", None)


COLLEGE_TEXTS = {
    "单位概况": "测试学院现有教职工128人，设4个本科专业。关工分委成立以来，在学校关工委的指导和学院党委的领导下，围绕立德树人根本任务，"
    "组织老同志发挥政治优势、经验优势和威望优势，服务学院中心工作，服务青年学生成长成才。",
    "自查组织情况": "学院党委高度重视，成立由常务副主任任组长的自查小组，召开专题会议部署，对照指标体系逐项核对台账和佐证材料，广泛听取老同志和师生意见。",
    "特色亮点": "一是打造“银龄讲堂”品牌，每月邀请一位老同志与学生面对面交流，内容涵盖校史、党史和专业发展。\n"
    "二是推行“四师”结对，把老同志的经验优势与青年教师成长、学生就业指导结合起来，形成“一人一策”的指导台账。",
    "典型事例": "一名学生因家庭变故打算退学。退休教授孙测试连续三个月与他谈心，联系学院落实助学岗位，又请校友资助生活费。这名学生留了下来，第二年获得国家励志奖学金。",
    "意见建议": "建议学校关工委统一组织新媒体培训，并协调各学院共享优秀讲座资源。",
    "存在不足": "老同志平均年龄偏大，运用新媒体开展工作的能力有待提高；活动形式与学生的兴趣结合还不够紧密。",
    "下一步打算": "继续加强队伍建设，动员新退休的同志加入；丰富“银龄讲堂”的内容和形式，推动线上线下结合；完善工作台账，做到随办随记、佐证齐全。",
}


def mending(it: Committee, *rows: list[Any]) -> None:
    for row in rows:
        it.add("问题整改", *row)


def college_midterm() -> bytes:
    it = college("测试学院关工分委", 1, 2017, "中期评估", date(2018, 12, 20), (2017, 2018))
    it.texts = {name: text for name, text in COLLEGE_TEXTS.items() if name != "存在不足"}
    it.rows["活动"] = [row for row in it.rows["活动"] if row[0].year != 2017 or row[1] not in ("义诊进校园", "老少同乐茶话会")]
    mending(
        it,
        [
            "新媒体运用不够熟练",
            None,
            "老同志平均年龄偏大，平时接触新媒体少",
            "每学期举办一次新媒体培训",
            "李测试",
            "2019年6月底",
            "整改中",
        ],
        [
            "活动形式与学生的兴趣结合不够紧密",
            None,
            "策划活动前听取学生意见不多",
            "每学期开学先了解学生需求，再定活动",
            "张测试",
            "2019年3月底",
            "整改中",
        ],
    )
    for day, title, issuer, recipient in (
        (date(2017, 12, 8), "关心下一代工作先进集体", "测试大学关工委", "测试学院关工分委"),
        (date(2018, 11, 20), "最美“五老”", "测试大学关工委", person(2)),
    ):
        it.add("荣誉表彰", day, title, issuer, recipient, it.evidence(f"{title}证书", day))
    return workbook(it)


def college_gaps() -> bytes:
    """Gaps under every head."""
    it = college("示例学院关工分委", 2, 2017, "全面自查", date(2019, 11, 20), (2017, 2018, 2019), retired=38, students=2400)
    it.texts = {
        **COLLEGE_TEXTS,
        "单位概况": COLLEGE_TEXTS["单位概况"].replace("测试学院", "示例学院"),
        "特色亮点": "",
        "典型事例": "",
    }
    rows = it.rows
    rows["年度数据"][1][3] = "否"
    rows["年度数据"][2][5] = None
    rows["年度数据"][0][2] = 41
    rows["会议"] = [
        row
        for row in rows["会议"]
        if not (row[1] == "全委会议" and row[0].year == 2018 and row[0].month >= 8)
        and not (row[1] == "全体会议" and row[0].year == 2019)
    ]
    for row in rows["活动"][5:30:9]:
        row[7] = "否"
    rows["活动"][11][10] = "否"
    rows["活动"] = [row for row in rows["活动"] if not (row[2] == "网站建设" and row[0].year == 2018)]
    rows["调研"] = [row for row in rows["调研"] if row[0].year != 2018]
    rows["四师履职"] = [
        row for row in rows["四师履职"] if not (row[1] in (person(3), person(7)) and row[0].year == 2018 and row[0].month < 8)
    ]
    rows["信息报道"] = [
        row for number, row in enumerate(rows["信息报道"]) if not (row[2] != "动态信息" and row[0].year == 2019 and number % 2)
    ]
    it.profile["档案规范完整有序"] = "否"
    rows["制度"] = [row for row in rows["制度"] if row[1] != "办公制度"]
    mending(
        it,
        [
            "2018年秋季学期全委会议因故未召开",
            "3.2.1",
            "将全委会议列入校历，每学期第二周、第十周各召开一次",
            "李测试",
            "2020年3月底",
            "整改中",
        ],
        ["办公制度尚未成文", "3.1.1", "参照学校关工委制度制定并印发", "张测试", "2019年12月底", "整改中"],
        ["部分活动未及时总结", "3.4.1", "活动结束后一周内完成总结并归档", "李测试", "2019年10月底", "已完成"],
        ["外出活动的安全预案不够细", None, "修订活动安全预案", "王测试", "2019年12月底", "未开始"],
    )
    return workbook(it)


def college_consolidation() -> bytes:
    it = college(
        "样例学院关工分委", 3, 2017, "巩固自查", date(2021, 11, 15), (2017, 2018, 2019, 2020, 2021), retired=52, students=1600
    )
    it.texts = {**COLLEGE_TEXTS, "单位概况": COLLEGE_TEXTS["单位概况"].replace("测试学院", "样例学院")}
    it.rows["四师履职"] = [
        row for row in it.rows["四师履职"] if not (row[1] == person(4) and row[0].year == 2020 and row[0].month < 8)
    ]
    it.rows["五老名册"][30][7] = date(2021, 6, 30)
    mending(
        it,
        [
            "2020年春季学期1名“四师”因病未能履职",
            "5.2.1",
            "建立“四师”替补机制，学期初逐人排定计划",
            "李测试",
            "2021年3月底",
            "已完成",
        ],
    )
    return workbook(it)


def college_mistakes() -> bytes:
    """The same committee in good order, with mistakes typed in."""
    it = college("练习学院关工分委", 4, 2017, "中期评估", date(2018, 12, 18), (2017, 2018), retired=20, students=900)
    it.texts = {
        name: text.replace("测试学院", "练习学院")
        for name, text in COLLEGE_TEXTS.items()
        if name not in ("下一步打算", "意见建议")
    }
    it.texts["单位概况"] += "学院现有在校学生1200人。"
    it.texts["特色亮点"] += "\n各项工作没有不足。"

    def spoil(book: Any) -> None:
        page = book["会议"]
        page["B7"] = "全委会"
        page["A9"] = 2017.1
        page["C10"] = None
        book["活动"]["D6"] = "十多人"
        book["活动"]["P8"] = "Z999"
        book["捐款"]["D5"] = -120
        book["五老名册"]["H6"] = date(2016, 1, 1)
        book["五老名册"]["J7"] = "是的"
        book["年度数据"]["A6"] = 2018
        book["年度数据"]["B6"] = 910
        book["年度数据"]["C6"] = 20
        book["慰问汇报"]["A5"] = "2017年10月"
        book["信息报道"]["A4"] = 42806
        book["信息报道"]["A4"].number_format = "General"
        book["党建谈话"]["C5"] = "=1+1"
        book["培训学习"]["A4"] = "2017。4。12"
        book["调研"]["C3"] = "重点课题（是/否）"
        book["建言献策"]["C3"] = "建议人"

    return workbook(it, spoil)


# A village

VILLAGE_TEXTS = {
    "单位概况": "测试嘎查村现有326户1058人，青少年210人。村关工委在乡关工委和村党支部领导下开展工作，“五老”队伍热心公益、威信较高，是关心教育青少年的一支重要力量。",
    "自查组织情况": "村党支部召开专门会议作出安排，由关工委主任牵头成立自查小组，对照创建内容逐项查阅台账和佐证材料，走访困境青少年家庭，听取了学校老师和群众代表的意见。",
    "特色亮点": "依托“五老”工作室开设周末小课堂，由老教师义务辅导留守儿童，每周一次；把半亩撂荒地辟为“同耕田”，老少同种同收，收入用来买书。",
    "典型事例": "一名少年沉迷网络，一度不肯上学。老战士钱测试连着两个月上门，带他到“同耕田”干活，又请他给低年级同学讲收获。后来这名少年回到学校，期末被评为进步学生。",
    "意见建议": "请乡关工委协调旗文化馆，每季度安排一次流动图书车。",
    "存在不足": "活动场地有限，冬季开展活动较少；部分台账记录不够细致。",
    "下一步打算": "巩固周末小课堂，动员更多返乡老同志参加；加强与学校、派出所的联系，把普法教育做实；规范台账和佐证材料。",
}
KINDS = ("思想政治教育", "四史教育", "革命传统教育", "爱国主义教育", "红色基因传承", "民族团结教育")


def village(unit: str, seed: int, stage: str, report_date: date, start_year: int = 2023) -> Committee:
    """A village in good order until the report date."""
    it = Committee("village-2023", start_year, seed, report_date)
    it.profile = {
        "单位名称": unit,
        "主送机关": "测试乡关心下一代工作委员会",
        "创建起始年": start_year,
        "报告阶段": stage,
        "填报日期": report_date,
        "填报人": "李测试",
        "联系电话": "138-0000-0001",
        "五老工作室": "有",
    }
    it.texts = dict(VILLAGE_TEXTS)
    for number, (post, duty) in enumerate(
        (("主任", "党支部书记"), ("副主任", "村委会主任"), ("秘书", "村文书"), ("委员", "妇联主席"))
    ):
        it.add("班子成员", person(30 + number), post, duty, date(start_year, 5, 10), None)
    kinds = ("老干部", "老战士", "老专家", "老教师", "老模范")
    joined = [date(start_year, 5, 20)] * 9 + [
        date(start_year, 9, 1),
        date(start_year + 1, 3, 5),
        date(start_year + 1, 6, 1),
        date(start_year + 2, 2, 10),
    ]
    for number, day in enumerate(joined):
        if it.happened(day):
            it.add(
                "五老名册",
                person(number),
                "女" if number % 3 == 1 else "男",
                date(1945 + number, 3, 1),
                "中共党员" if number % 2 else "群众",
                kinds[number % 5],
                day,
                None,
                f"138-0000-{2000 + number}",
            )
    for kind in ("学习制度", "会议制度", "工作制度", "档案管理制度", "奖励制度"):
        day = date(start_year, 6, 12)
        it.add("制度", f"关工委{kind}", kind, day, it.evidence(f"关工委{kind}", day))
    for number, kind in enumerate(("留守儿童", "留守儿童", "失学儿童", "服刑人员子女", "孤儿", "其他")):
        it.add("困境青少年", f"{SURNAMES[20 + number]}小测试", kind, date(start_year, 6, 15), None)
    for year in range(start_year, report_date.year + 1):
        _village_year(it, year)
    day = date(start_year + 1, 3, 20)
    if it.happened(day):
        it.add("典型经验", day, "周末小课堂", "全乡", it.evidence("经验材料", day))
    day = date(start_year + 1, 5, 10)
    if it.happened(day):
        it.add("宣传表彰", day, "五老表彰会", "召开“五老”表彰会，表彰优秀“五老”4名", it.evidence("表彰会照片", day))
    _village_stories(it)
    return it


def _village_year(it: Committee, year: int) -> None:
    yes = "是"
    it.add("年度数据", year, 210, 6, yes, yes, yes, yes, yes, yes, yes)
    first = 6 if year == it.start_year else 1

    def at(month: int) -> date | None:
        month = month if month >= first else first + (month % 6)
        if year == it.last_day.year:
            month = min(month, max(first, 1 + month * (it.last_day.month - 1) // 12))
        day = it.day(year, month)
        return day if it.happened(day) else None

    for month, topic, group in (
        (3, "专题研究关工委工作", "青年、妇女"),
        (7, "研究“五好”创建任务", "民兵、治保"),
        (11, "总结关工委工作", "青年、妇女、治保"),
    ):
        if day := at(month):
            it.add("会议", day, "党支部会议", topic, yes, group, it.random.randrange(10, 18), it.evidence("党支部会议记录", day))
    for month in (4, 9):
        if day := at(month):
            it.add("会议", day, "关工委会议", "安排近期工作", "否", "青年", 9, it.evidence("关工委会议记录", day))
    for month, theme, who in ((4, "新时代关工委工作意见", "班子成员、五老"), (8, "关工委业务知识", "关工委负责人")):
        if day := at(month):
            it.add("培训学习", day, theme, who, it.random.randrange(8, 20), it.evidence("培训签到表", day))
    if day := at(10):
        it.add("宣传表彰", day, "先进事迹宣传", "在宣传栏介绍老教师义务辅导留守儿童的事迹", it.evidence("宣传栏照片", day))
    if day := at(5):
        it.add(
            "调研",
            day,
            f"{year}年重点群体走访调研",
            "留守儿童、失学儿童、服刑人员子女",
            "为走访到的儿童建立结对名单",
            it.evidence("调研报告", day),
        )
    for kind, month in (("联谊活动", 6), ("工作衔接", 9)):
        if day := at(month):
            text = "共同举办亲子阅读和游园" if kind == "联谊活动" else "共同开展暑期安全教育"
            it.add("村校共建", day, kind, "测试中心小学", text, it.evidence("活动照片", day))
    _village_activities(it, at)
    for number, row in enumerate(it.rows["困境青少年"]):
        if day := at(2 + number):
            day = max(day, row[2])
            text, result = VILLAGE_HELP[number % len(VILLAGE_HELP)]
            it.add(
                "关爱帮扶",
                day,
                row[0],
                text,
                ("爱心人士", "五老", "社会单位")[number % 3],
                200 + 50 * number,
                it.evidence("帮扶记录", day),
                **{"成效": result},
            )


VILLAGE_HELP = (
    ("为留守儿童送学习用品并每周辅导功课", "半年后语文、数学都及格了"),
    ("与在外务工的家长视频连线，商量监护办法", "由奶奶和“五老”共同照看，孩子不再旷课"),
    ("上门劝返辍学少年，联系学校落实学籍", "一周后回到学校"),
    ("陪同未成年人到监区探视亲人", "孩子的情绪稳定下来，主动参加了足球队"),
    ("为孤儿申请补助并送去棉衣", "每月补助按时到账"),
    ("资助家庭困难学生上学的路费", "按时到旗里的高中报到"),
)
VILLAGE_STORIES = {
    "思想政治教育活动": [
        {"地点": "嘎查会议室", "主讲人": "党支部书记陶测试", "做法与成效": "结合家乡变化讲理想信念，收到心愿卡35张"},
        {"地点": "嘎查会议室", "主讲人": "党支部书记陶测试", "做法与成效": "请返乡大学生一起谈，建立了假期联系群"},
    ],
    "四史教育活动": [
        {"地点": "嘎查文化室", "主讲人": "老战士钱测试", "做法与成效": "讲亲历的守边故事，会后12名少先队员组成故事宣讲组"},
        {"地点": "嘎查文化室", "主讲人": "老教师李测试", "做法与成效": "用老照片讲嘎查五十年，照片留作展览"},
    ],
    "革命传统教育活动": [
        {"地点": "旗革命纪念馆", "主讲人": "纪念馆讲解员何测试", "做法与成效": "参观后召开主题队会"},
        {"地点": "旗烈士陵园", "主讲人": "老战士钱测试", "做法与成效": "祭扫烈士墓，孩子们写下感言41篇"},
    ],
    "爱国主义教育活动": [
        {"地点": "测试中心小学", "主讲人": "老模范周测试", "做法与成效": "升旗仪式后讲家乡劳模故事，办手抄报28份"}
    ],
    "红色基因传承活动": [{"地点": "嘎查文化室", "主讲人": "老干部赵测试", "做法与成效": "举办红色故事会，选出5名小讲解员"}],
    "民族团结教育活动": [
        {"地点": "嘎查广场", "做法与成效": "与邻近汉族村孩子结成手拉手伙伴23对"},
        {"地点": "嘎查广场", "做法与成效": "举办两村少年那达慕，结对伙伴增加到31对"},
    ],
    "政法干警进村普法": [
        {"地点": "嘎查会议室", "主讲人": "派出所民警吴测试", "做法与成效": "讲防范网络诈骗，会后41户签订家校共管公约"},
        {"地点": "嘎查会议室", "主讲人": "检察官郑测试", "做法与成效": "讲未成年人保护法，解答家长提问19个"},
    ],
    "青少年参观法庭": [
        {"地点": "旗人民法院", "做法与成效": "旁听庭审一件，回来后开主题班会"},
        {"地点": "旗人民法院", "做法与成效": "参加模拟法庭，8名学生扮演了审判人员"},
    ],
    "老少同耕一亩田": [
        {"地点": "嘎查同耕田", "做法与成效": "“五老”带领孩子收割玉米，卖粮1860元全部用于购书"},
        {"地点": "嘎查同耕田", "做法与成效": "一起翻地选种，记录了42篇劳动日记"},
    ],
    "清理网吧周边环境": [{"地点": "苏木集镇", "做法与成效": "劝离未成年人7人次，2家网吧签订承诺书"}],
    "文明家庭评选": [{"地点": "嘎查文化室", "做法与成效": "评出文明家庭12户，张榜公布"}],
    "移风易俗宣讲": [{"地点": "嘎查会议室", "主讲人": "老干部赵测试", "做法与成效": "村规民约增加婚事从简一条"}],
}


def _village_stories(it: Committee) -> None:
    """What was decided, done and reached, in the words of the secretary."""
    it.tell("活动", 1, VILLAGE_STORIES)
    it.tell(
        "会议",
        2,
        {
            "专题研究关工委工作": [
                {"议定事项": "议定由妇联和“五老”分片包户，寒暑假每周走访一次"},
                {"议定事项": "议定每年从集体收入中安排2000元用于青少年活动"},
            ],
            "研究“五好”创建任务": [{"议定事项": "各项任务落实到人"}, {"议定事项": "议定暑期开办防溺水巡查队"}],
            "总结关工委工作": [{"议定事项": "把青少年普法列为下一年重点"}, {"议定事项": "议定把周末小课堂延续下去"}],
            "安排近期工作": [{"议定事项": "排定活动日程"}],
        },
    )
    it.tell(
        "培训学习",
        1,
        {"新时代关工委工作意见": [{"成效": "会后每名“五老”联系一户困境家庭"}], "关工委业务知识": [{"成效": "统一了台账格式"}]},
    )
    it.tell("村校共建", 2, {"测试中心小学": [{"成效": "47个家庭参加"}, {"成效": "发放防溺水告知书210份"}]})
    it.tell(
        "调研",
        1,
        {
            f"{it.start_year + at}年重点群体走访调研": [{"成效": result}]
            for at, result in enumerate(("6名儿童全部有“五老”结对", "推动解决2名儿童的上学问题", "为3户家庭落实了临时救助"))
        },
    )
    it.tell("典型经验", 1, {"周末小课堂": [{"成效": "全乡12个嘎查照此开办小课堂"}]})
    for row, deed in zip(
        it.rows["五老名册"], ("义务调解邻里纠纷二十余起", "每周为留守儿童辅导功课", "带头捐书120册"), strict=False
    ):
        row.more["主要事迹"] = deed
    for row in it.rows["年度数据"]:
        row.more |= {"违法犯罪青少年数": 0, "辍学青少年数": 0}


def _village_activities(it: Committee, at: Callable[[int], date | None]) -> None:
    plan: list[tuple[str, str, str | None, int]] = [
        (f"{kind}活动", kind, None, 2 + 2 * number) for number, kind in enumerate(KINDS)
    ]
    plan += [
        ("政法干警进村普法", "法治教育", "请进来", 4),
        ("青少年参观法庭", "法治教育", "走出去", 7),
        ("老少同耕一亩田", "乡村振兴", None, 5),
        ("清理网吧周边环境", "净化环境", None, 8),
        ("文明家庭评选", "文明创建", None, 9),
        ("移风易俗宣讲", "移风易俗", None, 3),
    ]
    for name, kind, way, month in plan:
        if day := at(month):
            it.add(
                "活动",
                day,
                name,
                kind,
                way,
                it.random.randrange(3, 8),
                it.random.randrange(15, 70),
                it.evidence(f"{name}照片", day),
            )


def village_2024() -> bytes:
    it = village("测试嘎查村关工委", 5, "2024年自查", date(2024, 8, 20))
    it.texts = {name: text for name, text in it.texts.items() if name != "存在不足"}
    mending(
        it,
        ["冬季活动偏少", None, "牧户分散，活动场地没有取暖", "利用村文化室开展室内活动", "李测试", "2024年12月底", "整改中"],
        [
            "部分台账记录不够细致",
            None,
            "记录人兼职多，事后补记",
            "指定专人随办随记，每季度核对一次",
            "王测试",
            "2024年9月底",
            "整改中",
        ],
    )
    village_honours(it)
    return workbook(it)


def village_honours(it: Committee) -> None:
    """Two honours: one of a person, one of the committee."""
    for day, title, issuer, recipient in (
        (date(2023, 11, 16), "优秀“五老”志愿者", "测试乡关工委", person(3)),
        (date(2024, 5, 30), "关心下一代工作先进集体", "测试旗关工委", "测试嘎查村关工委"),
    ):
        it.add("荣誉表彰", day, title, issuer, recipient, it.evidence(f"{title}证书", day))


def village_acceptance() -> bytes:
    it = village("示例嘎查村关工委", 6, "验收自查", date(2025, 7, 18))
    it.texts["单位概况"] = it.texts["单位概况"].replace("测试嘎查村", "示例嘎查村")
    it.rows["关爱帮扶"] = [row for row in it.rows["关爱帮扶"] if not (row[1].startswith(SURNAMES[22]) and row[0].year == 2024)]
    it.rows["活动"] = [row for row in it.rows["活动"] if not (row[3] == "走出去" and row[0].year == 2025)]
    it.rows["班子成员"][2][4] = date(2024, 1, 15)
    it.add("班子成员", person(36), "秘书", "村文书", date(2024, 5, 20), None)
    mending(
        it,
        [
            "秘书岗位空缺时间较长",
            "1.1.2",
            "原秘书调离后没有及时物色人选",
            "明确班子成员变动后一个月内补齐",
            "张测试",
            "2025年6月底",
            "已完成",
        ],
        [
            "2025年没有组织到政法机关观摩",
            "5.2.2",
            "春季集中办防溺水教育，没有排进日程",
            "8月会同司法所补办一次",
            "钱测试",
            "2025年8月底",
            "整改中",
        ],
    )
    day = date(2024, 12, 6)
    it.add("荣誉表彰", day, "先进基层关工委", "测试旗关工委", "示例嘎查村关工委", it.evidence("奖牌照片", day))
    return workbook(it)


def village_basics() -> bytes:
    """Nothing but basic data: whoever is there, and how many; no log has a row."""
    it = village("初建嘎查村关工委", 10, "2024年自查", date(2024, 8, 16))
    kept = ("年度数据", "班子成员", "五老名册", "困境青少年")
    it.rows = {name: rows if name in kept else [] for name, rows in it.rows.items()}
    it.texts = {"单位概况": "初建嘎查村现有180户612人，青少年210人。"}
    return workbook(it)


def village_midterm() -> bytes:
    """Counts without words: no places, no results, no deeds, hardly any text."""
    it = village("样例嘎查村关工委", 7, "中期评估", date(2024, 6, 18))
    it.texts = {"单位概况": it.texts["单位概况"].replace("测试嘎查村", "样例嘎查村"), "下一步打算": it.texts["下一步打算"]}
    for rows in it.rows.values():
        for row in rows:
            row.more.clear()
    it.rows["宣传表彰"] = [row for row in it.rows["宣传表彰"] if row[1] != "五老表彰会"]
    it.rows["会议"] = [
        row for row in it.rows["会议"] if not (row[1] == "党支部会议" and row[0].year == 2023 and row[0].month > 8)
    ]
    return workbook(it)


# A street office, scored by points

TEAMS = ("讲师团", "关爱团", "科技服务团", "监督员队伍")


def district(unit: str, seed: int) -> Committee:
    """A street office at the end of its year: nearly everything reached, a few points lost, assessed by the office above."""
    it = Committee("district-2026", 2026, seed, date(2026, 12, 20))
    it.profile = {
        "单位名称": unit,
        "主送机关": "测试区关心下一代工作委员会",
        "创建起始年": 2026,
        "报告阶段": "2026年终自查",
        "填报日期": date(2026, 12, 20),
        "填报人": "李测试",
        "联系电话": "138-0000-0001",
    }
    it.add("年度数据", 2026, 3260, "是", "是", "是", "否")
    for number, (post, role) in enumerate(
        (("主任", "党委领导"), ("常务副主任", "老领导"), ("专职副主任", "在职干部"), ("秘书长", "在职干部"))
    ):
        it.add("班子成员", person(number), post, role, date(2025, 3, 10), None)
    for number in range(16):
        it.add(
            "五老名册",
            person(10 + number),
            "中共党员" if number % 3 else "群众",
            TEAMS[number % 4],
            date(2025, 3, 20) if number < 13 else it.day(2026, 3, 5),
            None,
        )
    _district_records(it)
    for number in range(8):
        it.add("困境青少年", person(40 + number), date(2025, 9, 1), None)
        if number:
            day = it.day(2026, 2, 11)
            it.add("关爱帮扶", day, person(40 + number), "送学习用品并谈心", it.evidence(f"帮扶记录{number}", day))
    for item, own, own_reason, score, reason in (
        ("1.1", None, None, 5, None),
        ("1.3", 4.5, "一个新建社区尚未设站", 4, "两个社区尚未设站"),
        ("1.4", None, None, 3.75, "缺落实情况记录"),
        ("2.2", 5, None, 5, None),
        ("3.3", 4, "个别部门配合不够", 4, "同意自评"),
    ):
        it.assessed[item] = [own, own_reason, score, reason]
    it.texts = {
        "单位概况": "测试街道辖9个社区，设街道关工委1个、社区关工小组9个。",
        "自查组织情况": "12月上旬，街道关工委成立自查小组，对照考核细则逐项核对台账和佐证材料。",
        "特色亮点": "“银发课堂”连续两年开课，周末和假期免费向辖区青少年开放，已在全区推广。",
        "典型事例": "测试社区一名初中生因父母离异不愿回家。关爱团的退休教师王测试每天晚上陪他写作业，两个月后孩子随母亲回家居住，成绩回到班级中游。",
        "意见建议": "建议区关工委协调有关部门，为新建社区配备一间青少年活动室。",
        "存在不足": "信息报送不够均衡，第一季度报送偏少。",
        "下一步打算": "把落实情况纳入每季度例会通报；督促各社区建好工作台账。",
    }
    mending(
        it,
        [
            "落实情况没有单独记录",
            "1.4",
            "例会只作部署，没有安排专人记录",
            "每季度例会通报落实情况并存档",
            "李测试",
            "2027年1月底",
            "整改中",
        ],
        [
            "财务制度没有成文",
            "3.1",
            "经费由街道统一管理，没有单独订立",
            "参照街道财务制度制定关工委经费管理办法",
            "孙测试",
            "2027年2月底",
            "整改中",
        ],
    )
    return it


DISTRICT_MEETINGS = {
    "党委听取汇报": ("党工委听取关工委工作汇报", "同意每年安排专项经费3万元"),
    "工作部署会": ("部署全年关心下一代工作", "任务分解到9个社区"),
    "全体会议": ("总结上半年工作", "确定下半年重点抓暑期托管"),
}
DISTRICT_NAMES = {
    "主题教育": "身边的榜样宣讲",
    "法治教育": "法官进校园",
    "科技服务": "科普小制作",
    "关爱帮扶": "困境家庭走访",
    "环境监督": "校园周边环境检查",
}
DISTRICT_STORIES = {
    "主题教育": ("社区活动室", "讲师团赵测试", "讲身边榜样，会后成立2个读书小组"),
    "法治教育": ("测试中学", "法官王测试", "讲解防范校园欺凌，35户签订家校公约"),
    "科技服务": ("社区科普站", "退休工程师李测试", "带孩子做风能小车，3件作品参加区里比赛"),
    "关爱帮扶": ("测试社区", None, "逐户走访困境家庭，解决实际困难11件"),
    "环境监督": ("测试小学周边", None, "与市场监管所一起检查商铺6家，下架不适宜商品23件"),
}


def _district_records(it: Committee) -> None:
    for kind, month in (("党委听取汇报", 3), ("工作部署会", 3), ("全体会议", 7), ("党委听取汇报", 11)):
        day = it.day(2026, month)
        topic, decided = DISTRICT_MEETINGS[kind]
        it.add("会议", day, kind, topic, 18, it.evidence(f"{kind}会议记录", day), **{"议定事项": decided})
    for month in (5, 10):
        day = it.day(2026, month)
        it.add("培训学习", day, "志愿服务方法", 16, it.evidence("“五老”培训签到", day), **{"成效": "会后每人联系一个社区"})
    for kind in ("学习制度", "会议制度", "工作制度", "调研制度", "档案制度"):
        it.add("制度", f"街道关工委{kind}", kind, date(2025, 6, 5), it.evidence(f"街道关工委{kind}", date(2025, 6, 5)))
    for kind, name in (("假日学校", "测试社区假日学校"), ("教育基地", "测试红色教育基地")):
        it.add("阵地", date(2025, 7, 1), kind, name, it.evidence(f"{name}批复", date(2025, 7, 1)))
    for number, month in enumerate((4, 9)):
        day = it.day(2026, month)
        it.add(
            "调研",
            day,
            ("暑期托管情况", "隔代教育情况")[number],
            "是",
            "关于暑期托管情况的调研" if number == 0 else None,
            it.evidence("调研报告", day),
            **{"成效": "推动3个社区开办暑期托管班" if number == 0 else "提出的建议被区妇联采纳"},
        )
    it.add("创新品牌", date(2025, 3, 10), "银发课堂", "全区", it.evidence("“银发课堂”工作方案", date(2025, 3, 10)))
    for month in (4, 6, 8, 10, 11):
        day = it.day(2026, month)
        it.add("信息报道", day, "“五老”进社区", "测试区关工委网站", it.evidence("信息报道截图", day))
    kinds = ("主题教育", "法治教育", "科技服务", "关爱帮扶", "环境监督")
    for number, month in enumerate((1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)):
        day = it.day(2026, month)
        kind = kinds[number % 5]
        it.add(
            "活动",
            day,
            DISTRICT_NAMES[kind],
            kind,
            TEAMS[number % 4],
            "是",
            "是" if month != 2 else "否",
            6,
            40 + number,
            it.evidence(f"{kind}活动记录", day),
            **dict(zip(("地点", "主讲人", "做法与成效"), DISTRICT_STORIES[kind], strict=True)),
        )


# A committee of the demonstration scheme


def demonstration(unit: str, seed: int) -> Committee:
    """Three years by the twenty kinds of rule: some points lost by most of them, a bonus, and the rest in order."""
    it = Committee("demo-rules", 2024, seed, date(2026, 12, 25))
    it.profile = {
        "单位名称": unit,
        "主送机关": "测试市关心下一代工作委员会",
        "创建起始年": 2024,
        "报告阶段": "终期自查",
        "填报日期": date(2026, 12, 25),
        "填报人": "李测试",
        "联系电话": "138-0000-0001",
        "二级党校": "否",
    }
    for number, post in enumerate(("主任", "副主任", "秘书")):
        it.add("班子成员", person(number), post, date(2024, 1, 1) if number < 2 else date(2024, 5, 20), None)
    for number in range(20):
        it.add(
            "五老名册",
            person(5 + number),
            "本单位" if number % 4 else "外单位",
            "是" if number < 10 else "否",
            date(2023, 5, 20),
            None,
        )
    for number, year in enumerate((2024, 2025, 2025, 2026, 2026)):
        it.add("五老名册", person(30 + number), "本单位", "否", date(year, 5, 10), None)
    for year in (2024, 2025, 2026):
        _demonstration_year(it, year)
    it.add("不良记录", date(2025, 7, 1), "缺席上级会议", "负责同志出差未请假")
    it.add("职务变动", date(2024, 1, 1), "出缺", None)
    it.add("职务变动", date(2024, 3, 25), "补齐", it.evidence("任职通知", date(2024, 3, 25)))
    it.add("表彰验收", date(2025, 11, 5), "表彰", "市级", it.evidence("市级表彰决定", date(2025, 11, 5)))
    it.add("表彰验收", date(2026, 11, 12), "验收", "县级", it.evidence("县级验收结果", date(2026, 11, 12)))
    it.assessed["5.2"] = [3.5, "一项制度修订不及时", None, None]
    it.texts = {
        "单位概况": "演示单位设有关工委，由离退休干部和在职人员共同参与。",
        "自查组织情况": "对照演示方案逐项自查。",
        "特色亮点": "老少结对形成常态。",
        "存在不足": "个别工作留痕不够。",
        "下一步打算": "按季度检查台账。",
    }
    return it


def _demonstration_year(it: Committee, year: int) -> None:
    it.add("年度数据", year, 1180, "是", "是", "是", "是" if year != 2024 else "否", "是", 2600, "A" if year == 2026 else "B")
    for month in (3, 4, 9, 10):
        if (year, month) == (2025, 10):
            continue
        day = it.day(year, month)
        it.add("会议", day, "例会", 20, 18 if month != 9 else 17, it.evidence("例会记录", day))
    if year == 2025:
        it.add("会议", date(2025, 1, 15), "全体会议", 40, 37, it.evidence("全体会议记录", date(2025, 1, 15)))
    for month in (2, 5, 8, 11):
        day = it.day(year, month)
        it.add("活动", day, "主题教育活动", "主题教育", 8, 60, it.evidence("主题教育活动记录", day))
    for month, kind in ((4, "普法"), (6, "党史讲座")):
        day = it.day(year, month)
        it.add("活动", day, f"{kind}活动", kind, 5, 80, it.evidence(f"{kind}活动记录", day))
    for month in (3, 10):
        for number in range(9 if (year, month) == (2024, 10) else 10):
            it.add("四师履职", it.day(year, month), person(5 + number), "与学生谈心", None)
    day = date(year, 12, 18) if year != 2025 else date(year, 12, 23)
    it.add("材料报送", day, "年度总结", it.evidence("年度总结", day))
    day = it.day(year, 6)
    it.add("调研", day, "青少年课余生活", it.evidence("调研报告", day))
    for month in (5, 9):
        day = it.day(year, month)
        it.add("信息", day, "“五老”工作动态", it.evidence("信息截图", day))


def district_year() -> bytes:
    return workbook(district("测试街道关工委", 8))


def demonstration_final() -> bytes:
    return workbook(demonstration("演示单位关工委", 9))


SAMPLES: dict[str, Callable[[], bytes]] = {
    "01_测试学院_中期评估.xlsx": college_midterm,
    "02_示例学院_全面自查_有差距.xlsx": college_gaps,
    "03_样例学院_巩固自查.xlsx": college_consolidation,
    "04_测试嘎查村_2024年自查.xlsx": village_2024,
    "05_示例嘎查村_验收自查.xlsx": village_acceptance,
    "06_练习学院_有填写错误.xlsx": college_mistakes,
    "07_样例嘎查村_中期评估.xlsx": village_midterm,
    "08_测试街道_年终自查_按分值.xlsx": district_year,
    "09_演示单位_二十种规则.xlsx": demonstration_final,
    "10_初建嘎查村_只有基本数据.xlsx": village_basics,
}


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "sample_workbooks"
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in SAMPLES.items():
        (folder / name).write_bytes(make())
        print(name)


if __name__ == "__main__":
    main()
