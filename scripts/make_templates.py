"""Make the Word templates as they are delivered; administrators change them in Word from there on.

python -m scripts.make_templates [folder]        (default: templates beside this folder)
"""

from __future__ import annotations

import sys
from pathlib import Path

from scripts.template_parts import (
    KEPT_BLANK,
    blank,
    cell,
    chart,
    each,
    lines,
    listing,
    own,
    paragraph,
    row,
    section,
    section_end,
    steer,
    table,
    tag,
    template,
    when,
)


def years_table() -> str:
    """Return years side by side; the number of columns is that of the years."""
    return side_by_side("项目", "年 in 年度表.年份", "行 in 年度表.行", "{{行.名称}}", "行.数")


def side_by_side(corner: str, heads: str, rows: str, name: str, numbers: str) -> str:
    """Return a table of numbers with as many columns as there are `heads`: the two loops, the name of a row and its numbers."""
    first, other = 3300, 5544
    head = row(
        cell(corner, first, "WTableHead")
        + cell("{%tc for " + heads + " %}", other, "WTableHead")
        + cell("{{" + heads.split()[0] + "}}", other, "WTableHead")
        + cell("{%tc endfor %}", other, "WTableHead"),
        head=True,
    )
    body = row(
        cell(name, first)
        + cell("{%tc for 数 in " + numbers + " %}", other, "WTableCentre")
        + cell("{{数}}", other, "WTableCentre")
        + cell("{%tc endfor %}", other, "WTableCentre")
    )
    return table([first, other], head, steer(f"for {rows}", first + other, 2), body, steer("endfor", first + other, 2))


def overview_table(result: str) -> str:
    """Return the table of 附件1, with the column `result` of each row as its finding; points only where the scheme gives points itself."""
    return when("自定分值", points_table(result), otherwise=findings_table(result))


def findings_table(result: str) -> str:
    """Return the table of 附件1 of a scheme that gives no points."""
    columns = [
        ("序号", "{{行.序号}}", 860, True),
        ("方面", "{{方面.标题}}", 1400, False),
        ("指标", "{{行.指标}}", 1456, False),
        ("要求", "{{行.要求}}", 2760, False),
        ("完成情况", "{{行.完成情况}}", 3000, False),
        ("结果", "{{行." + result + "}}", 980, True),
    ]
    proofs = 2300
    widths = [*(width for _, _, width, _ in columns), proofs]
    count, whole = len(widths), sum(widths)
    cells = [cell(text, width, "WTableCentre" if centred else "WTableText") for _, text, width, centred in columns]
    head = [cell(title, width, "WTableHead") for title, _, width, _ in columns]
    return table(
        widths,
        row("".join((*head, cell("佐证编号", proofs, "WTableHead"))), head=True),
        steer("for 方面 in 一览表", whole, count),
        steer("for 行 in 方面.行", whole, count),
        row("".join((*cells, lines("段 in 行.佐证行", "{{段}}", proofs)))),
        steer("endfor", whole, count),
        steer("endfor", whole, count),
    )


def points_table(result: str) -> str:
    """Return the table of 附件1 of a scheme that gives points."""
    columns = [
        ("序号", "{{行.序号}}", 780, True),
        ("指标", "{{行.指标}}", 1200, False),
        ("要求", "{{行.要求}}", 1860, False),
        ("完成情况", "{{行.完成情况}}", 1916, False),
        ("结果", "{{行." + result + "}}", 900, True),
        ("分值", "{{行.分值}}", 920, True),
        ("自评分", "{{行.自评分}}", 920, True),
        ("考评分", "{{行.考评分}}", 920, True),
        ("扣分理由", "{{行.扣分理由}}", 1620, False),
    ]
    proofs = 1720
    widths = [*(width for _, _, width, _ in columns), proofs]
    count, whole = len(widths), sum(widths)
    head = [cell(title, width, "WTableHead") for title, _, width, _ in columns]
    cells = [cell(text, width, "WTableCentre" if centred else "WTableText") for _, text, width, centred in columns]

    def sums(of: str, title: str) -> str:
        numbers = "".join(
            cell("{{" + of + "." + name + "}}", width, "WTableHead")
            for name, width in zip(("分值", "自评分", "考评分"), widths[5:8], strict=True)
        )
        return row(cell(title, sum(widths[:5]), "WTableHead", 5) + numbers + cell("", sum(widths[8:]), "WTableHead", 2))

    return table(
        widths,
        row("".join((*head, cell("佐证编号", proofs, "WTableHead"))), head=True),
        steer("for 方面 in 一览表", whole, count),
        steer("for 行 in 方面.行", whole, count),
        row("".join((*cells, lines("段 in 行.佐证行", "{{段}}", proofs)))),
        steer("endfor", whole, count),
        steer("if 方面.分值 != '—'", whole, count),
        sums("方面", "{{方面.标题}}小计"),
        steer("endif", whole, count),
        steer("endfor", whole, count),
        steer("for 合计 in 合计行", whole, count),
        sums("合计", "{{合计.名称}}"),
        steer("endfor", whole, count),
    )


