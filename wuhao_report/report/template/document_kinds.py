"""Every kind of Word document the program makes, with the names its templates may use: the contract between templates and wording.

A template that uses a name its document does not declare is refused; what is computed for a document has exactly these names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from wuhao_report.report.template.names import Chart, Flag, Names, Rows, Text, Texts, Type, merged


@dataclass(frozen=True, eq=False)
class Group:
    """Names that are computed together; the title heads them in the handbook of templates."""

    title: str
    names: Mapping[str, Type]


@dataclass(frozen=True, eq=False)
class DocumentKind:
    """A kind of Word document: its name, that of its template, and its groups of names.

    Raises ValueError when two groups have a name in common.
    """

    name: str
    groups: tuple[Group, ...]
    names: Mapping[str, Type] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", merged(*(group.names for group in self.groups)))

    @property
    def charts(self) -> Mapping[str, Type]:
        """The sets of data that a chart of the template may show, by the alternative text of the chart."""
        declared = self.names.get("图表")
        return declared.fields if isinstance(declared, Names) else {}


HEADING = Group(
    "标题、单位和时间",
    {
        "单位名称": Text("基本信息里的单位名称"),
        "工作簿": Text("工作簿的文件名"),
        "主送机关": Text("基本信息里的主送机关"),
        "自称": Text("方案里的自称，例如“我院关工分委”"),
        "创建名称": Text("方案里的创建活动名称，例如“五好”，带引号"),
        "标题": Text("报告标题，一整行"),
        "标题行": Texts("报告标题，按词意断成的各行"),
        "报告名称": Text("自查报告、中期评估报告或进度自查报告"),
        "阶段": Text("报告阶段，例如“中期评估”"),
        "阶段名": Text("创建周期的阶段，例如“创建”"),
        "起始日": Text("阶段第一天，例如2017年1月1日"),
        "期末日": Text("阶段最后一天"),
        "截至日": Text("统计截至日"),
        "成文日期": Text("填报日期"),
        "进度自查": Flag("是否提前写的进度自查"),
        "依据": Text("报告引用的文件，用顿号连接"),
        "计分说明": Text("方案里的计分约定"),
        "方案说明": Text("方案里的编制说明"),
    },
)
COUNTS = Group(
    "总评、各项个数和进度",
    {
        "总评": Text("达标、未达标或进行中；有表未填时是未填齐"),
        "未填表": Text("尚未填写的各表，用顿号连接；都填了则为空"),
        "指标总数": Text("指标总数"),
        "适用数": Text("适用指标数"),
        "达标数": Text("达标指标数"),
        "未达标数": Text("未达标指标数"),
        "暂缺数": Text("资料暂缺指标数"),
        "进行中数": Text("进行中指标数"),
        "不适用数": Text("不适用指标数"),
        "达标率": Text("达标指标数÷适用指标数"),
        "参考得分": Text("折算参考得分，两位小数"),
        "有得分": Flag("是否已有得分"),
        "计分数": Text("已计分的指标数"),
        "计分过半": Flag("已计分指标是否达到适用指标的一半"),
        "进度领先": Flag("指标完成进度是否不低于时间进度"),
        "进度差": Text("两个进度相差多少，例如“45个百分点”"),
        "时间进度": Text("阶段已过天数的百分比"),
        "已过天数": Text("阶段第一天到截至日的天数"),
        "全程天数": Text("阶段的天数"),
        "各结果": Rows({"名称": Text("达标、未达标、满分等"), "数": Text("个数"), "说法": Text("例如“已经达到”“得满分”")}),
        "各进展": Rows({"名称": Text("已达到、按期推进、滞后等"), "数": Text("个数"), "说法": Text("例如“正在按期推进”")}),
        "按等次": Flag("是否已有等次：方案分等次的，结论按等次写"),
    },
)
OWN_TEXTS = Group(
    "文字材料",
    {
        "单位概况": Texts("文字材料里的段落，没填时是【待补：…】"),
        "自查组织情况": Texts("文字材料里的段落"),
        "特色亮点": Texts("文字材料里的段落，最后一段是获得的荣誉"),
        "存在不足": Texts("文字材料里的段落"),
        "下一步打算": Texts("文字材料里的段落"),
    },
)
FIGURES = Group(
    "基本数据和年度数据",
    {
        "班子": Text("报告日在任的班子成员，一句话；没有填时为空"),
        "基本数据": Text("方案的基本情况句，带数字"),
        "年度表": Names(
            {
                "年份": Texts("表头各年，例如2017年；有几年时最后一栏是合计"),
                "行": Rows({"名称": Text("项目名称（单位）"), "数": Texts("各年的数，有几年时最后是合计")}),
            }
        ),
        "年度说明": Text("最后一年未满时的说明，例如“2018年截至12月20日”"),
        "变化": Texts("反映工作的数年度之间的比较，一句一项；减少的不在里面"),
        "减少": Texts("比上年减少的，一句一项"),
        "争取目标": Texts("超出基本要求的成绩，一句一项"),
        "节点": Rows(
            {
                "时间": Text("工作节点的时间"),
                "内容": Text("要求"),
                "状态": Text("已到期、进行中或尚未到期"),
                "实绩": Text("当年实绩，没有时为空"),
            }
        ),
    },
)
HEADS = Group(
    "各方面",
    {
        "各方面": Rows(
            {
                "序号": Text("一、二、三……，没有内容的方面为空"),
                "次序": Text("一是、二是……，没有工作可写的方面为空"),
                "有内容": Flag("这一方面有没有可写的"),
                "标题": Text("方面名称"),
                "状态": Text("达标、未达标或进行中"),
                "适用数": Text("适用指标数"),
                "达标数": Text("达标指标数"),
                "未达标数": Text("未达标指标数，方案有分值的是扣分项目数"),
                "暂缺": Text("资料暂缺的指标的名称"),
                "工作": Text("全阶段的总数和两三件事例，没有时为空"),
                "阶段工作": Text("同“工作”，“……以来”只在第一个方面写"),
                "达标段": Texts("已达到的内容，各段"),
                "问题": Rows(
                    {
                        "指标": Text("指标名称"),
                        "结果": Text("未达标、资料暂缺或尚未完成"),
                        "进展": Text("滞后、资料暂缺或按期推进"),
                        "说明": Text("缺什么"),
                    }
                ),
                "得分": Text("两位小数"),
                "满分": Text("两位小数"),
                "等次": Text("方面的等次，没有时为空"),
                "已达到": Text("个数"),
                "按期推进": Text("个数"),
                "滞后": Text("个数"),
                "资料暂缺": Text("个数"),
                "不适用": Text("个数"),
                "合计": Text("个数"),
                "各数": Texts("与“进展栏”相配的个数"),
                "计分": Text("各数之和"),
            }
        ),
        "有略去": Flag("有没有为了篇幅略去的成绩，它们在附件1里"),
        "进展栏": Texts("各方面情况表的栏目：已达到、按期推进等，只列出现的"),
    },
)
CHARTS = Group(
    "图表",
    {
        "图表": Names(
            {
                "各方面达标": Chart("方面名称", "适用指标、达标指标", "个数"),
                "年度对比": Chart("项目名称", "年份", "数", optional=True),
            }
        )
    },
)
PROBLEMS = Group(
    "问题和整改措施",
    {
        "问题": Rows(
            {
                "次序": Text("一是、二是……"),
                "说明": Text("存在的问题"),
                "措施": Text("整改措施"),
                "结果": Text("未达标、资料暂缺、尚未完成或自查发现"),
            }
        ),
        "有问题": Flag("是否有问题"),
    },
)
PROBLEM_TABLE = Group(
    "问题表",
    {
        "问题表": Rows(
            {
                "序号": Text("1、2、3……"),
                "问题": Text("存在的问题：算出的差距、问题整改表里的、存在不足，一个原因一行"),
                "原因": Text("没有写的是【待定】"),
                "措施": Text("整改措施"),
                "责任人": Text("没有写的是【待定】"),
                "时限": Text("没有写的是【待定】"),
                "状态": Text("没有写的是【待定】"),
            }
        ),
        "问题数": Text("问题的个数"),
        "待定数": Text("有【待定】的行数"),
        "已改正数": Text("没有达到的要求中，已经改正的项数：整改已完成，或者以后各期都已达到"),
    },
)
_GAP: Mapping[str, Type] = {
    "次序": Text("一是……"),
    "指标": Text("指标名称"),
    "说明": Text("差什么"),
    "原因": Text("问题整改表里的说明，没有时为空"),
    "措施": Text("整改措施"),
}
GAPS = Group(
    "差距",
    {
        "可补": Rows(_GAP),
        "不可补": Rows(_GAP),
        "暂缺": Rows({**_GAP, "说明": Text("缺什么")}),
        "其他问题": Rows({"次序": Text("一是……"), "说明": Text("问题整改表里与上述指标无关的问题"), "措施": Text("整改措施")}),
    },
)
TASKS = Group(
    "下一阶段任务",
    {
        "近期任务": Rows({"次序": Text("一是……"), "任务": Text("要做的事"), "时限": Text("完成时限")}),
        "任务表": Rows({"序号": Text("1、2、3……"), "任务": Text("要做的事"), "指标": Text("指标名称"), "时限": Text("完成时限")}),
        "任务数": Text("任务条数"),
        "任务有人": Flag("任务清单里有没有写明责任人的"),
        "任务清单": Rows(
            {
                "序号": Text("1、2、3……"),
                "任务": Text("按期限排列的任务：各期的要求、没有完成的整改措施、方案的工作节点"),
                "指标": Text("指标名称，几项指标合在一起时是方面名称，没有时是—"),
                "责任人": Text("问题整改里写的，没有写的是—"),
                "时限": Text("完成时限"),
            }
        ),
    },
)
OVERVIEW = Group(
    "指标一览表",
    {
        "一览表": Rows(
            {
                "标题": Text("方面名称"),
                "行": Rows(
                    {
                        "序号": Text("指标编号"),
                        "指标": Text("指标名称"),
                        "要求": Text("要求"),
                        "完成情况": Text("各期的数"),
                        "结果": Text("自查结果"),
                        "进展": Text("评估结果"),
                        "分值": Text("两位小数"),
                        "自评分": Text("两位小数"),
                        "考评分": Text("考评表里填的，没有时为空"),
                        "扣分理由": Text("失分的原因，没有时为空"),
                        "佐证编号": Text("佐证编号"),
                        "佐证行": Texts("佐证编号，一行一段，编号不断开"),
                    }
                ),
                "分值": Text("小计"),
                "自评分": Text("小计"),
                "考评分": Text("小计，未全部考评时为空"),
            }
        ),
        "合计行": Rows(
            {
                "名称": Text("合计、折算、系数后总分、加分"),
                "分值": Text("两位小数"),
                "自评分": Text("两位小数"),
                "考评分": Text("没有时为空"),
            }
        ),
    },
)
POINTS = Group(
    "计分和等次",
    {
        "自定分值": Flag("方案是否自己规定了分值"),
        "满分": Text("方案的满分，例如“100”"),
        "总分": Text("总分，没有多余的零；方案没有分值、没有计分或有表未填时为空"),
        "等次": Text("总分的等次，方案没有分等次时为空"),
        "加分项": Rows({"指标": Text("加分项名称"), "说明": Text("成绩"), "加分": Text("分数")}),
        "加分": Text("加分合计，没有时为空"),
        "否决": Texts("一票否决事项，一句一项"),
        "待评": Text("待汇总评定的指标名称，用顿号连接，没有时为空"),
        "系数说明": Text("总分所乘的系数，例如“规模系数0.9”，没有时为空"),
        "考评等次": Text("考评总分的等次，没有时为空"),
        "应计分数": Text("应当计分的指标数"),
        "考评总分": Text("考评总分，未全部考评时为空"),
    },
)
ATTACHMENTS = Group(
    "附件",
    {
        "活动栏目": Names({"老同志": Text("活动表人次栏的名称"), "青少年": Text("活动表人次栏的名称")}),
        "活动表": Rows(
            {
                "序号": Text("1、2、3……"),
                "日期": Text("日期"),
                "名称": Text("活动名称"),
                "纪实": Text("按方案的事例句写成的一句话；没有的是活动名称"),
                "类别": Text("类别"),
                "老同志": Text("人次"),
                "青少年": Text("人次"),
                "佐证编号": Text("编号"),
            }
        ),
        "佐证表": Rows(
            {
                "序号": Text("1、2、3……"),
                "编号": Text("佐证编号"),
                "名称": Text("材料名称"),
                "日期": Text("形成日期"),
                "页数": Text("页数"),
                "文件": Text("文件名"),
            }
        ),
        "佐证目录": Rows(
            {
                "指标": Text("所证明的指标，没有时是—"),
                "编号": Text("佐证编号"),
                "名称": Text("材料名称"),
                "日期": Text("形成日期"),
                "页数": Text("页数"),
                "文件": Text("文件名"),
            }
        ),
        "未列佐证数": Text("早于本阶段、没有指标用到因而未列入的佐证材料份数"),
        "附口径": Flag("方案是否要求附上指标口径说明"),
        "口径表": Rows({"序号": Text("1、2、3……"), "指标": Text("指标编号和名称"), "口径": Text("口径")}),
    },
)
_NUMBER = Text("附件序号，没有这个附件时为空")
NUMBERING = Group("附件序号", {"附件号": Names(dict.fromkeys(("一览", "活动", "佐证", "口径", "任务"), _NUMBER))})

_COMMITTEES: Mapping[str, Type] = {
    "序号": Text("一、二、三……"),
    "章": Text("这一组在报告里是第几部分"),
    "标题": Text("方案和报告阶段；只有一组时是“评价结果”"),
    "按分值": Flag("方案是否自己规定了分值"),
    "结果句": Text("达标、未达标等各有几个单位，只写出现的"),
    "没有达标": Rows({"次序": Text("一是……"), "单位": Text("单位名称"), "说明": Text("差什么，最多三项")}),
    "没有达标数": Text("个数"),
    "经验": Rows({"单位": Text("单位名称"), "事例": Text("这个单位报告里的一件事")}),
    "名称": Text("方案和报告阶段"),
    "分列": Flag("是否有几组"),
    "单位数": Text("个数"),
    "达标数": Text("个数"),
    "未达标数": Text("个数"),
    "进行中数": Text("个数"),
    "达标率": Text("百分比"),
    "各方面": Rows(
        {
            "标题": Text("方面名称"),
            "适用数": Text("单位数"),
            "达标数": Text("单位数"),
            "达标率": Text("百分比"),
            "得分率": Text("各单位得分之和占满分之和的百分比，没有计分时是—"),
        }
    ),
    "各上级": Rows(
        {"名称": Text("上级名称"), "单位数": Text("直接所属的单位数"), "达标数": Text("单位数"), "达标率": Text("百分比")}
    ),
    "失分": Rows(
        {
            "次序": Text("一是……"),
            "指标": Text("指标名称"),
            "单位数": Text("未达标的单位数；方案有分值的，失分的单位数"),
            "比例": Text("占计入单位的百分比"),
            "失分": Text("一共失去的分数，方案没有分值时为空"),
            "原因": Text("各单位写得最多的原因，没有时为空"),
        }
    ),
    "名次": Rows(
        {
            "名次": Text("名次，并列的注明"),
            "单位": Text("单位名称"),
            "总评": Text("等次，没有等次时是总评"),
            "总分": Text("两位小数"),
        }
    ),
    "指标": Rows(
        {
            "编号": Text("指标编号"),
            "指标": Text("指标名称"),
            "达标": Text("单位数"),
            "未达标": Text("单位数"),
            "缺数据": Text("单位数"),
            "达标率": Text("百分比"),
        }
    ),
    "数据": Rows(
        {
            "名称": Text("项目"),
            "时间": Text("哪一期"),
            "数": Text("各单位合计，带单位"),
            "单位数": Text("提供了数据的单位数"),
            "各期": Text("各期合计和提供数据的单位数"),
            "全程": Text("各期之和，不能相加的是—"),
        }
    ),
    "有上次": Flag("有没有单位有上次结果"),
    "比上次": Text("与上次结果相比的一句话"),
    "只列前几名": Text("单位太多时名次只列前几名，否则为空"),
}
AGGREGATE = Group(
    "汇总",
    {
        "汇总": Names(
            {
                "单位": Text("名单最上面的一个单位，没有时是【待补：…】"),
                "标题行": Texts("报告标题，按词意断成的各行"),
                "成文日期": Text("各工作簿里最晚的填报日期"),
                "主送机关": Text("本次报送的主送机关，没有写的是【待补：主送机关】"),
                "开头语": Text("本次报送的开头语，没有写的是一句通用的"),
                "有名单": Flag("是否给了单位名单"),
                "应报": Text("名单上的单位数"),
                "实报": Text("已报送的单位数"),
                "计入": Text("计入汇总的单位数"),
                "文件数": Text("收到的文件数"),
                "未报": Text("未报单位，用顿号连接，没有时为空"),
                "未报数": Text("个数"),
                "迟报": Text("迟报单位，用顿号连接，没有时为空"),
                "迟报数": Text("个数"),
                "待定": Text("同一天有几份的单位"),
                "排除": Text("排除的单位和原因"),
                "名单外": Text("不在名单上的单位"),
                "各组": Rows(_COMMITTEES),
                "问题文件": Rows({"序号": Text("1、2、3……"), "文件": Text("文件名"), "说明": Text("为什么没有计入")}),
                "报送句": Texts("未报送、迟报、不在名单上的单位，一句一项；没有名单时为空"),
                "单位名单": Rows(
                    {
                        "序号": Text("1、2、3……"),
                        "情况": Text("未报送、迟报、未达标等"),
                        "单位": Text("单位名称"),
                        "说明": Text("差什么"),
                    }
                ),
                "下一步": Texts("下一步要做的事，一句一项"),
                "下一步章": Text("下一步是报告的第几部分"),
                "问题文件数": Text("没有计入的文件个数"),
                "问题文件未列": Text("其中没有列出的个数，没有时为空"),
            }
        )
    },
)
FEEDBACK = Group(
    "反馈意见书",
    {
        "反馈": Names(
            {
                "单位": Text("单位名称"),
                "标题行": Texts("标题，按词意断成的各行"),
                "发文单位": Text("本次报送的发文单位，没有写的是上级，都没有时是【待补：发文单位】"),
                "成文日期": Text("【待补：成文日期】"),
                "结果句": Text("收到了什么，评价结果是什么"),
                "位置句": Text("在同类单位中居第几，中位数和中间一半；同类不到4个时为空"),
                "变化句": Text("与上一次相比，没有上一次的为空"),
                "考评句": Text("考评得分和扣分的指标，没有考评完的为空"),
                "已评价": Flag("各表是否填齐，有没有结果"),
                "按分值": Flag("方案是否自定分值"),
                "各方面": Rows({"标题": Text("方面"), "结果": Text("达标等"), "得分": Text("得分／满分")}),
                "差距": Rows(
                    {
                        "次序": Text("（一）、（二）……"),
                        "指标": Text("指标名称"),
                        "说明": Text("差在哪里"),
                        "原因": Text("单位自己说的原因，没有写的为空"),
                    }
                ),
                "差距未列": Text("没有列出的差距有几项，没有时为空"),
                "已改正": Text("以前没有达到、以后已经达到的指标，用顿号连接，没有时为空"),
                "资料暂缺": Text("资料暂缺的指标，用顿号连接，没有时为空"),
                "要求": Texts("要求单位做什么，一句一项"),
            }
        )
    },
)
RECTIFICATION = Group(
    "整改通知书",
    {
        "整改": Names(
            {
                "单位": Text("单位名称"),
                "标题行": Texts("标题，按词意断成的各行"),
                "发文单位": Text("本次报送的发文单位，没有写的是上级，都没有时是【待补：发文单位】"),
                "成文日期": Text("本次报送的成文日期，没有写的是【待补：成文日期】"),
                "时限": Text("本次报送的整改时限，没有写的是【待补：整改时限】"),
                "评价句": Text("评价的是哪一天填报的工作簿、哪一个阶段，几项没有达到要求，几项资料暂缺"),
                "事项": Rows(
                    {
                        "序号": Text("1、2、3……"),
                        "指标": Text("指标名称"),
                        "问题": Text("差在哪里"),
                        "原因": Text("单位自己说的原因，没有写的是—"),
                    }
                ),
                "有原因": Flag("单位有没有说明原因的"),
                "补报": Text("资料暂缺的指标，括号里写缺什么，用分号连接，没有时为空"),
                "已改正": Text("以前没有达到、以后已经达到的指标，用顿号连接，没有时为空"),
            }
        )
    },
)
AGGREGATE_CHART = Group("汇总的图表", {"图表": Names({"汇总达标": Chart("方面名称", "适用单位、达标单位", "个数")})})

_REPORT = (HEADING, COUNTS, OWN_TEXTS, FIGURES, HEADS, CHARTS, PROBLEMS, PROBLEM_TABLE, OVERVIEW, POINTS, ATTACHMENTS)
MID_TERM_REPORT = DocumentKind("中期评估报告", (*_REPORT, GAPS, TASKS, NUMBERING))
# Templates of administrators may list what is still to be done in a 自查报告 too.
SELF_CHECK_REPORT = DocumentKind("自查报告", MID_TERM_REPORT.groups)
OTHER_REPORT = DocumentKind("报告", MID_TERM_REPORT.groups)
"""A report whose kind a scheme has named itself: its template is the administrator's own."""
ROLLUP_REPORT = DocumentKind("汇总报告", (AGGREGATE, AGGREGATE_CHART))
FEEDBACK_LETTER = DocumentKind("反馈意见书", (FEEDBACK,))
RECTIFICATION_NOTICE = DocumentKind("整改通知书", (RECTIFICATION,))
STARTER_GUIDE = DocumentKind(
    "使用说明",
    (Group("使用说明", {"单位名称": Text("单位名称"), "标题": Text("“使用说明”"), "工作簿": Text("空白工作簿的文件名")}),),
)
DOCUMENT_KINDS = (SELF_CHECK_REPORT, MID_TERM_REPORT, ROLLUP_REPORT, FEEDBACK_LETTER, RECTIFICATION_NOTICE, STARTER_GUIDE)


def report_kind(name: str) -> DocumentKind:
    """Return the kind of a report by its name: one that comes with the program, or what one has that a scheme has named itself."""
    return {kind.name: kind for kind in (SELF_CHECK_REPORT, MID_TERM_REPORT)}.get(name, OTHER_REPORT)
