"""Seeded generator of random, valid committees, adversarial at the boundaries of days, counts and names."""

import random
from datetime import date, timedelta
from decimal import Decimal

from tests.reference import model as oracle

D = timedelta
LEVELS = {  # level -> (chance that an indicator is perfect, chance that it is "mostly"), else poor
    "excellent": (0.99, 0.9), "good": (0.88, 0.6), "mixed": (0.45, 0.5), "poor": (0.12, 0.3), "empty": (0.05, 0.1)}
BLANKS = [" ", "\u3000", "\u00a0", "\u2003", "  ", "\n"]
SURNAMES = "李王张刘陈杨赵黄周吴"


class Gen:
    def __init__(self, seed, scheme=None):
        self.seed = seed
        self.r = random.Random(f"committee-{seed}")
        r = self.r
        self.scheme = scheme or r.choice(list(oracle.SCHEMES))
        self.level = r.choices(list(LEVELS), [35, 25, 20, 15, 5])[0]
        self.tags = {}
        self.sheets = {s: [] for s in oracle.SCHEMES[self.scheme].sheets if s not in ("基本信息", "文字材料")}
        self.names = 0
        self.evidence = []
        self.time()

    # ---- dates ------------------------------------------------------------------------------------------------
    def time(self):
        r = self.r
        base = oracle.SCHEMES[self.scheme].start_year
        self.start_year = base if r.random() < 0.4 else r.randint(2015, 2024)
        every = oracle.stages(self.scheme, self.start_year)
        self.stage = r.choice(every + [every[-1]] * (3 if len(every) == 5 else 0))     # the last one judges 全程
        s = self.stage
        kind = r.choices(["in time", "just before", "start", "any"], [50, 12, 22, 16])[0]
        if kind == "in time":
            span = (s.through - s.opens).days
            self.filled = r.choice([s.opens, s.through, s.through - D(1), s.through + D(1), s.through + D(r.randint(2, 400)),
                                    s.opens + D(r.randint(0, span)), s.opens + D(r.randint(0, span))])
        elif kind == "just before":
            self.filled = s.opens - D(r.choice([1, 1, 2, 10, 31, 60]))
        elif kind == "start":
            self.filled = s.phase_start + D(r.choice([0, 1, 14, 29, 30, 31, 32, r.randint(0, 90), r.randint(0, 210)]))
        else:
            self.filled = s.phase_start + D(r.randint(0, (s.opens - s.phase_start).days))
        self.filled = max(self.filled, s.phase_start)
        self.as_of = min(s.through, self.filled, s.phase_end)
        self.critical = [s.phase_start - D(1), s.phase_start, s.phase_end, s.phase_end + D(1), self.as_of,
                         self.as_of - D(1), self.as_of + D(1), s.through, s.through + D(1), self.filled]
        for y in range(s.phase_start.year - 1, s.phase_end.year + 2):
            self.critical += [date(y, 1, 31), date(y, 2, 1), date(y, 7, 31), date(y, 8, 1), date(y, 12, 31), date(y, 1, 1),
                              date(y, 2, 28)]

    def day_in(self, a, b):
        """a day of [a, b], biased to the ends; not after as_of when that is possible"""
        r = self.r
        if a <= self.as_of < b and r.random() < 0.93:
            b = self.as_of
        x = r.random()
        if x < 0.2:
            return a
        if x < 0.45:
            return b
        return a + D(r.randint(0, (b - a).days))

    def any_day(self):
        r = self.r
        if r.random() < 0.6:
            return r.choice(self.critical)
        s = self.stage
        return s.phase_start + D(r.randint(-200, (s.phase_end - s.phase_start).days + 200))

    def periods(self, per):
        return oracle.natural_periods(per, self.stage.phase_start, self.stage.phase_end)

    # ---- chance -----------------------------------------------------------------------------------------------
    def chance(self, p):
        return self.r.random() < p

    def ok(self, tag):
        """does this committee satisfy a requirement of this indicator this time?"""
        if tag not in self.tags:
            perfect, mostly = LEVELS[self.level]
            if tag in ("1.2.3", "2.2.3", "4.1.2", "4.3.1", "5.1.1", "4.2.1", "5.4.2"):
                perfect *= 0.8
            self.tags[tag] = 1.0 if self.chance(perfect) else 0.8 if self.chance(mostly) else self.r.choice([0.0, 0.3])
        return self.chance(self.tags[tag])

    def flag(self, good):
        """a flag that is yes when good, else no or empty"""
        return True if good else self.r.choice([False, None])

    # ---- pieces -----------------------------------------------------------------------------------------------
    def name(self):
        self.names += 1
        n = self.r.choice(SURNAMES) + "测试" + "一二三四五六七八九十"[self.names % 10] + str(self.names)
        return n + "Ａ" if self.chance(0.02) else n

    def variant(self, name):
        """another way of typing the same name (or, rarely, a name that only looks the same)"""
        x = self.r.random()
        if x < 0.75:
            return name
        if x < 0.97:
            for _ in range(self.r.randint(1, 2)):
                i = self.r.randint(1, len(name) - 1)
                name = name[:i] + self.r.choice(BLANKS) + name[i:]
            return name
        return self.r.choice([name[:1] + "\u200b" + name[1:], name + "甲", name.replace("Ａ", "A") + "", name[:1] + "·" + name[1:]])

    def proof(self):
        r = self.r
        if r.random() < 0.25:
            return None
        out = []
        for _ in range(r.choice([1, 1, 1, 2, 3])):
            if self.evidence and r.random() < 0.15:
                out.append(r.choice(self.evidence))
            else:
                self.evidence.append(f"Z{len(self.evidence) + 1:03d}")
                out.append(self.evidence[-1])
        return tuple(dict.fromkeys(out)) if r.random() < 0.95 else tuple(out)

    def row(self, sheet, day=None, **cells):
        row = {name: None for name, _, _ in oracle.columns(self.scheme, sheet)}
        if day is not None:
            row[oracle.DATE_COLUMN.get(sheet, "日期")] = day
        row.update(cells)
        if "佐证编号" in row and row["佐证编号"] is None and sheet != "佐证材料":
            row["佐证编号"] = self.proof()
        self.sheets[sheet].append(row)
        return row

    def counts(self, tag, per, target, maker, misses=()):
        """about `target` rows in each period"""
        for _, _, start, end in self.periods(per):
            if start > self.as_of and not self.chance(0.3):
                continue
            n = target + self.r.choice([0, 0, 0, 1]) if self.ok(tag) else self.r.choice([0, target - 1])
            for _ in range(n):
                maker(self.day_in(start, end))
            if n < target and self.chance(0.3):     # a near miss in time
                maker(self.r.choice([start - D(1), end + D(1), self.as_of + D(1)]))
            elif n < target and misses:             # a near miss in kind
                for _ in range(self.r.randint(1, 2)):
                    self.r.choice(misses)(self.day_in(start, end))

    def noise(self, maker, most=5):
        for _ in range(self.r.choice([0, 0, 1, 2, most])):
            maker(self.any_day())

    def joined(self):
        r, s = self.r, self.stage
        return r.choice([s.phase_start - D(r.randint(1, 3000)), s.phase_start - D(r.randint(1, 3000)), s.phase_start - D(r.randint(1, 3000)),
                         s.phase_start - D(1), s.phase_start, s.phase_start + D(1), self.any_day(),
                         self.as_of, self.as_of + D(1), r.choice(self.critical)])

    def left(self, since, p=0.25):
        if not self.chance(p):
            return None
        day = self.r.choice([self.as_of, self.as_of - D(1), self.as_of + D(1), self.any_day(), self.r.choice(self.critical), since])
        return max(day, since)

    def terms(self, sheet, column, post, tag, extra, exact=None):
        """terms of a post, with gaps around 90 days"""
        r, s = self.r, self.stage
        good = self.ok(tag) if exact is None else not exact
        if not good and not exact and self.chance(0.25):
            return
        if not good and (exact or self.chance(0.4)):      # vacant for exactly 90, 91 or 92 days, and nothing else
            days = r.choice([90, 91, 91, 91, 92])
            one = {**extra(), "姓名": self.name(), column: post}
            kind = r.choice(["first", "middle", "last"])
            if kind == "first":
                self.row(sheet, **one, 任职日期=s.phase_start + D(days), 离任日期=None)
            else:
                gone = max(s.phase_start, self.as_of - D(days)) if kind == "last" else s.phase_start + D(r.randint(0, 100))
                self.row(sheet, **one, 任职日期=s.phase_start - D(r.choice([0, 500])), 离任日期=gone)
                if kind == "middle":
                    self.row(sheet, **{**one, "姓名": self.name()}, 任职日期=gone + D(days + 1), 离任日期=None)
            return
        first = s.phase_start + D(r.choice([-2000, -400, -1, 0, 0, 1, 30, 89, 90] if good else [-300, 0, 90, 91, 92, 200]))
        day = min(first, self.as_of) if good and self.chance(0.95) else first
        for _ in range(r.choice([1, 1, 2, 3])):
            end = day + D(r.choice([0, 30, 200, 365, 500, 800]))
            if end >= self.as_of:
                break
            self.row(sheet, 姓名=self.variant(self.name()), **{column: post}, 任职日期=day, 离任日期=end, **extra())
            day = end + D(r.choice([0, 1, 1, 2, 31, 89, 90, 91] if good else [1, 90, 91, 92, 93, 200]))   # gap = this - 1
            if good and day > self.as_of:
                day = self.as_of
        if good:
            end = r.choice([None, None, None, self.as_of, self.as_of + D(1), self.as_of + D(300)])
        else:
            end = r.choice([self.as_of - D(1), self.as_of - D(90), self.as_of - D(91), self.as_of - D(89), self.as_of, None])
        if end is not None and end < day:
            end = day
        self.row(sheet, 姓名=self.variant(self.name()), **{column: post}, 任职日期=day, 离任日期=end, **extra())
        if self.chance(0.15):
            day = self.joined()
            self.row(sheet, 姓名=self.variant(self.name()), **{column: post}, 任职日期=day, 离任日期=self.left(day, 0.5), **extra())

    def active(self, sheet, day):
        joined, left = oracle.ROLL_COLUMNS[sheet]
        return [x for x in self.sheets[sheet] if x[joined] <= day and (x[left] is None or x[left] >= day)]

    def at(self, end):
        return min(end, self.as_of)

    def year_rows(self, tag="row"):
        """(year, start, end) of the years that get a row in 年度数据"""
        years = self.periods("年")
        missing = {"excellent": 0.01, "good": 0.04, "mixed": 0.1, "poor": 0.2, "empty": 0.5}[self.level]
        out = [(y, a, b) for _, y, a, b in years if not self.chance(missing)]
        for y in (self.stage.phase_start.year - 1, self.stage.phase_end.year + 1):
            if self.chance(0.15):
                out.append((y, date(y, 1, 1), date(y, 12, 31)))
        return out

    def amount(self):
        return self.r.choice([Decimal("0.01"), Decimal("12.5"), Decimal("99.99"), 10, 120, 1200, 5000, Decimal("0.1"), Decimal("0.2")])

    def year_flag(self, tag):
        x = self.ok(tag)
        return True if x else self.r.choice([False, None])

    # ---- the two schemes --------------------------------------------------------------------------------------
    def college(self):
        r, ok, row = self.r, self.ok, self.row
        duty = {"主任": ["院长", None, "教授"], "副主任": ["副院长"], "委员": [None],
                "常务副主任": ["党委副书记", "党委副 书 记", "总支书\u3000记"], "秘书": ["学工办主任", "学生工作办公室副主任", "学 工办副主任", "学生 工作科科长"]}
        bad_duty = {"常务副主任": ["副院长", None, "书 法教师", "学工"], "秘书": ["办公室主任", None, "学 生干事", "党委书记"]}

        def duty_of(post):
            return lambda: {"党政职务": r.choice(duty[post] if post not in bad_duty or ok("1.1.10") else bad_duty[post])}
        for post in ("主任", "常务副主任", "秘书"):
            self.terms("班子成员", "关工分委职务", post, "1.1.1", duty_of(post))
        for post in ("副主任", "委员"):
            if self.chance(0.5):
                day = self.joined()
                row("班子成员", 姓名=self.name(), 关工分委职务=post, 党政职务=r.choice(["党委书记", "学工办主任", None]), 任职日期=day, 离任日期=self.left(day))

        # the roll
        none_local = self.chance({"excellent": 0.01, "good": 0.03, "mixed": 0.1, "poor": 0.25, "empty": 0.4}[self.level])
        none_teacher, none_organiser = self.chance(0.08), self.chance(0.08)
        def member(where, joined, left, teachers, organiser):
            party = "中共党员" if organiser and self.chance(0.93) else r.choice(["中共党员", "民主党派", "群众"])
            return row("五老名册", 姓名=self.variant(self.name()), 性别=r.choice(["男", "女", None]), 政治面貌=party, 所属单位=where,
                       原职务职称=r.choice(["教授", None]), 参加日期=joined, 退出日期=left, 四师岗位=teachers or None,
                       特邀党建组织员=self.flag(organiser), 实名登记=self.flag(ok("2.1.1")), 联系电话="138-0000-0001" if self.chance(0.3) else None)
        long_ago = self.stage.phase_start - D(r.randint(0, 2000))
        if not none_local:
            if not none_teacher:
                four = [t for t in oracle.FOUR_TEACHERS if ok("2.2.1")]
                while four:     # the four posts, on one or several people
                    k = r.randint(1, len(four))
                    joined = long_ago if self.chance(0.8) else self.joined()
                    member(r.choice(["本单位", "本单位", "外单位"]), joined, self.left(joined, 0.1), tuple(four[:k]), self.chance(0.3) and not none_organiser)
                    four = four[k:]
            for _ in range(r.randint(1, 5)):
                joined = self.joined()
                teachers = tuple(t for t in oracle.FOUR_TEACHERS if not none_teacher and self.chance(0.12))
                x = member("本单位", joined, self.left(joined), teachers, self.chance(0.35) and not none_organiser)
                if self.chance(0.07):   # the same person twice
                    y = member("本单位", joined, self.left(joined), (), x["特邀党建组织员"] is True)
                    y["姓名"] = self.variant(x["姓名"])
                elif x["退出日期"] is not None and self.chance(0.3):    # came back
                    y = member("本单位", x["退出日期"] + D(r.choice([0, 1, 30])), None, (), x["特邀党建组织员"] is True)
                    y["姓名"] = self.variant(x["姓名"])
        if ok("2.4.1"):
            joined = self.joined()
            member("外单位", min(joined, self.as_of), r.choice([None, self.as_of, None]) , (), self.chance(0.3) and not none_organiser)
        elif self.chance(0.7):
            member("外单位", self.stage.phase_start, max(self.stage.phase_start, self.as_of - D(1)), (), False)
        if not none_organiser and ok("2.3.1"):
            for _ in range(r.choice([1, 1, 2])):
                member("本单位" if not none_local else "外单位", long_ago, None, (), True)["政治面貌"] = "中共党员"

        # meetings: with 实名签到 for 3.4.2
        signed = self.tags.setdefault("3.4.2", 1.0 if self.chance(LEVELS[self.level][0]) else r.choice([0.0, 0.5, 0.9, 0.97]))
        def meeting(kind, about=None):
            return lambda day: row("会议", day, 会议类型=kind, 会议主题="主题", 研究关工分委工作=about if about is not None else r.choice([True, False, None]),
                                   应到人数=r.choice([None, 12]), 实到人数=r.choice([None, 11, 0]), 实名签到=self.flag(self.chance(signed)))
        self.counts("1.1.3", "年", 1, meeting("党政联席会议", True), [meeting("党政联席会议", False), meeting("其他", True)])
        self.counts("3.2.1", "学期", 1, meeting("全委会议"))
        self.counts("3.2.2", "年", 1, meeting("全体会议"))
        self.noise(lambda day: meeting(r.choice(["党政联席会议", "全委会议", "全体会议", "其他"]))(day))
        for tag, kind in (("1.1.6", "慰问"), ("1.1.7", "情况汇报"), ("1.1.8", "征求意见")):
            self.counts(tag, "年", 1, lambda day, kind=kind: row("慰问汇报", day, 类型=kind, 内容="内容", 老同志人次=r.choice([None, 8])))
        self.noise(lambda day: row("慰问汇报", day, 类型=r.choice(["慰问", "情况汇报", "征求意见"]), 内容="内容"))
        for kind in ("会议制度", "学习制度", "办公制度"):
            if ok("3.1.1"):
                for _ in range(r.choice([1, 1, 2])):
                    row("制度", min(self.joined(), self.as_of), 制度名称=kind, 类别=kind)
            elif self.chance(0.5):
                row("制度", self.as_of + D(r.choice([1, 1, 50])), 制度名称=kind, 类别=kind)
        if self.chance(0.4):
            row("制度", self.any_day(), 制度名称="其他", 类别=r.choice(["其他", "会议制度"]))
        self.counts("3.3.1", "年", 1, lambda day: row("培训学习", day, 主题="主题", 组织单位=r.choice(["本单位", "上级"])))
        self.noise(lambda day: row("培训学习", day, 主题="主题", 组织单位="上级"), 3)

        # activities
        share = {t: (1.0 if self.chance(LEVELS[self.level][0]) else r.choice([0.0, 0.5, 0.95])) for t in ("四有", "实名", "简讯")}
        share["实名"] = signed
        def activity(kind):
            def make(day):
                four = [True] * 4
                if not self.chance(share["四有"]):
                    for i in range(r.choice([1, 1, 2, 4])):
                        four[i if r.random() < .5 else r.randint(0, 3)] = r.choice([False, None])
                row("活动", day, 活动名称="活动", 类别=kind, 老同志人次=r.choice([None, 6]), 受益学生人次=r.choice([None, 60, 0]), 计划=four[0], 检查=four[1],
                    总结=four[2], 汇报=four[3], 实名登记=self.flag(self.chance(share["实名"])), 简讯刊发=self.flag(self.chance(share["简讯"])))
            return make
        if not self.chance({"excellent": 0, "good": 0.01, "mixed": 0.05, "poor": 0.15, "empty": 0.5}[self.level]):
            self.counts("5.1.1", "年", 1, activity("上级活动"))
            self.counts("5.1.2", "年", 1, lambda day: activity(r.choice(["主题教育", "征文"]))(day))
            self.counts("5.3.3", "年", 1, activity("党史讲座"))
            self.counts("5.5.1", "年", 1, activity("网站建设"))
            self.noise(lambda day: activity(r.choice(["上级活动", "主题教育", "征文", "党史讲座", "网站建设", "其他"]))(day))

        # logs, for coverage
        def log(tag, who, maker):
            for _, _, start, end in self.periods("学期"):
                if start > self.as_of:
                    continue
                at = self.at(end)
                good = ok(tag)
                folk = sorted({x["姓名"] for x in self.active("五老名册", at) if who(x)})
                skip = r.choice(folk) if folk and not good else None
                for name in folk:
                    if name == skip:
                        if self.chance(0.6):    # near miss: a day outside
                            maker(name, r.choice([start - D(1), at + D(1)]), 1)
                        continue
                    maker(name, self.day_in(start, at), None)
            for _ in range(r.choice([0, 1, 4])):
                folk = self.sheets["五老名册"]
                maker(r.choice(folk)["姓名"] if folk and self.chance(0.7) else self.name(), self.any_day(), None)
        log("5.2.1", lambda x: x["四师岗位"], lambda name, day, n: row("四师履职", day, 姓名=self.variant(name), 岗位=r.choice(oracle.FOUR_TEACHERS), 内容="内容", 受益人次=r.choice([None, 3])))
        many = ok("5.3.2")
        def talk(name, day, n):
            n = n if n is not None else r.choice([1, 1, 2, 3] if not many else [1, 2, 4])
            if self.tags.get("5.3.1", 1) < 1 and self.chance(0.1):
                n = 0
            row("党建谈话", day, 组织员姓名=self.variant(name), 谈话人次=n, 谈话对象=r.choice([None, "发展对象"]))
        log("5.3.1", lambda x: x["特邀党建组织员"] is True, talk)
        # bring the yearly mean near to 6
        s = self.stage
        years = self.as_of.year - s.phase_start.year + 1
        have = sum(x["谈话人次"] for x in self.sheets["党建谈话"] if s.phase_start <= x["日期"] <= self.as_of)
        if (many or self.chance(0.5)) and have < 6 * years:
            row("党建谈话", self.day_in(s.phase_start, self.as_of), 组织员姓名=self.name(), 谈话人次=6 * years - have - (0 if many else 1))

        # articles
        def article(kind, site="校关工网", photo=True):
            return lambda day: row("信息报道", day, 标题="标题", 稿件类别=kind, 刊发平台=site, 附照片=photo, 作者=r.choice([None, "王测试"]))
        self.counts("3.5.1", "学期", 2, article("动态信息"), [article("动态信息", photo=None), article("动态信息", photo=False), article("动态信息", "学院网站"),
                                                           article("学生原创")])
        for _, _, start, end in self.periods("年"):
            if start <= self.as_of or self.chance(0.3):
                for _ in range(r.choice([1, 2, 3, 5, 8]) if ok("5.6.1") else r.choice([0, 1, 2])):
                    article(r.choice(["学生原创", "学生推荐"]), photo=r.choice([True, None]))(self.day_in(start, end))
        self.noise(lambda day: article(r.choice(["动态信息", "学生原创", "学生推荐"]), r.choice(["校关工网", "学院网站", "其他"]), r.choice([True, False, None]))(day))

        def study(key, article_):
            return lambda day: row("调研", day, 课题名称="课题", 重点课题=key, 调研文章=article_)
        self.counts("4.1.1", "年", 1, study(True, None), [study(None, "文章"), study(False, None)])
        self.counts("4.1.2", "年", 1, study(r.choice([None, False, True]), "关于测试的调研"))
        self.noise(lambda day: study(r.choice([True, False, None]), r.choice([None, "文章"]))(day), 2)
        if ok("4.2.1"):
            row("创新品牌", min(self.joined(), self.as_of), 品牌名称="品牌")
        if self.chance(0.3):
            row("创新品牌", r.choice([self.as_of + D(1), self.any_day()]), 品牌名称="品牌二", 说明=r.choice([None, "说明"]))
        self.counts("4.3.1", "年", 1, lambda day: row("建言献策", day, 建议内容="建议", 提出人=r.choice([None, "李测试"])))
        self.noise(lambda day: row("建言献策", day, 建议内容="建议"), 2)

        # the yearly figures, and the donors that go with them
        s = self.stage
        for year, start, end in self.year_rows():
            at = self.at(end) if start <= self.as_of else end
            stock = sum(1 for x in self.active("五老名册", at) if x["所属单位"] == "本单位")
            organisers = sum(1 for x in self.active("五老名册", at) if x["特邀党建组织员"] is True and x["政治面貌"] == "中共党员")
            papers = sum(1 for x in self.sheets["信息报道"] if start <= x["日期"] <= at and x["稿件类别"] != "动态信息" and x["刊发平台"] == "校关工网")
            if ok("2.3.1") and ok("5.6.1") and organisers and papers:
                students = min(500 * organisers, 100 * papers)
            else:
                students = r.choice([500 * max(organisers, 1), 500 * organisers + 1, 100 * papers, 100 * papers + 1, max(0, 100 * papers - 1), 333, 800, 1500])
            retired = max(stock, 1) if ok("2.1.2") else r.choice([stock + 1, max(1, stock - 1), stock + 2, stock])
            if self.chance(0.04):
                students = 0
            if self.chance(0.06):
                retired = 0
            row("年度数据", 年度=year, 在校学生数=students, 离退休老同志数=retired, 列入年度考核=self.year_flag("1.1.2"),
                列入年度计划=self.year_flag("1.1.4"), 工作经费=r.choice([Decimal("0.5"), 1, 5000, 1200, Decimal("3000.50")]) if ok("1.1.5") else r.choice([None, 0, 0, None]))
            if start > self.as_of:
                continue
            want = retired if ok("2.1.3") else max(0, retired - r.choice([1, 1, 2]))
            given = []
            while want > 0:
                if self.chance(0.15):       # a group
                    k = r.randint(1, want) if self.chance(0.8) else want
                    row("捐款", self.day_in(start, at), 捐款人="退休支部", 捐款人类别="离退休老同志", 金额=self.amount(), 捐款人数=k)
                    want -= k
                else:
                    given.append(self.name())
                    row("捐款", self.day_in(start, at), 捐款人=given[-1], 捐款人类别="离退休老同志", 金额=self.amount())
                    want -= 1
            for name in given[:2]:
                if self.chance(0.4):        # gives twice; the name typed with blanks
                    row("捐款", self.day_in(start, at), 捐款人=self.variant(name), 捐款人类别="离退休老同志", 金额=self.amount())
            if given and self.chance(0.1):
                row("捐款", self.day_in(start, at), 捐款人=given[0], 捐款人类别="离退休老同志", 金额=0, 捐款人数=r.choice([0, 1]))
            if self.chance(0.5) or (ok("5.4.1") and retired == 0):
                row("捐款", self.day_in(start, at), 捐款人=self.name(), 捐款人类别="在职教职工", 金额=self.amount(), 捐款人数=r.choice([None, 20]))
        if not ok("5.4.1"):     # a year without any money
            a, b = r.choice([(a, b) for _, _, a, b in self.periods("年")])
            for x in self.sheets["捐款"]:
                if a <= x["日期"] <= b:
                    x["金额"] = 0
        if ok("5.4.2"):
            row("捐款", self.day_in(s.phase_start, s.phase_end), 捐款人="某测试公司", 捐款人类别="社会力量", 金额=self.amount())
        elif self.chance(0.5):
            row("捐款", r.choice([s.phase_start - D(1), self.as_of + D(1)]), 捐款人="某测试公司", 捐款人类别="社会力量", 金额=self.amount())
        self.noise(lambda day: row("捐款", day, 捐款人=self.name(), 捐款人类别=r.choice(["离退休老同志", "在职教职工", "社会力量"]),
                                   金额=self.amount() if self.chance(0.8) else 0, 捐款人数=r.choice([None, None, 3])), 3)

        profile = {"所属学校": "某测试大学", "专用办公室": "测试楼325" if ok("1.1.9") else None}
        for n in ("办公电话", "办公电脑"):
            profile[n] = self.flag(ok("1.1.9"))
        profile["二级党校"] = r.choice([True, False, None])
        for n in ("档案分类立卷", "档案专柜存放", "档案规范完整有序"):
            profile[n] = self.flag(ok("3.6.1"))
        return profile

    def village(self):
        r, ok, row = self.r, self.ok, self.row
        s = self.stage
        one = r.choice(["主任", "副主任", "秘书"]) if self.chance(0.2) else None    # one post vacant for about 90 days
        for post in ("主任", "副主任", "秘书"):
            self.terms("班子成员", "关工委职务", post, "1.1.2", lambda: {"党政职务": r.choice([None, "党支部书记"])}, None if one is None else post == one)
        if self.chance(0.3):
            day = self.joined()
            row("班子成员", 姓名=self.name(), 关工委职务="委员", 任职日期=day, 离任日期=self.left(day))

        def veteran(joined, left):
            return row("五老名册", 姓名=self.variant(self.name()), 性别=r.choice(["男", "女", None]), 政治面貌=r.choice([None, "群众", "中共党员"]),
                       五老类别=r.choice(["老干部", "老战士", "老专家", "老教师", "老模范"]), 参加日期=joined, 退出日期=left)
        for _ in range(r.randint(0, 4)):
            veteran(s.phase_start - D(r.randint(1, 2000)), None if self.chance(0.85) else self.any_day())
        for x in self.sheets["五老名册"]:
            if x["退出日期"] is not None and x["退出日期"] < x["参加日期"]:
                x["退出日期"] = x["参加日期"]
        for _, _, start, end in self.periods("年"):
            if start > self.as_of:
                continue
            at = self.at(end)
            if ok("2.1.1"):
                leavers = r.choice([0, 0, 1])
                for _ in range(leavers + 1 + r.choice([0, 0, 1])):
                    veteran(self.day_in(start, at), None)
                old = [x for x in self.sheets["五老名册"] if x["退出日期"] is None and x["参加日期"] < start]
                for x in old[:leavers]:     # leaving on the last day still counts on it; but not the next year
                    x["退出日期"] = r.choice([at, max(at - D(1), x["参加日期"]), self.day_in(start, at)])
            elif self.chance(0.5):
                veteran(r.choice([start - D(1), at + D(1)]), None)

        def meeting(kind, about=None, orgs=None):
            return lambda day: row("会议", day, 会议类型=kind, 会议主题="主题", 专题研究关工委工作=about if about is not None else r.choice([True, False, None]),
                                   参加组织=orgs, 人数=r.choice([None, 15]))
        self.counts("1.2.1", "年", 2, meeting("党支部会议", True), [meeting("党支部会议", False), meeting("关工委会议", True)])
        orgs = ["青年", "妇女", "民兵", "治保"]
        r.shuffle(orgs)
        if not ok("1.2.3"):
            orgs = orgs[:r.randint(0, 3)]
        while orgs:
            k = r.randint(1, len(orgs))
            meeting(r.choice(["党支部会议", "关工委会议", "其他"]), orgs=tuple(orgs[:k]))(self.day_in(s.phase_start, s.phase_end))
            orgs = orgs[k:]
        self.noise(lambda day: meeting(r.choice(["党支部会议", "关工委会议", "其他"]), orgs=r.choice([None, ("青年",), ("妇女", "民兵")]))(day))

        def training(*who):
            return lambda day: row("培训学习", day, 主题="主题", 参训对象=who, 人次=r.choice([None, 20]))
        self.counts("1.2.4", "年", 1, lambda day: training(*r.choice([("班子成员",), ("班子成员",), ("五老", "班子成员")]))(day))
        self.counts("2.3.2", "年", 1, training("五老"))
        self.counts("2.3.3", "年", 1, lambda day: training(*r.choice([("关工委负责人",), ("班子成员", "关工委负责人")]))(day))
        self.noise(lambda day: training(*r.choice([("五老",), ("班子成员", "五老", "关工委负责人"), ("关工委负责人",)]))(day), 2)
        for kind in ("学习制度", "会议制度", "工作制度", "档案管理制度", "奖励制度"):
            if ok("3.1.1"):
                for _ in range(r.choice([1, 1, 2])):
                    row("制度", min(self.joined(), self.as_of), 制度名称=kind, 类别=kind)
            elif self.chance(0.5):
                row("制度", self.as_of + D(1), 制度名称=kind, 类别=kind)
        if self.chance(0.4):
            row("制度", self.any_day(), 制度名称="其他", 类别=r.choice(["其他", "会议制度"]))
        self.counts("2.2.2", "年", 1, lambda day: row("宣传表彰", day, 类型="先进事迹宣传", 内容="内容"))
        self.counts("2.2.3", "全程", 1, lambda day: row("宣传表彰", day, 类型="五老表彰会", 内容="内容"))
        self.noise(lambda day: row("宣传表彰", day, 类型=r.choice(["先进事迹宣传", "五老表彰会"]), 内容="内容"), 2)

        groups = ["留守儿童", "失学儿童", "服刑人员子女"]
        if not ok("4.1.2"):
            r.shuffle(groups)
            groups = groups[:r.randint(0, 2)]
        if groups:
            groups = groups + r.choice([[], ["其他"]])
            while groups:
                k = r.randint(1, len(groups))
                row("调研", self.day_in(s.phase_start, s.phase_end), 课题名称="课题", 关注对象=tuple(groups[:k]))
                groups = groups[k:]
        self.counts("4.1.1", "年", 1, lambda day: row("调研", day, 课题名称="课题", 关注对象=r.choice([None, ("其他",), ("其他", "留守儿童")])))
        self.noise(lambda day: row("调研", day, 课题名称="课题"), 2)
        for tag, kind in (("4.2.1", "联谊活动"), ("4.2.2", "工作衔接")):
            self.counts(tag, "年", 1, lambda day, kind=kind: row("村校共建", day, 类型=kind, 学校="某测试小学"))
        self.noise(lambda day: row("村校共建", day, 类型=r.choice(["联谊活动", "工作衔接"]), 学校="某测试小学"), 2)
        self.counts("4.3.1", "全程", 1, lambda day: row("典型经验", day, 名称="经验"))
        self.noise(lambda day: row("典型经验", day, 名称="经验"), 1)

        def activity(kind, way=None):
            return lambda day: row("活动", day, 活动名称="活动", 主题类别=kind, 方式=way, 五老人次=r.choice([None, 4]), 受益青少年人次=r.choice([None, 40]))
        six = [k for k in oracle.FIRST_SIX]
        if not ok("5.1.1"):
            r.shuffle(six)
            six = six[:r.choice([0, 3, 5, 5])]
        for kind in six:
            activity(kind, r.choice([None, "其他"]))(self.day_in(s.phase_start, s.phase_end))
        self.counts("5.2.1", "年", 1, activity("法治教育", "请进来"), [activity("法治教育"), activity("四史教育", "请进来")])
        self.counts("5.2.2", "年", 1, activity("法治教育", "走出去"), [activity("法治教育", "其他"), activity("其他", "走出去")])
        for tag, kind in (("5.2.5", "乡村振兴"), ("5.3.1", "净化环境"), ("5.3.2", "文明创建"), ("5.3.3", "移风易俗")):
            self.counts(tag, "年", 1, activity(kind))
        self.noise(lambda day: activity(r.choice(list(oracle.FIRST_SIX) + ["法治教育", "乡村振兴", "净化环境", "文明创建", "移风易俗", "其他"]),
                                        r.choice([None, "请进来", "走出去", "其他"]))(day))

        # children, their figures, and the help they get
        def child(joined):
            return row("困境青少年", 姓名=self.variant(self.name()), 类别=r.choice(["留守儿童", "失学儿童", "服刑人员子女", "孤儿", "其他"]), 建档日期=joined, 退出日期=self.left(joined, 0.15))
        if not self.chance({"excellent": 0.05, "good": 0.1, "mixed": 0.2, "poor": 0.3, "empty": 0.5}[self.level]):
            for i in range(r.randint(1, 5)):
                x = child(s.phase_start - D(r.randint(0, 500)) if i == 0 or self.chance(0.6) else self.joined())
                if self.chance(0.06):
                    self.row("困境青少年", **{**x, "姓名": self.variant(x["姓名"])})
        for _, _, start, end in self.periods("年"):
            if start > self.as_of:
                continue
            at = self.at(end)
            folk = sorted({x["姓名"] for x in self.active("困境青少年", at)})
            skip = r.choice(folk) if folk and not ok("5.2.4") else None
            def care(name, day):
                row("关爱帮扶", day, 帮扶对象=self.variant(name), 内容="内容", 帮扶方=r.choice(["五老", "五老", None]), 金额=r.choice([None, 0, 200]))
            for name in folk:
                if name != skip:
                    care(name, self.day_in(start, at))
                elif self.chance(0.6):
                    care(name, r.choice([start - D(1), at + D(1)]))
        self.counts("5.2.6", "年", 1, lambda day: row("关爱帮扶", day, 帮扶对象=self.variant(r.choice(self.sheets["困境青少年"])["姓名"]) if self.sheets["困境青少年"] else "某测试",
                                                     内容="内容", 帮扶方=r.choice(["爱心人士", "社会单位"])))
        self.noise(lambda day: row("关爱帮扶", day, 帮扶对象="某测试", 内容="内容", 帮扶方=r.choice([None, "五老", "爱心人士"])), 3)
        for year, start, end in self.year_rows():
            stock = len(self.active("困境青少年", self.at(end) if start <= self.as_of else end))
            n = max(stock, 0) if ok("5.2.3") else r.choice([stock + 1, stock + 3, max(0, stock - 1)])
            if self.chance(0.08):
                n = 0
            if n == 0 and self.chance(0.3):
                n = 1
            row("年度数据", 年度=year, 青少年总数=r.choice([None, 120]), 困境青少年数=n, 纳入党建工作=self.year_flag("1.2.2"), 书记亲自过问=self.year_flag("1.2.5"),
                培训纳入党支部计划=self.year_flag("2.3.1"), 计划=self.year_flag("3.2.1"), 布置=self.year_flag("3.2.1"), 检查=self.year_flag("3.2.1"), 总结=self.year_flag("3.2.1"))
        return {"五老工作室": self.year_flag("2.2.1")}

    # ---- all --------------------------------------------------------------------------------------------------
    def build(self):
        r = self.r
        profile = {"单位名称": f"测试{self.seed}号" + ("学院关工分委" if self.scheme == "college-2017" else "嘎查村关工委"), "主送机关": "某测试上级关工委",
                   "创建起始年": self.start_year, "报告阶段": self.stage.name, "填报日期": self.filled, "填报人": "李测试",
                   "联系电话": r.choice([None, "138-0000-0001"]), "依据文件": r.choice([None, "测试〔2016〕1号"])}
        profile.update(self.college() if self.scheme == "college-2017" else self.village())
        if self.start_year == oracle.SCHEMES[self.scheme].start_year and self.chance(0.1):
            profile["创建起始年"] = None     # empty: the scheme's own
        for rows in self.sheets.values():
            if self.chance(0.7):
                r.shuffle(rows)
        empty = {"empty": 0.3, "poor": 0.06}.get(self.level, 0.008)
        for sheet in self.sheets:
            if sheet not in ("佐证材料", "问题整改") and self.chance(empty):
                self.sheets[sheet] = []
        if self.sheets["年度数据"] and self.chance(0.05):    # two rows for one 年度: the second is left out
            first = r.choice(self.sheets["年度数据"])
            again = {k: (not v if isinstance(v, bool) else v) for k, v in first.items()}
            self.sheets["年度数据"].append(again)
        for number in self.evidence:
            self.sheets["佐证材料"].append({"佐证编号": number, "材料名称": "材料", "形成日期": None, "文件名": None})
        if self.chance(0.5):
            self.sheets["问题整改"].append({"存在问题": "问题", "对应指标": "1.1.1", "整改措施": "措施", "责任人": None, "完成时限": None, "整改状态": "整改中"})
        data = {"seed": self.seed, "level": self.level, "scheme": self.scheme, "profile": profile, "sheets": self.sheets}
        check_valid(data)
        return data