NO_VERDICT = "以下各表尚未填写，本稿不作结论：{{未填表}}。补填后再定稿。"
"""The one box of a draft; where it stands, nothing is concluded anywhere."""
SCORED = (
    "自评总分{{总分}}分（满分{{满分}}分{% if 系数说明 %}，已乘{{系数说明}}{% endif %}）"
    "{% if 加分 %}，另加分{{加分}}分（{% for 项 in 加分项 %}{{项.指标}}加{{项.加分}}分{% if not loop.last %}、{% endif %}{% endfor %}）{% endif %}"
    "{% if 等次 %}，自评等次为{{等次}}{% endif %}"
)


def tally(name: str) -> str:
    """Return how many indicators have which finding, those that occur: 29项已经达到，2项没有达到."""
    return "{% for 项 in " + name + " %}{{项.数}}项{{项.说法}}{% if not loop.last %}，{% endif %}{% endfor %}"


def result(name: str) -> str:
    """Return the result in one sentence: of points where the scheme has its own, else of indicators."""
    return (
        "{% if 自定分值 %}{{应计分数}}个计分项目中，" + tally(name) + "{% if 有得分 %}，" + SCORED + "{% endif %}。"
        "{% elif 达标数 == 适用数 %}{{适用数}}项要求已经全部达到。"
        "{% else %}{{适用数}}项要求中，" + tally(name) + "。{% endif %}"
    )


REMARKS = (
    "{% if 待评 %}{{待评}}待汇总评定，未计入总分。{% endif %}"
    "{% if not 计分过半 %}已计分的项目不足半数，得分仅供了解进度。{% endif %}"
    "{% if 考评总分 %}考评总分{{考评总分}}分{% if 考评等次 %}，等次为{{考评等次}}{% endif %}。{% endif %}"
)
"""What is to be said of a score besides."""


def conclusion(what: str) -> str:
    """Return the paragraph that concludes; `what` says who finds it."""
    return (
        "{% if 未填表 %}各表填齐以后再作结论。"
        "{% elif 自定分值 %}{% if 有得分 %}"
        + what
        + "，{{自称}}"
        + SCORED
        + "。"
        + REMARKS
        + "{% else %}各项目尚未到评定期。{% endif %}"
        "{% elif 达标数 == 适用数 %}"
        + what
        + "，{{适用数}}项要求已经全部达到{% if 问题数 != '0' %}，工作中存在的问题将按第四部分所列措施整改{% endif %}。"
        "{% else %}" + what + "，{{适用数}}项要求中{{达标数}}项已经达到"
        "{% if 未达标数 != '0' %}，{{未达标数}}项没有达到{% endif %}"
        "{% if 暂缺数 != '0' %}，{{暂缺数}}项资料暂缺{% endif %}"
        "{% if 进行中数 != '0' %}，{{进行中数}}项尚未到期{% endif %}。"
        "{% if 已改正数 != '0' and 已改正数 == 未达标数 %}没有达到的{{未达标数}}项现已改正。"
        "{% elif 未达标数 != '0' %}没有达到的{{未达标数}}项{% if 已改正数 != '0' %}中，{{已改正数}}项现已改正，其余{% endif %}"
        "按第四部分所列措施抓紧整改。{% endif %}{% endif %}"
    )


