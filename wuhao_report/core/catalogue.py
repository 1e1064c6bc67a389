"""The catalogue of every message: for each stable code its level, what is wrong, and how to mend it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning", "info"]
LEVELS: tuple[Level, ...] = ("error", "warning", "info")
LEVEL_WORDS: Mapping[Level, str] = {"error": "错误", "warning": "提醒", "info": "说明"}


@dataclass(frozen=True)
class Kind:
    """One entry of the catalogue: the level, what is wrong, how to mend it.

    `stops`: it leaves a workbook without any report; `whole`: it leaves indicators without data in every period, `absent`: because a sheet
    or a column is not there.
    """

    level: Level
    message: str
    hint: str
    stops: bool = False
    whole: bool = False
    absent: bool = False


CATALOGUE: Mapping[str, Kind] = {
    # the file
    "file-not-found": Kind("error", "找不到文件“{file}”。", "请检查文件名和所在文件夹。"),
    "not-a-file": Kind("error", "“{file}”不是普通文件，无法读取。", "请给出一个 Excel 工作簿（.xlsx）。"),
    "no-permission": Kind("error", "没有权限读取文件“{file}”。", "请关闭正在使用它的程序，或把文件复制到自己的文件夹后再试。"),
    "empty-file": Kind("error", "文件“{file}”是空的（0 字节）。", "文件可能没有下载完整，请重新发送或重新下载。"),
    "not-a-workbook": Kind(
        "error", "文件“{file}”不是 Excel 工作簿（看上去是{found}）。", "请用 Excel 或 WPS 打开原表，另存为 .xlsx 后再试。"
    ),
    "old-format": Kind("error", "文件“{file}”是{found}，无法完整读取。", "请用 Excel 或 WPS 打开，另存为 .xlsx 后再试。"),
    "encrypted": Kind("error", "文件“{file}”设有打开密码，无法读取。", "请在 Excel 或 WPS 中取消密码，保存后再试。"),
    "damaged": Kind("error", "文件“{file}”已损坏，无法读取。", "请让发送人重新发送，或用 Excel、WPS 打开后另存为 .xlsx。"),
    "too-large": Kind("error", "文件“{file}”过大或压缩异常，为安全起见未读取。", "请删去图片和无关内容，另存为 .xlsx 后再试。"),
    "stray-cell": Kind(
        "error",
        "工作表{part}中有远离表格的单元格（{address}），为安全起见未读取。",
        "请清除表格以外的内容（选中多余的行、列后删除），保存后再试。",
    ),
    "far-cells": Kind(
        "warning",
        "工作表“{sheet}”在很远的地方（{address}）有多余的内容，没有读取。",
        "请选中表格以外的行和列，删除后保存；核对没有漏掉资料。",
    ),
    "no-workbooks": Kind(
        "error", "文件夹“{folder}”里没有可以读取的工作簿。", "请把填好的工作簿（.xlsx）放进这个文件夹再运行；压缩包请先解压。"
    ),
    "has-macros": Kind("info", "工作簿含有宏或指向别处的链接，本程序不运行它们。", "不影响报告；不认识的宏请不要启用。"),
    "older-format": Kind(
        "info", "这是旧版格式（.xls 或 .et）的工作簿，已经读取。", "建议用 Excel 或 WPS 另存为 .xlsx 再继续填写。"
    ),
    "not-finished": Kind(
        "error", "文件“{file}”没有处理完：{why}。", "请删去图片和无关内容，另存为 .xlsx 后再试；仍不行，请把文件交给维护人员。"
    ),
    "unforeseen": Kind("error", "处理时遇到没有预料到的问题（{kind}）。", "请把文件交给维护人员。"),
    "busy": Kind("error", "{text}", "请稍后再试。"),
    "cannot-write": Kind("error", "文件写不下来（{reason}）。", "请换一个文件夹，或关闭占用文件的程序后再试。"),
    "no-roster": Kind(
        "error", "名单“{file}”里没有“{column}”这一栏。", "请在名单第一张表写上表头：单位名称、类别、上级、截止日期。"
    ),
    "workbook-for-roster": Kind(
        "error", "“{file}”是一个单位的工作簿，不是单位名单。", "请给出名单：第一行是表头，有“单位名称”一栏，一个单位一行。"
    ),
    "roster-twice": Kind(
        "warning", "名单里“{unit}”出现了两次（已归在“{other}”名下），后面的一行没有采用。", "请删去重复的一行，或改正别名。"
    ),
    "parcel-unread": Kind(
        "error", "“{file}”没有打开：{why}。", "里面有工作簿的，请解压（邮件请把附件另存）到这个文件夹，再汇总一次。"
    ),
    "not-a-pack": Kind("error", "汇总包“{file}”不能用：{why}。", "请对方重新生成、重新发送汇总包，不要打开改动它。"),
    "history-unusable": Kind(
        "error", "以前的结果库“{file}”读不了。", "请用以前汇总时“汇总”文件夹里的“结果库.duckdb”，不要打开改动它。"
    ),
    "pack-other-options": Kind(
        "error", "汇总包“{file}”是用另外的报告阶段、填报日期或指标体系汇总的，不能和这一次合在一起。", "请双方用同样的选项汇总。"
    ),
    "pack-other-rules": Kind(
        "error", "这份结果是按另一版“{scheme}”评的，本机没有那一版，不能合在一起。", "请双方用同一版方案重新汇总。"
    ),
    "no-form": Kind("error", "“{file}”不是考评表。", "请用“wuhao assess out”发下去的考评表填写。"),
    "assessed-twice": Kind(
        "error",
        "“{assessor}”对“{unit}”交了两份考评表，这一份没有采用，采用的是“{other}”。",
        "请只留一份；不同的人，请各写各的考评人。",
    ),
    "assessment-of-nobody": Kind(
        "error",
        "考评表写的是“{unit}”（{stage}），汇总里没有这个单位、这个阶段的工作簿。",
        "请核对单位名称、上级和报告阶段，或先汇总它的工作簿。",
    ),
    "roster-circle": Kind("warning", "名单里“{unit}”的上级绕了一圈又是它自己，这一上级没有采用。", "请改正“上级”一栏。"),
    # what the user has brought along
    "broken-scheme": Kind("error", "指标体系有误：{text}", "请按提示改正方案文件。"),
    "broken-template": Kind("error", "模板有误：{text}。", "请在 Word 里改正模板，可用的名称见 docs/模板.md。"),
    # which scheme, stage, day
    "unknown-scheme": Kind("error", "没有名为“{name}”的指标体系。", "可用的有：{known}；也可以给出方案文件（.toml）的路径。"),
    "scheme-not-recognised": Kind("error", "看不出这个工作簿属于哪个指标体系。", "请用 --scheme 指明：{known}。", stops=True),
    "scheme-not-at-hand": Kind(
        "error",
        "工作簿是按方案“{stamped}”制作的，这里没有这个方案。",
        "请用 --scheme 指定它的方案文件（.xlsx 或 .toml），或放进环境变量 WUHAO_SCHEMES 所指的文件夹。现有：{known}。",
        stops=True,
    ),
    "example-workbook": Kind(
        "error", "这是示例工作簿，里面的单位和人都是虚构的。", "正式填报请用“wuhao new”生成的空白工作簿，不要在示例上改。"
    ),
    "other-scheme": Kind(
        "warning", "工作簿是按指标体系“{stamped}”制作的，现在找不到它，暂按“{taken}”评估。", "请用 --scheme 给出它的方案文件。"
    ),
    "no-stage": Kind("error", "没有填写“{column}”，不知道要写哪个阶段的报告。", "请填写下列之一：{known}。", stops=True),
    "unknown-stage": Kind("error", "报告阶段“{name}”不在这个指标体系之中。", "可用的有：{known}。{nearest}", stops=True),
    "no-report-date": Kind("error", "没有可用的“{column}”，无法确定统计到哪一天。", "请填写日期，例如 2018-12-20。", stops=True),
    "report-date-before-phase": Kind(
        "error",
        "填报日期{date}早于“{phase}”阶段的第一天{start}，无法评估。",
        "请核对填报日期、报告阶段和创建起始年。",
        stops=True,
    ),
    # sheets and headers
    "unfilled-sheet": Kind(
        "error",
        "“{sheet}”还没有填写。",
        "请填写；确实没有的，在“{profile}”的“{key}”一栏写上“{sheet}”（没有这一栏的，在最后加一行），或在这张表第一行写一个“无”。",
    ),
    "prefilled-rows": Kind(
        "info", "第{rows}行只预填了“否”或 0，没有别的内容，共{count}行，没有计入。", "不影响结果；有记录的，请填写其余各栏。"
    ),
    "unfilled-column": Kind("warning", "“{column}”一栏一格也没有填，用到它的指标按资料暂缺处理。", "请逐行填写是或否。"),
    "stated-empty-has-rows": Kind(
        "warning", "这里写明“{sheet}”没有记录，可是那张表里有{count}行，照样计入。", "请删去这里的“{sheet}”，或核对那张表。"
    ),
    "missing-sheet": Kind(
        "error",
        "缺少工作表“{sheet}”，有关指标按资料暂缺处理。",
        "请从空白工作簿复制该表，或恢复被删除、改名的工作表。{nearest}",
        whole=True,
        absent=True,
    ),
    "missing-optional-sheet": Kind(
        "warning", "没有工作表“{sheet}”（不影响指标计算）。", "需要时请从空白工作簿复制该表。{nearest}"
    ),
    "duplicate-sheet": Kind(
        "error",
        "有两个工作表都是“{sheet}”：读取了“{taken}”，没有读取“{other}”。",
        "请把内容合并到一个工作表，删除多余的。",
        whole=True,
    ),
    "similar-sheet": Kind(
        "warning", "工作表“{other}”没有读取，因为已经有“{taken}”。", "里面如有资料，请合并到“{taken}”；没有用的请删除。"
    ),
    "sheet-not-read": Kind(
        "warning",
        "工作表“{other}”没有读取，可是它的表头和“{sheet}”的一样，下面有{count}行。",
        "要计入的，请把这些行移到“{sheet}”里；不计入的，请删除这张表。",
    ),
    "sheet-of-another-name": Kind(
        "warning",
        "没有“{sheet}”这张表；工作表“{other}”的表头和它一样，下面有{count}行，没有读取。",
        "它就是“{sheet}”的，请把名称改成“{sheet}”；不是的，请删除这张表。",
    ),
    "sheet-in-parts": Kind(
        "warning",
        "没有“{sheet}”这张表；有{number}张表的表头和它一样，没有读取：{parts}。",
        "它们是“{sheet}”的几部分的，请把各行放到一张表里，名称改成“{sheet}”。",
    ),
    "renamed-sheet": Kind("info", "工作表“{sheet}”按“{taken}”读取。", "名称可以不改；改回“{taken}”更稳妥。"),
    "hidden-sheet": Kind("info", "工作表“{sheet}”是隐藏的，也已读取。", "不需要的请删除；需要的请取消隐藏，便于核对。"),
    "no-header": Kind(
        "error", "工作表“{sheet}”前 20 行里找不到表头，有关指标按资料暂缺处理。", "请恢复表头行，例如：{expected}。", whole=True
    ),
    "missing-column": Kind(
        "error",
        "工作表“{sheet}”缺少“{column}”这一栏，有关指标按资料暂缺处理。",
        "请补上该栏，或把表头改回“{column}”。{nearest}",
        whole=True,
        absent=True,
    ),
    "missing-optional-column": Kind("info", "工作表“{sheet}”没有“{column}”这一栏（不影响指标计算）。", "需要时请补上该栏。"),
    "unknown-column": Kind("info", "“{header}”不是本表的栏目，未读取。", "如果它就是某一栏，请把表头改成标准名称。{nearest}"),
    "renamed-column": Kind("warning", "“{header}”一栏按“{column}”读取。", "请核对；是的话请把表头改成“{column}”。"),
    "duplicate-header": Kind("error", "本表有两栏都是“{column}”，只读取了前面的一栏。", "请删除或改名多余的一栏。", whole=True),
    # cells
    "required-empty": Kind("error", "“{column}”是必填项，这里没有填写{effect}。", "请补填。"),
    "photo-not-text": Kind(
        "error",
        "“{column}”这里放的是照片，请写文字{effect}。",
        "请在这一格写文字，把照片移到“照片”一栏；没有这一栏的，浮动放在这一行。",
    ),
    "formula-not-calculated": Kind(
        "error", "“{column}”是没有计算结果的公式{effect}。", "请用 Excel 打开并保存一次，或直接填写数值。"
    ),
    "cell-error": Kind("error", "“{column}”是 Excel 的错误值{effect}。", "请改正公式或直接填写内容。"),
    "not-a-date": Kind("error", "“{column}”看不出是哪一天{effect}。", "请按 2017-03-05 的样式填写。"),
    "ambiguous-date": Kind(
        "error", "“{column}”填成了小数，分不清是哪个月{effect}。", "请写成 2017-01 或 2017-10，最好写到日，例如 2017-01-15。"
    ),
    "month-only": Kind("warning", "“{column}”只写到月，按{taken}计。", "知道日期的话请写到日。"),
    "serial-date": Kind("warning", "“{column}”是一个数字，按日期{taken}计。", "请把单元格格式改为日期，并核对是否正确。"),
    "not-a-month": Kind("error", "“{column}”看不出是哪年哪月。", "请按 1952-03 的样式填写。"),
    "retyped": Kind(
        "warning",
        "“{column}”里是日期或数字，多半是输入“{meant}”时被自动改成的，按“{meant}”计。",
        "请把这一格设为文本格式，重新输入编号。",
    ),
    "not-a-number": Kind("error", "“{column}”看不出是多少{effect}。", "请只填数字，例如 12 或 1200。"),
    "not-whole": Kind("error", "“{column}”应当是整数{effect}。", "请核对后填写整数。"),
    "negative-number": Kind("error", "“{column}”不能是负数{effect}。", "请核对后重新填写。"),
    "not-a-year": Kind("error", "“{column}”看不出是哪一年{effect}。", "请填写四位年份，例如 2017。"),
    "not-a-flag": Kind("error", "“{column}”只能填“是”或“否”{effect}。", "请填“是”或“否”（也可以用 有/无、√/×）。"),
    "unknown-choice": Kind("error", "“{column}”没有这个选项{effect}。", "可填：{allowed}。{nearest}"),
    "not-filled": Kind("warning", "“{column}”未填写，按资料暂缺处理。", "请填写；确实没有的请填“否”或 0。"),
    "cleaned-text": Kind("warning", "“{column}”含有看不见的控制字符，已去掉。", "请核对文字是否完整。"),
    "unseen-character": Kind("warning", "“{column}”里夹有看不见的字符，和没有它的文字不算相同。", "请删去这一格，重新输入。"),
    # rows
    "merged-number": Kind(
        "warning", "{area}是合并单元格，这个数只计一次，记在第一行。", "请核对；各行各有数目的，请取消合并，逐行填写。"
    ),
    "merged-cells": Kind("warning", "{area}是合并单元格，其中每一格都按这个值计。", "请核对；不是的话请取消合并，逐行填写。"),
    "hidden-rows": Kind("info", "第{rows}行是隐藏的，也已计入（共{count}行）。", "不该计入的请删除；筛选造成的隐藏可以不管。"),
    "subtotal-row": Kind("info", "“{text}”一行是合计，未计入。", "合计由程序计算，这一行可以留着。"),
    "note-row": Kind("info", "“{text}”一行是说明，未计入。", "表格下面的说明可以留着。"),
    "dates-out-of-order": Kind("error", "“{end}”早于“{start}”，本行未计入。", "请核对这两个日期。"),
    "duplicate-year": Kind("error", "{year}年已经填过一行，这一行未计入。", "每年只保留一行，请合并或删除多余的行。"),
    "duplicate-row": Kind("warning", "与第{first}行完全相同（两行都计入）。", "如果是重复填写，请删除一行。"),
    "same-name": Kind(
        "warning", "与第{first}行同名且同时在册，无法区分是否同一人。", "如是同一人请删除一行；如是两人请在姓名后加注以示区别。"
    ),
    "future-date": Kind("warning", "“{column}”晚于填报日期{date}。", "请核对日期或填报日期。"),
    "unknown-evidence": Kind("warning", "“{column}”里的编号不在佐证材料目录之中：{ids}。", "请在佐证材料表补登，或改正编号。"),
    "outside-phase": Kind(
        "info", "有{count}条记录的日期不在{start}至{end}之间，本次报告不计入。", "工作簿可供多个阶段使用，这不是错误。"
    ),
    "stated-zero": Kind("warning", "{year}年“{column}”填的是 0，但名册中有{count}人在册；该年按不适用处理。", "请核对人数。"),
    "missing-year": Kind("warning", "“{sheet}”没有{year}年一行，有关指标按资料暂缺处理。", "请补填{year}年一行。"),
    "odd-date": Kind("warning", "“{column}”是{date}，年份很可能写错了。", "请核对年份。"),
    "far-from-last-year": Kind(
        "warning", "{year}年“{column}”填的是{now}，上一年是{before}，相差很多。", "请核对这两个数，是不是多写或少写了一位。"
    ),
    "more-than-stated": Kind(
        "warning",
        "{year}年“{column}”填的是{stated}，而“{sheet}”里到{day}在册的{which}有{count}人。",
        "请核对这个数，或核对名册里的加入、退出日期。",
    ),
    "over-100": Kind(
        "error",
        "{period}“{indicator}”超过100%（{rate}）：“{column}”填的是{bottom}，而{rows}合起来有{top}人。",
        "请核对“{column}”；或核对这些行，有没有重复的、不该算在内的。",
    ),
    "records-outside-periods": Kind(
        "info",
        "“{sheet}”有{count}条记录的日期在{spans}，不属于要评的任何一个{per}，有关指标不计入。",
        "记录可以留着，这不是错误；这段时间怎样评，由指标体系规定。",
    ),
    "duplicate-item": Kind("error", "{item}已经填过一行，这一行未计入。", "每个编号只保留一行。"),
    "score-too-high": Kind("error", "“{column}”超过了满分{full}分，未计入。", "请填 0 至 {full} 之间的分数。"),
    "reason-missing": Kind("error", "“{column}”未得满分{full}分，但没有写理由。", "请在“{reason}”里写明扣分的原因。"),
    "score-missing": Kind("warning", "{item}写了扣分理由，没有写考评分，未计入。", "请补填考评分。"),
    "unknown-item": Kind("error", "没有编号为“{item}”的计分指标，这一行未计入。", "请用发下去的考评表，不要改动编号。"),
    "score-not-used": Kind("info", "{item}不单独计分，这里的考评分没有采用。", "请把分数写在它所属的指标那一行。"),
    "computed-score": Kind("info", "{item}的自评分由程序计算，“{column}”里填的不采用。", "只有人工评定的项目需要填自评分。"),
    "half-filled": Kind("warning", "“{column}”未填写，这一行不计入“{indicator}”。", "请补填；确实是 0 的请填 0。"),
    "more-than-whole": Kind("warning", "“{column}”多于“{whole}”。", "请核对这两个数。"),
    "unknown-person": Kind(
        "warning", "“{column}”里的人不在“{roll}”之中，不计入他的次数{many}。", "请核对姓名，或在“{roll}”补登。{nearest}"
    ),
    "person-not-active": Kind(
        "warning", "“{column}”里的人当天不在“{roll}”的在册时间之内{many}。", "请核对日期，或核对“{roll}”里的加入、退出日期。"
    ),
    "row-check": Kind("warning", "{text}", "请核对这一行。"),
    # the texts against the tables
    "text-number-differs": Kind(
        "info", "这里写的“{said}”和表里的都不一样：{known}（{place}）。", "请核对这两处，改正其中一处；口径不同的可以不改。"
    ),
    "says-none-but-listed": Kind(
        "warning", "“{column}”写了“{said}”，可是“存在不足”里写着不足（{place}）。", "请核对，改正其中一处。"
    ),
    "same-day-activities": Kind(
        "warning",
        "第{rows}行共{count}次活动在同一天，人次也都一样。",
        "请核对：是同一次活动的，请合成一行；不是的，请填各自的日期和人次。",
    ),
    "child-named": Kind(
        "warning",
        "“{column}”里写了名册上未成年人的名字，这一行没有作为事例写进报告。",
        "要写进报告的，请改成不带名字的说法，例如“一名儿童”。",
    ),
    "no-evidence-at-all": Kind(
        "warning",
        "整个工作簿有{count}条记录，没有一条写了佐证编号，“{sheet}”也是空的。",
        "请在“{sheet}”里登记材料，再在各表的佐证编号里写上；没有佐证的记录，考评时可能不予认可。",
    ),
    # the report
    "text-missing": Kind(
        "warning", "“{column}”没有填写，报告中以【待补：{column}】标出。", "请补写后重新生成，或直接在 Word 里补上。"
    ),
    "mending-unsettled": Kind(
        "warning",
        "报告第四部分有{count}个问题还没有写原因、责任人或完成时限，以【待定】标出。",
        "请在“{sheet}”里按对应指标写上原因、责任人、完成时限，或直接在 Word 里改。",
    ),
    "points-not-shown": Kind(
        "warning",
        "Word 模板“{template}”里有分值的名称（{names}），而这个指标体系没有规定分值，这些地方没有印。",
        "请在模板里删去这些名称；参考得分在屏幕、核对和汇总表里仍能看到。",
    ),
    "template-parts-left-out": Kind(
        "warning",
        "Word 模板“{template}”里有{what}，没有带进报告。",
        "报告可以照常使用；请在 Word 里“文件—选项—加载项—模板”处改用 Normal 模板，再把模板保存一次。",
    ),
    "milestone-unanswered": Kind(
        "warning",
        "工作节点“{when}”（{text}）没有可写的内容，报告里写的是“未填写”。",
        "已经完成的，请在“{sheet}”里登记有关材料；或直接在 Word 里补上。",
    ),
    "text-too-long": Kind("warning", "“{column}”共{count}字，正文约{total}字，超过{limit}字的要求（未作删减）。", "请酌情精简。"),
}
