"""click in Chinese: headings of the help screens, and the sentences for wrong usage."""

from __future__ import annotations

from typing import Any

import click


class _Chinese(click.Command):
    """Help screens with Chinese headings."""

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write how the command is called."""
        pieces = [
            piece.replace("[OPTIONS]", "[选项]").replace("COMMAND [ARGS]...", "命令 …")
            for piece in self.collect_usage_pieces(ctx)
        ]
        formatter.write_usage(ctx.command_path, " ".join(pieces), "用法：")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, and the commands of a group."""
        records = [
            record
            for item in self.get_params(ctx)
            if isinstance(item, click.Option) and (record := item.get_help_record(ctx)) is not None
        ]
        if records:
            with formatter.section("选项"):
                formatter.write_dl([(name, text.replace("[required]", "（必填）")) for name, text in records])
        if isinstance(self, click.Group):
            self.format_commands(ctx, formatter)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return the help option with a Chinese text of its own."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = "显示本说明。"
        return option


class ChineseCommand(_Chinese):
    """A command with a Chinese help screen."""


class ChineseGroup(_Chinese, click.Group):
    """A group of commands with a Chinese help screen."""

    command_class = ChineseCommand
    group_class = type

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each command with the first line of its help."""
        with formatter.section("命令"):
            formatter.write_dl(
                [
                    (name, (command.help or "").strip().split("\n")[0])
                    for name, command in self.commands.items()
                    if not command.hidden
                ]
            )


def sentence(error: click.ClickException) -> str:
    """Return what is wrong with a command line, in one Chinese sentence."""
    context: Any = getattr(error, "ctx", None)
    usage = f"（用法见 {context.command_path} --help）" if context is not None else ""
    if isinstance(error, click.NoSuchOption):
        near = f"，是否应为 {error.possibilities[0]}" if error.possibilities else ""
        return f"没有选项 {error.option_name}{near}{usage}。"
    if isinstance(error, click.MissingParameter):
        return f"缺少{_name(error)}{usage}。"
    if isinstance(error, click.BadParameter):
        reason = error.message if any("\u4e00" <= char <= "\u9fff" for char in error.message) else "不是可用的值。"
        return f"{_name(error)}：{reason}{usage}"
    if isinstance(error, click.BadOptionUsage):
        return f"选项 {error.option_name} 后面缺少内容{usage}。"
    if "No such command" in error.message:
        return f"没有命令 {error.message.split()[-1].strip(chr(39) + '.')}{usage}。"
    return f"命令写得不对{usage}。"


def _name(error: click.BadParameter) -> str:
    """Return the parameter as the user knows it."""
    parameter = error.param
    if isinstance(parameter, click.Option):
        return f"选项 {parameter.opts[-1]}"
    return f"参数“{parameter.make_metavar(error.ctx)}”" if parameter is not None and error.ctx is not None else "参数"