BONUSES = each("项 in 加分项", paragraph("{{项.说明}}，加{{项.加分}}分。"))
POINTER = "{% if 自定分值 %}这一方面有{{方面.未达标数}}项扣分，扣分理由见附件1。{% else %}尚有{{方面.未达标数}}项没有达到要求，见第四部分。{% endif %}"
POINTERS = (
    "{% if 方面.未达标数 != '0' %}" + POINTER + "{% endif %}{% if 方面.暂缺 and not 未填表 %}{{方面.暂缺}}资料暂缺。{% endif %}"
)
ACHIEVED = each("段 in 方面.达标段", paragraph("{{段}}{% if loop.last %}" + POINTERS + "{% endif %}")) + when(
    "not 方面.达标段 and (方面.未达标数 != '0' or (方面.暂缺 and not 未填表))", paragraph(POINTERS)
)
"""What was reached, closed by one clause that points to the gaps; each of them is told once, in the table."""
OMITTED = when("有略去", paragraph("各项要求的完成情况见附件1，这里只写主要的。"))
NOT_YET = when(
    "not 方面.工作 and not 方面.达标段 and 方面.未达标数 == '0' and (未填表 or not 方面.暂缺)",
    paragraph("这一方面的各项要求{% if 未填表 %}待各表填齐后评定{% else %}尚未到期{% endif %}。"),
)
NAMED = "{{方面.标题}}。{% if 方面.等次 %}这一方面等次为{{方面.等次}}。{% endif %}"
STANDING = each(
    "段 in 方面.达标段",
    paragraph(
        "{% if loop.first %}"
        + NAMED
        + "{% endif %}{{段}}{% if loop.last %}"
        + POINTERS
        + "{% if 方面.按期推进 != '0' and not 未填表 %}{{方面.按期推进}}项尚未到期。{% endif %}{% endif %}"
    ),
) + when(
    "not 方面.达标段 and (方面.等次 or 方面.未达标数 != '0' or 方面.暂缺 or 方面.按期推进 != '0')",
    paragraph(
        NAMED + POINTERS + "{% if 方面.未达标数 == '0' and (未填表 or not 方面.暂缺) and 方面.按期推进 != '0' %}"
        "各项要求{% if 未填表 %}待各表填齐后评定{% else %}尚未到期{% endif %}。{% endif %}"
    ),
)
"""How a head stands in the middle of a phase: a paragraph that begins with its title, as its deeds do further on."""
BARRED = when(
    "否决",
    paragraph(
        "出现一票否决事项：{% for 句 in 否决 %}{{句}}{% if not loop.last %}；{% endif %}{% endfor %}。"
        "不论得分多少，{% if 等次 %}等次定为{{等次}}{% else %}不予评定{% endif %}。"
    ),
)
YEARS = when(
    "年度表.行",
    paragraph(
        "{% if 年度表.年份|length > 1 %}各年度{% endif %}主要工作数据如下表{% if 年度说明 %}（{{年度说明}}）{% endif %}。",
        "WLead",
    ),
    years_table(),
)
"""The years side by side."""
YEARS_CHART = when("图表.年度对比", paragraph("主要工作各年度对比如下图。", "WLead"), chart("年度对比", 5.0))
"""The same as a chart, where it shows a difference."""


def opening(what: str, open_word: str) -> str:
    """Return the title and the first sentence of a report; `open_word` is what it calls what is not due yet."""
    return (
        when("未填表", table([8844], row(cell(NO_VERDICT, 8844))))
        + blank()
        + blank()
        + each("行 in 标题行", paragraph("{{行}}", "WTitle"))
        + blank()
        + paragraph("{{主送机关}}：", "WAddressee")
        + paragraph(
            "根据{{依据}}要求，{{自称}}对{{起始日}}至{{截至日}}的{{创建名称}}{{阶段名}}工作进行了{% if 未填表 %}自查{% elif 进度自查 %}进度自查{% else %}"
            + what
            + "{% endif %}"
            + "。{% if 进度自查 %}本次进度自查早于规定的{{阶段}}时间，只对已到期的要求作出评定，其余如实列为"
            + open_word
            + "。{% endif %}"
        )
        + own("自查组织情况")
    )


SEVERAL = "附件号.活动 or 附件号.佐证 or 附口径"
"""Whether there is more than one attachment: one alone has no number (7.3.4)."""


def tail(first: str) -> str:
    """Return the end of the body: the attachments named, office and date; `first` is the title of the first attachment."""
    notes = paragraph("附件：{% if " + SEVERAL + " %}1.{% endif %}" + first, "WNoteFirst")
    for key, title in (("活动", "活动纪实"), ("佐证", "佐证材料目录")):
        notes += when(f"附件号.{key}", paragraph("{{附件号." + key + "}}." + title, "WNote"))
    notes += when("附口径", paragraph("{{附件号.口径}}.指标口径说明", "WNote"))
    return (
        paragraph("特此报告。", "WClosing")
        + KEPT_BLANK
        + notes
        + KEPT_BLANK
        + paragraph("{{单位名称}}", "WOffice")
        + paragraph("{{成文日期}}", "WDate", section(False))
    )


def attachment(number: str, title: str, *inside: str) -> str:
    """Return an attachment on a page of its own."""
    return paragraph("附件" + number, "WLabel") + blank() + paragraph(title, "WAttachmentTitle") + blank() + "".join(inside)


def proofs_table() -> str:
    """Return the list of evidence, by indicator."""
    return listing(
        "项 in 佐证目录",
        [
            ("对应指标", "{{项.指标}}", 1700, False),
            ("编号", "{{项.编号}}", 900, True),
            ("材料名称", "{{项.名称}}", 2444, False),
            ("形成日期", "{{项.日期}}", 1960, True),
            ("页数", "{{项.页数}}", 640, True),
            ("文件名", "{{项.文件}}", 1200, False),
        ],
    )