def check_valid(data):
    """every required cell filled, no unknown column, leaving not before joining"""
    for sheet, rows in data["sheets"].items():
        cols = oracle.columns(data["scheme"], sheet)
        for row in rows:
            assert set(row) <= {c[0] for c in cols}, (sheet, set(row) - {c[0] for c in cols})
            for name, required, multi in cols:
                assert not required or row.get(name) not in (None, "", ()), (sheet, name, row)
                assert sheet == "佐证材料" or not multi or row.get(name) is None or isinstance(row.get(name), tuple), (sheet, name, row)
            if sheet in oracle.ROLL_COLUMNS:
                a, b = oracle.ROLL_COLUMNS[sheet]
                assert row[b] is None or row[b] >= row[a], (sheet, row)
    known = {c[0] for c in oracle.columns(data["scheme"], "基本信息")}
    assert set(data["profile"]) <= known, set(data["profile"]) - known
    for name, required, _ in oracle.columns(data["scheme"], "基本信息"):
        assert not required or data["profile"][name] is not None


def generate(seed, scheme=None):
    return Gen(seed, scheme).build()


def drop_something(data, seed):
    """a copy with a missing sheet or a missing (not required) column, for compare.py --missing"""
    r = random.Random(f"missing-{seed}")
    data = dict(data)
    uses = sorted({u for i in oracle.SCHEMES[data["scheme"]].indicators for u in i.uses}, key=str)
    use = r.choice(uses)
    if isinstance(use, str):
        data["missing_sheets"] = [use]
    else:
        required = dict((c[0], c[1]) for c in oracle.columns(data["scheme"], use[0]))[use[1]]
        if required:
            data["missing_sheets"] = [use[0]]
        else:
            data["missing_columns"] = [use]
    return data


def leave_blank(data, seed):
    """a copy in which whole tables are left blank, some of them stated to be empty, and whole columns of flags"""
    r = random.Random(f"blank-{seed}")
    data = dict(data, sheets=dict(data["sheets"]), profile=dict(data["profile"]))
    tables = [sheet for sheet in oracle.SCHEMES[data["scheme"]].sheets if sheet in oracle.TABLES]
    blank = tables if r.random() < 0.1 else r.sample(tables, r.randint(0, 4))
    for sheet in blank:
        data["sheets"][sheet] = []
    empty = [sheet for sheet in tables if not data["sheets"].get(sheet)]
    data["stated_empty"] = [sheet for sheet in empty if r.random() < 0.4]
    for sheet, column in sorted(oracle.FLAGS[data["scheme"]]):
        if r.random() < 0.1:
            data["sheets"][sheet] = [{**row, column: None} for row in data["sheets"].get(sheet) or ()]
    if r.random() < 0.1:
        data["profile"] |= {name: None for name in ("专用办公室", "办公电话", "办公电脑", "档案分类立卷", "档案专柜存放", "档案规范完整有序")
                            if name in data["profile"]}
    return data
