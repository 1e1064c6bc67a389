"""Files beside workbooks that are none: what each is, in words, so that a workbook packed, mailed or saved in another form is not missed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

_PACKED = "压缩包没有打开；里面有工作簿的，请解压到这个文件夹"
_MAIL = "邮件没有打开；附件里有工作簿的，请另存到这个文件夹"
_TEXT = "文本表格没有读取；是工作簿的，请用 Excel 或 WPS 打开，另存为 .xlsx"
_WORDS = "文字文档没有读取；里面的表请填到标准工作簿里"
BUNDLE = ".wuhao"
_COMING = "还没有下载完，或者只是网盘里文件的替身；请先下载到本机"
KINDS: Mapping[str, str] = {
    **dict.fromkeys((".zip", ".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz"), _PACKED),
    **dict.fromkeys((".eml", ".msg", ".mht", ".mhtml"), _MAIL),
    **dict.fromkeys((".csv", ".tsv"), _TEXT),
    ".numbers": "Numbers 表格没有读取；请在 Numbers 里导出为 Excel（.xlsx）",
    **dict.fromkeys((".docx", ".doc", ".wps", ".docm", ".rtf", ".odt", ".uot"), _WORDS),
    **dict.fromkeys((".icloud", ".crdownload", ".part", ".partial", ".download", ".downloading", ".cloudf", ".xltd"), _COMING),
    BUNDLE: "汇总包只在汇总（aggregate）时读取",
    ".xltx": "是模板，没有读取；请用它新建工作簿，另存为 .xlsx",
    ".xlt": "是模板，没有读取；请用它新建工作簿，另存为 .xlsx",
}
"""What is said of files of some endings, each by itself."""
SILENT = frozenset({".bat", ".cmd", ".sh", ".command", ".lnk", ".url", ".ini", ".db", ".ds_store", ".tmp", ".log", ".lock"})
"""Endings of files that programs and systems put beside others."""
OUTPUT_FOLDERS = frozenset({"报告", "汇总"})
"""Where this program puts what it makes: only what might be a workbook is looked for there."""
PICTURES, PHOTOS = frozenset({".jpg", ".jpeg", ".png", ".heic", ".gif", ".bmp", ".webp"}), "照片"
"""Endings of pictures, and the folder beside a workbook in which its photographs lie."""


def unread_files(place: Path, names: list[str], is_from_us: Callable[[Path], bool]) -> Iterator[tuple[Path, str]]:
    """Yield the files of one folder that are no workbooks, with what is to be done; of other endings one line for each ending.

    `is_from_us` says of a Word document whether this program has made it.
    """
    others: Counter[str] = Counter()
    for name in names:
        path = Path(place, name)
        ending = path.suffix.lower()
        hidden = name.startswith((".", "~", "._")) and ending != ".icloud"
        if hidden or ending in SILENT or (ending in PICTURES and place.name == PHOTOS):
            continue
        if ending in KINDS:
            ours = place.name in OUTPUT_FOLDERS if ending == BUNDLE else ending == ".docx" and is_from_us(path)
            if not ours:
                yield path, KINDS[ending]
        elif ".xls" in name.lower():
            yield path, "文件名不是以 .xlsx 结尾，没有读取；是工作簿的，请改名"
        elif place.name not in OUTPUT_FOLDERS:
            others[ending] += 1
    for ending, count in others.items():
        yield Path(place, f"*{ending}"), f"{count}个文件不是工作簿，没有读取"