EARLIER = when(
    "未列佐证数 != '0'", paragraph("另有本阶段以前形成的材料{{未列佐证数}}份，本阶段各项指标没有用到，留存备查，未列入。")
)


def attachments(first: str, result: str) -> str:
    """Return all attachments of a report: `first` is the title of the first one, `result` the name of its column of findings."""
    activities = listing(
        "项 in 活动表",
        [
            ("序号", "{{项.序号}}", 640, True),
            ("日期", "{{项.日期}}", 1760, True),
            ("活动", "{{项.纪实}}", 2664, False),
            ("类别", "{{项.类别}}", 1080, True),
            ("{{活动栏目.老同志}}", "{{项.老同志}}", 800, True),
            ("{{活动栏目.青少年}}", "{{项.青少年}}", 800, True),
            ("佐证编号", "{{项.佐证编号}}", 1100, True),
        ],
    )
    terms = listing(
        "项 in 口径表",
        [("序号", "{{项.序号}}", 800, True), ("指标", "{{项.指标}}", 2544, False), ("口径", "{{项.口径}}", 5500, False)],
    )
    return "".join(
        (
            attachment("{% if " + SEVERAL + " %}1{% endif %}", first, overview_table(result)),
            section_end(),
            when("附件号.活动", attachment("{{附件号.活动}}", "活动纪实", activities)),
            when("附件号.佐证", attachment("{{附件号.佐证}}", "佐证材料目录", proofs_table() + EARLIER)),
            when(
                "附口径",
                attachment(
                    "{{附件号.口径}}",
                    "指标口径说明",
                    when("口径表", terms),
                    when("自定分值", paragraph("{{计分说明}}")),
                    when("方案说明", paragraph("{{方案说明}}")),
                ),
            ),
        )
    )


def problems() -> str:
    """Return the table of problems with what is done about each; a sentence where there is none."""
    return when(
        "问题表",
        paragraph(
            "{% if 未填表 %}已知有以下{{问题数}}个问题。"
            "{% elif 达标数 == 适用数 %}各项要求均已达到，但工作中还有以下{{问题数}}个问题。{% elif 未达标数 == '0' %}工作中还有以下{{问题数}}个问题。"
            "{% else %}没有达到的要求和工作中的问题共{{问题数}}个，列表如下。{% endif %}",
            "WLead",
        ),
        listing(
            "项 in 问题表",
            [
                ("序号", "{{项.序号}}", 620, True),
                ("问题", "{{项.问题}}", 2204, False),
                ("原因", "{{项.原因}}", 1240, False),
                ("整改措施", "{{项.措施}}", 1740, False),
                ("责任人", "{{项.责任人}}", 1010, True),
                ("完成时限", "{{项.时限}}", 1020, True),
                ("状态", "{{项.状态}}", 1010, True),
            ],
        ),
        otherwise=paragraph("{% if 未填表 %}各表填齐以后列出。{% else %}对照要求逐项自查，没有发现未达到要求的项目。{% endif %}"),
    )


def about() -> str:
    """Return what the unit is, who leads it, and the figures of its roll."""
    return own("单位概况") + when("班子", paragraph("{{班子}}")) + when("基本数据", paragraph("{{基本数据}}"))


def self_check() -> str:
    """自查报告."""
    return "".join(
        (
            opening("全面自查", "尚未完成"),
            paragraph(
                "{% if not 未填表 %}经自查，"
                + result("各结果")
                + "{% endif %}现将{% if 未填表 %}初步{% else %}有关{% endif %}情况报告如下。"
            ),
            paragraph("一、基本情况", "WHeading1"),
            about(),
            paragraph("二、自查情况", "WHeading1"),
            OMITTED,
            each(
                "方面 in 各方面",
                tag("if 方面.有内容"),
                paragraph("（{{方面.序号}}）{{方面.标题}}", "WHeading2"),
                when("方面.等次", paragraph("这一方面等次为{{方面.等次}}。")),
                when("方面.工作", paragraph("{{方面.工作}}")),
                ACHIEVED,
                NOT_YET,
                tag("endif"),
            ),
            YEARS,
            paragraph("三、特色与亮点", "WHeading1"),
            own("特色亮点"),
            each("句 in 争取目标", paragraph("{{句}}。")),
            BONUSES,
            paragraph("四、存在的问题和整改措施", "WHeading1"),
            problems(),
            paragraph("五、下一步打算", "WHeading1"),
            own("下一步打算"),
            paragraph("六、自查结论", "WHeading1"),
            paragraph(conclusion("自查认为"), "WLead"),
            BARRED,
            tail("自查指标一览表"),
            attachments("自查指标一览表", "结果"),
            section(False),
        )
    )


def heads_table() -> str:
    """Return how many indicators of each head have which finding; the columns are those that occur."""
    return side_by_side("方面", "词 in 进展栏", "方面 in 各方面", "{{方面.标题}}", "方面.各数")


