"""Workbooks that come packed: a zip or a mail → the workbooks in it, laid into a folder, and why anything else in it is passed over.

It runs in a process that can be lost. The limits are those of a workbook itself; nothing in the names leads out of the folder.
"""

from __future__ import annotations

import email
import email.policy
import email.utils
import itertools
import os
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path, PurePosixPath

from wuhao_report.core.errors import WuhaoError
from wuhao_report.core.text import shown_name
from wuhao_report.files.office import DAMAGE, MAX_INFLATED, MAX_MEMBERS, inflate, open_package, within_limits
from wuhao_report.files.paths import safe_name

PARCELS = frozenset({".zip", ".eml"})
MOST_WORKBOOKS = 500
LARGEST = 100 * 2**20
"""The largest size in bytes of a zip or a mail that is opened."""
ENCRYPTED = 0x1
IN_UTF8 = 0x800


@dataclass(frozen=True)
class Unpacked:
    """What lay in a parcel: workbooks as their names in it and where their files lie now, and names with why they are passed over."""

    workbooks: tuple[tuple[str, str], ...]
    passed_over: tuple[tuple[str, str], ...]


class NotUnpacked(WuhaoError):
    """A parcel that is not opened; its text says why."""


def unpack_parcel(path: Path, room: Path, endings: frozenset[str]) -> Unpacked:
    """Lay the files with these endings in a zip or a mail into a folder, each in a folder of its own, with the day that the parcel has for it.

    Raises NotUnpacked, OSError.
    """
    if path.stat().st_size > LARGEST:
        raise NotUnpacked(f"超过 {LARGEST // 2**20} MB")
    found = _in_zip(path) if path.suffix.lower() == ".zip" else _in_mail(path)
    workbooks: list[tuple[str, str]] = []
    passed_over: list[tuple[str, str]] = []
    left = MAX_INFLATED
    names: set[str] = set()
    for name, data, moment in found:
        shown = _inner_name(name)
        shown = next(own for own in _numbered(shown) if own not in names)
        names.add(shown)
        ending = PurePosixPath(shown).suffix.lower()
        if data is None:
            passed_over.append((shown, "有密码，没有打开；请解压到这个文件夹"))
        elif ending not in endings or PurePosixPath(shown).name.startswith(("~$", ".", "._")):
            if not PurePosixPath(shown).name.startswith((".", "~$")) and "__MACOSX" not in shown:
                passed_over.append((shown, "压缩包、邮件里的这个文件不是工作簿，没有读取"))
        elif len(workbooks) >= MOST_WORKBOOKS or len(data) > left:
            passed_over.append((shown, "里面的文件太多、太大，这一个没有读取；请解压到这个文件夹"))
        else:
            left -= len(data)
            target = Path(f"{len(workbooks):04d}", safe_name(PurePosixPath(shown).stem, ending))
            (room / target).parent.mkdir()
            (room / target).write_bytes(data)
            if moment is not None:
                with suppress(OSError, OverflowError):
                    os.utime(room / target, (moment, moment))
            workbooks.append((shown, target.as_posix()))
    return Unpacked(tuple(workbooks), tuple(passed_over))


def _numbered(name: str) -> Iterator[str]:
    """Yield a name, and those it has as the second and any further of that name in a parcel."""
    yield name
    yield from (f"{number}/{name}" for number in itertools.count(2))


def _inner_name(name: str) -> str:
    """Return the name of a member as it is shown: below the parcel, whatever it says of drives and folders above."""
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    return shown_name("/".join(part.replace(":", "_") for part in parts)) or "未命名"


def _in_zip(path: Path) -> Iterator[tuple[str, bytes | None, float | None]]:
    try:
        with open_package(path) as package:
            members = [info for info in package.infolist() if not info.is_dir()]
            if len(members) > MAX_MEMBERS or not within_limits(package):
                raise NotUnpacked("解开后太大")
            for info in members:
                yield _zip_name(info), None if info.flag_bits & ENCRYPTED else inflate(package, info), _zip_moment(info)
    except DAMAGE as error:
        raise NotUnpacked("压缩包打不开") from error


def _zip_moment(info: zipfile.ZipInfo) -> float | None:
    """Return when a member was written, by the clock of whoever packed it."""
    try:
        return datetime(*info.date_time).timestamp()
    except (ValueError, OverflowError):
        return None


def _mail_moment(message: EmailMessage) -> float | None:
    """Return when a mail was sent."""
    try:
        return email.utils.parsedate_to_datetime(str(message["Date"])).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None


def _zip_name(info: zipfile.ZipInfo) -> str:
    """Return the name of a member; those that Windows in Chinese has packed are in GBK."""
    if info.flag_bits & IN_UTF8:
        return info.filename
    try:
        raw = info.filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def _in_mail(path: Path) -> Iterator[tuple[str, bytes | None, float | None]]:
    try:
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        moment = _mail_moment(message)
        attachments = list(message.walk())
        if len(attachments) > MAX_MEMBERS:
            raise NotUnpacked("附件太多")
        for part in attachments:
            name = part.get_filename()
            content = part.get_payload(decode=True) if isinstance(part, EmailMessage) and name else None
            if name and isinstance(content, bytes):
                yield str(name), content, moment
    except OSError:
        raise
    # The parser of mails raises whatever a header makes it stumble over.
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise NotUnpacked("邮件打不开") from error