def plan_table() -> str:
    """Return what comes next, by day."""
    return listing(
        "项 in 任务清单",
        [
            ("序号", "{{项.序号}}", 600, True),
            ("工作任务", "{{项.任务}}", 4164, False),
            ("对应指标", "{{项.指标}}", 1240, True),
            ("责任人", "{{项.责任人}}", 1010, True),
            ("完成时限", "{{项.时限}}", 1830, True),
        ],
    )


def mid_term() -> str:
    """中期评估报告."""
    found = "{% if 进度自查 %}经自查{% else %}经评估{% endif %}"
    return "".join(
        (
            opening("中期评估", "按期推进"),
            paragraph(
                "{% if not 未填表 %}"
                + found
                + "，"
                + result("各进展")
                + "{% endif %}现将{% if 未填表 %}初步{% else %}有关{% endif %}情况报告如下。"
            ),
            paragraph("一、{{阶段名}}工作进展", "WHeading1"),
            about(),
            when(
                "节点",
                paragraph(
                    "{{阶段名}}阶段自{{起始日}}至{{期末日}}，到期的工作节点完成情况如下，以后的见第五部分。"
                    "{% for 项 in 节点 %}{% if 项.状态 != '尚未到期' %}{{项.时间}}的任务是{{项.内容}}。"
                    "{% if 项.实绩 %}{{项.实绩}}。{% endif %}{% endif %}{% endfor %}"
                ),
            ),
            paragraph("二、指标完成情况", "WHeading1"),
            when(
                "not 未填表 and 进展栏 and (自定分值 or 达标数 != 适用数)",
                paragraph(
                    "各方面{% if 自定分值 %}得分{% else %}完成{% endif %}情况如下表{% if 有略去 %}，各项要求见附件1{% endif %}。",
                    "WLead",
                ),
                heads_table(),
                otherwise=OMITTED,
            ),
            each("方面 in 各方面", STANDING),
            paragraph("三、阶段性成效", "WHeading1"),
            each("方面 in 各方面", when("方面.工作", paragraph("{{方面.标题}}。{{方面.阶段工作}}"))),
            when(
                "变化 or 减少",
                paragraph(
                    "{% for 句 in 变化 %}{{句}}{% if not loop.last %}；{% endif %}{% endfor %}"
                    "{% if 变化 and 减少 %}；{% endif %}"
                    "{% for 句 in 减少 %}{{句}}{% if not loop.last %}；{% endif %}{% endfor %}。"
                ),
            ),
            each("句 in 争取目标", paragraph("{{句}}。")),
            BONUSES,
            own("特色亮点"),
            YEARS,
            YEARS_CHART,
            paragraph("四、存在的差距和整改措施", "WHeading1"),
            problems(),
            paragraph("五、下一阶段工作任务清单", "WHeading1"),
            own("下一步打算"),
            when(
                "任务清单",
                paragraph(
                    "任务安排如下表，{% if 任务有人 %}责任人栏为“—”的，{% else %}责任人{% endif %}由{{自称}}会议确定。", "WLead"
                ),
                plan_table(),
            ),
            paragraph("六、评估结论", "WHeading1"),
            paragraph(conclusion("{% if 进度自查 %}自查认为{% else %}评估认为{% endif %}，截至{{截至日}}"), "WLead"),
            BARRED,
            tail("指标完成情况一览表"),
            attachments("指标完成情况一览表", "进展"),
            section(False),
        )
    )


def rollup() -> str:
    """汇总报告, of an administrator: one chapter for each stage of a scheme."""
    heads = when(
        "组.按分值",
        paragraph("各方面得分情况如下表，名次见附件1。", "WLead"),
        listing("方面 in 组.各方面", [("方面", "{{方面.标题}}", 5844, False), ("得分率", "{{方面.得分率}}", 3000, True)]),
        otherwise=paragraph("各方面达标情况如下表，名次见附件1。", "WLead")
        + listing(
            "方面 in 组.各方面",
            [
                ("方面", "{{方面.标题}}", 3844, False),
                ("适用单位", "{{方面.适用数}}", 1600, True),
                ("达标单位", "{{方面.达标数}}", 1600, True),
                ("达标率", "{{方面.达标率}}", 1800, True),
            ],
        ),
    )
    parents = listing(
        "项 in 组.各上级",
        [
            ("上级", "{{项.名称}}", 3844, False),
            ("所属单位", "{{项.单位数}}", 1600, True),
            ("达标单位", "{{项.达标数}}", 1600, True),
            ("达标率", "{{项.达标率}}", 1800, True),
        ],
    )
    figures = listing(
        "项 in 组.数据",
        [
            ("项目", "{{项.名称}}", 2044, False),
            ("各年合计", "{{项.各期}}", 4200, False),
            ("全程合计", "{{项.全程}}", 1500, True),
            ("提供数据的单位", "{{项.单位数}}", 1100, True),
        ],
    )
    missed = paragraph(
        "{{项.次序}}{{项.指标}}，{{项.单位数}}个单位{% if 组.按分值 %}失分，共失{{项.失分}}分{% else %}没有达到，占{{项.比例}}{% endif %}"
        "{% if 项.原因 %}，主要原因是{{项.原因}}{% endif %}。"
    )
    return "".join(
        (
            blank()
            + blank()
            + each("行 in 汇总.标题行", paragraph("{{行}}", "WTitle"))
            + blank()
            + paragraph("{{汇总.主送机关}}：", "WAddressee"),
            paragraph("{{汇总.开头语}}"),
            paragraph("一、报送情况", "WHeading1"),
            paragraph(
                "{% if 汇总.有名单 %}应报送{{汇总.应报}}个单位，已报送{{汇总.实报}}个{% if 汇总.未报数 != '0' %}，未报送{{汇总.未报数}}个{% endif %}"
                "{% if 汇总.迟报数 != '0' %}，其中迟报{{汇总.迟报数}}个{% endif %}。{% endif %}"
                "共收到文件{{汇总.文件数}}个，计入汇总{{汇总.计入}}个单位。"
                "{% if 汇总.问题文件数 != '0' %}{{汇总.问题文件数}}个文件因有问题没有计入，见附件3。{% endif %}"
            ),
            each("句 in 汇总.报送句", paragraph("{{句}}")),
            when("汇总.待定", paragraph("同一天报送了几份、待指定以哪一份为准的单位：{{汇总.待定}}。")),
            when("汇总.排除", paragraph("经决定不列入的单位：{{汇总.排除}}。")),
            each(
                "组 in 汇总.各组",
                paragraph("{{组.章}}、{{组.标题}}", "WHeading1"),
                paragraph("{{组.结果句}}{% if 组.有上次 %}与上次结果相比，{{组.比上次}}。{% endif %}"),
                heads,
                when("组.各上级", paragraph("各上级所属单位情况如下表。", "WLead"), parents),
                when(
                    "组.没有达标",
                    paragraph("没有达标的单位和主要差距如下。", "WLead"),
                    each("项 in 组.没有达标", paragraph("{{项.次序}}{{项.单位}}：{{项.说明}}。")),
                ),
                when(
                    "组.没有达标数 != '0' and not 组.没有达标",
                    paragraph("没有达标的单位{{组.没有达标数}}个，名单和主要差距见附件。"),
                ),
                when(
                    "组.失分",
                    paragraph("差距较多的项目如下，各项情况见附件2。", "WLead"),
                    each("项 in 组.失分", missed),
                    otherwise=paragraph("各项目没有单位失分。"),
                ),
                when("组.数据", paragraph("主要工作数据合计如下表，人数与人次分别统计。", "WLead"), figures),
                when(
                    "组.经验",
                    paragraph("值得借鉴的做法：", "WLead"),
                    each("项 in 组.经验", paragraph("{{项.单位}}：{{项.事例}}。")),
                ),
            ),
            paragraph("{{汇总.下一步章}}、下一步工作", "WHeading1"),
            each("句 in 汇总.下一步", paragraph("{{句}}")),
            when("not 汇总.下一步", paragraph("各单位都已达标，下一步巩固成果，推广好的做法。")),
            paragraph("特此报告。", "WClosing")
            + KEPT_BLANK
            + paragraph("附件：1.各单位名次", "WNoteFirst")
            + paragraph("2.各项目达标情况", "WNote"),
            when("汇总.问题文件", paragraph("3.没有计入的文件", "WNote")),
            when("汇总.单位名单", paragraph("{% if 汇总.问题文件 %}4{% else %}3{% endif %}.单位名单", "WNote")),
            KEPT_BLANK + paragraph("{{汇总.单位}}", "WOffice") + paragraph("{{汇总.成文日期}}", "WDate", section(False)),
            _rollup_attachments(),
            section(False),
        )
    )


def _rollup_attachments() -> str:
    """Places, indicators, the files that were not counted, and the committees of whom there are too many for the text."""
    columns = [("名次", "{{项.名次}}", 1500, True), ("单位", "{{项.单位}}", 4344, False), ("结果", "{{项.总评}}", 1500, True)]
    places = when(
        "组.按分值",
        listing("项 in 组.名次", [*columns, ("总分", "{{项.总分}}", 1500, True)]),
        otherwise=listing("项 in 组.名次", columns),
    ) + when("组.只列前几名", paragraph("单位较多，只列前{{组.只列前几名}}名，其余见汇总表。"))
    named = listing(
        "项 in 汇总.单位名单",
        [
            ("序号", "{{项.序号}}", 800, True),
            ("情况", "{{项.情况}}", 1200, True),
            ("单位", "{{项.单位}}", 2844, False),
            ("说明", "{{项.说明}}", 4000, False),
        ],
    )
    indicators = listing(
        "项 in 组.指标",
        [
            ("编号", "{{项.编号}}", 1000, True),
            ("指标", "{{项.指标}}", 3344, False),
            ("达标", "{{项.达标}}", 1000, True),
            ("未达标", "{{项.未达标}}", 1100, True),
            ("缺数据", "{{项.缺数据}}", 1100, True),
            ("达标率", "{{项.达标率}}", 1300, True),
        ],
    )
    faults = listing(
        "项 in 汇总.问题文件",
        [("序号", "{{项.序号}}", 800, True), ("文件", "{{项.文件}}", 3544, False), ("说明", "{{项.说明}}", 4500, False)],
    )
    return "".join(
        (
            attachment("1", "各单位名次", each("组 in 汇总.各组", when("组.分列", paragraph("{{组.名称}}")), places)),
            attachment("2", "各项目达标情况", each("组 in 汇总.各组", when("组.分列", paragraph("{{组.名称}}")), indicators)),
            when(
                "汇总.问题文件",
                attachment(
                    "3",
                    "没有计入的文件",
                    faults,
                    when("汇总.问题文件未列", paragraph("另有{{汇总.问题文件未列}}个，见汇总表的“问题文件”。")),
                ),
            ),
            when("汇总.单位名单", attachment("{% if 汇总.问题文件 %}4{% else %}3{% endif %}", "单位名单", named)),
        )
    )


def feedback() -> str:
    """反馈意见书, to one committee."""
    heads = when(
        "反馈.按分值",
        listing("方面 in 反馈.各方面", [("方面", "{{方面.标题}}", 5844, False), ("得分／满分", "{{方面.得分}}", 3000, True)]),
        otherwise=listing("方面 in 反馈.各方面", [("方面", "{{方面.标题}}", 5844, False), ("结果", "{{方面.结果}}", 3000, True)]),
    )
    gap = paragraph(
        "{{项.次序}}“{{项.指标}}”没有达到要求：{{项.说明}}。{% if 项.原因 %}你单位说明，原因是{{项.原因}}。{% endif %}"
    )
    asked = each("句 in 反馈.要求", paragraph("{{句}}"))
    objection = paragraph("对上述情况有不同意见的，请及时书面反映。", "WClosing")
    return "".join(
        (
            blank()
            + blank()
            + each("行 in 反馈.标题行", paragraph("{{行}}", "WTitle"))
            + blank()
            + paragraph("{{反馈.单位}}：", "WAddressee"),
            paragraph("{{反馈.结果句}}{{反馈.位置句}}{{反馈.变化句}}{{反馈.考评句}}现将有关情况反馈如下。"),
            when(
                "反馈.已评价",
                paragraph("一、各方面情况", "WHeading1"),
                heads,
                when("反馈.已改正", paragraph(PUT_RIGHT.format("反馈"))),
                when(
                    "反馈.差距 or 反馈.资料暂缺",
                    paragraph("二、需要整改的方面", "WHeading1"),
                    each("项 in 反馈.差距", gap),
                    when("反馈.差距未列", paragraph("另有{{反馈.差距未列}}项，见汇总表。")),
                    when("反馈.资料暂缺", paragraph("资料暂缺、还不能评价的有：{{反馈.资料暂缺}}。")),
                    paragraph("三、有关要求", "WHeading1"),
                    otherwise=paragraph("二、下一步工作", "WHeading1"),
                ),
                otherwise=paragraph("一、需要补齐的资料", "WHeading1")
                + paragraph(
                    "{% if 反馈.资料暂缺 %}下列项目的资料暂缺：{{反馈.资料暂缺}}。{% else %}请按“检查”的提示补齐各表。{% endif %}"
                )
                + paragraph("二、有关要求", "WHeading1"),
            ),
            asked,
            objection + KEPT_BLANK + paragraph("{{反馈.发文单位}}", "WOffice") + paragraph("{{反馈.成文日期}}", "WDate"),
            section(False),
        )
    )


PUT_RIGHT = (
    "下列指标以前有的时段没有达到要求，现在已经达到，不再要求整改，请继续保持（本次结果仍按各时段计算）：{{{{{}.已改正}}}}。"
)
"""Said of what was missed once and has been reached since, in a letter and in a notice."""
HAND = 680
"""The height of a row in which somebody writes by hand, in twentieths of a point: 12 mm."""


def rectification() -> str:
    """整改通知书, to one committee, with a form on which it answers."""
    number = ("序号", "{{项.序号}}", 700, True)
    indicator, fault = ("指标", "{{项.指标}}", 2444), ("存在的问题", "{{项.问题}}")
    faults = when(
        "整改.有原因",
        listing(
            "项 in 整改.事项",
            [number, (*indicator, False), (*fault, 3300, False), ("你单位说明的原因", "{{项.原因}}", 2400, False)],
        ),
        otherwise=listing("项 in 整改.事项", [number, (*indicator, False), (*fault, 5700, False)]),
    )
    answers = listing(
        "项 in 整改.事项",
        [
            number,
            ("指标", "{{项.指标}}", 2044, False),
            ("原因（可补充）", "{% if 项.原因 != '—' %}{{项.原因}}{% endif %}", 1700, False),
            ("整改措施", "", 1900, False),
            ("责任人", "", 1000, False),
            ("完成情况", "", 1500, False),
        ],
        height=HAND,
    )
    more = "{% if 整改.事项 %}另有下列指标{% else %}下列指标{% endif %}因资料暂缺不能评价，请一并补报：{{整改.补报}}。"
    return "".join(
        (
            blank()
            + blank()
            + each("行 in 整改.标题行", paragraph("{{行}}", "WTitle"))
            + blank()
            + paragraph("{{整改.单位}}：", "WAddressee"),
            paragraph("{{整改.评价句}}现就限期整改有关事项通知如下。"),
            paragraph("一、需要整改的事项", "WHeading1"),
            when("整改.事项", faults),
            when("整改.补报", paragraph(more)),
            when("整改.已改正", paragraph(PUT_RIGHT.format("整改"))),
            paragraph("二、整改要求", "WHeading1"),
            paragraph(
                "1.{% if 整改.有原因 %}已经说明原因的，请进一步分析；没有说明的，请逐项查明。请{% else %}请逐项查明原因，{% endif %}"
                "制定整改措施，明确责任人和完成时间。"
            ),
            paragraph(
                "2.请于{{整改.时限}}前完成整改，将整改情况记入工作簿，连同加盖公章的“整改情况回执”（见附件）一并报送。"
                "能够补办的，限期补办；属于往年、已经无法补办的，请说明情况，今后按要求做好。"
            ),
            paragraph("3.在上述期限内确实不能完成的，请提前书面说明情况和下一步打算。", "WClosing")
            + KEPT_BLANK
            + paragraph("附件：整改情况回执", "WNoteFirst"),
            KEPT_BLANK + paragraph("{{整改.发文单位}}", "WOffice") + paragraph("{{整改.成文日期}}", "WDate", section(False)),
            attachment(
                "",
                "整改情况回执",
                when("整改.事项", answers),
                when("整改.补报", paragraph("补报资料：{{整改.补报}}。")),
                paragraph("单位（盖章）：", "WLead"),
                paragraph("负责人（签字）：", "WLead"),
                paragraph("填表人及联系电话：", "WLead"),
                paragraph("填报日期："),
            ),
            section(False),
        )
    )


def guide() -> str:
    """使用说明: one page for somebody who has never seen a command line."""
    steps = (
        ("一、填表", "打开“{{工作簿}}”，照“填报说明”填写：每件事一行，随办随填，一个工作簿连用几年。填好后保存并关闭。"),
        (
            "二、检查",
            "双击“检查”。窗口里列出哪里要改；“报告”文件夹里另有一份批注副本，有问题的格子涂了颜色、写了批注。请在原来的工作簿里改。",
        ),
        (
            "三、出报告",
            "在“基本信息”里选好报告阶段、填好填报日期，双击“生成报告”。报告在“报告”文件夹里，用 Word 或 WPS 打开，可以直接修改。",
        ),
        ("四、请放心", "程序不会改动您填的工作簿，也不会覆盖您改过的报告。把工作簿拖到“生成报告”的图标上，就只为这一个出报告。"),
        ("五、有困难时", "把窗口里的话拍下来，连同工作簿一起发给上级关工委的管理员。"),
    )
    return "".join(
        (
            paragraph("{{单位名称}}", "WTitle"),
            paragraph("{{标题}}", "WTitle"),
            blank(),
            *(paragraph(title, "WHeading1") + paragraph(text) for title, text in steps),
            section(False),
        )
    )


TEMPLATES = {
    "自查报告": self_check,
    "中期评估报告": mid_term,
    "汇总报告": rollup,
    "反馈意见书": feedback,
    "整改通知书": rectification,
    "使用说明": guide,
}


def main() -> None:
    """Write every template into the folder given, or into that of the project."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "templates"
    folder.mkdir(parents=True, exist_ok=True)
    for title, build in TEMPLATES.items():
        (folder / f"{title}.docx").write_bytes(template(title, build()))
        print(f"{title}.docx")


if __name__ == "__main__":
    main()
