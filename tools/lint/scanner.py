"""What python-hcl2 has to be spared before it reads Terraform.

Its grammar gives comments no place, refuses some where Terraform takes them (between two
operands on lines of their own, in an interpolation), refuses ``${~ x ~}``, and takes a
quoted string that runs over its line's end. So comments are taken out first, with their
lines, and line ends where they mean nothing; every character keeps its place.
"""

from __future__ import annotations

import re

from tools.lint.syntax import Comment

_CODE = re.compile(
    r"(?P<comment>(?:#|//)[^\n]*|/\*.*?\*/)"
    r"|(?P<heredoc><<-?(?P<tag>[A-Za-z_][\w.-]*)\r?\n)"
    r'|(?P<quote>")|(?P<open>[{(\[])|(?P<close>~?}|[)\]])|(?P<end>\n)',
    re.DOTALL,
)
_TEMPLATE = re.compile(
    r'(?P<escape>\\.|\$\$\{|%%\{)|(?P<open>[$%]\{~?)|(?P<quote>")|(?P<end>\n)|(?P<backslash>\\)',
    re.DOTALL,
)
# A heredoc knows no backslashes and may hold quotes.
_HEREDOC = re.compile(r'(?P<escape>\$\$\{|%%\{)|(?P<open>[$%]\{~?)|(?P<special>["\\])', re.DOTALL)

_INTERPOLATION = "${"

# What stands for the quotes and backslashes of a heredoc while it looks like a quoted string.
_STAND_INS = {'"': "\ue000", "\\": "\ue001"}
RESTORED = {ord(stand_in): character for character, stand_in in _STAND_INS.items()}


class UnreadableError(Exception):
    """A source that cannot be read, with the line at which that shows.

    Parameters
    ----------
    line
        The line, from 1.
    reason
        What is wrong there.
    """

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line = line
        self.reason = reason


class Scanner:
    """One pass over a text; afterwards ``cleaned`` and ``comments`` hold what it found.

    Parameters
    ----------
    text
        Terraform source, or the inside of a heredoc.
    heredoc
        Whether it is the latter: then ``cleaned`` is the inside of a quoted string, in which
        ``RESTORED`` brings back the quotes and backslashes.
    """

    def __init__(self, text: str, *, heredoc: bool = False) -> None:
        self.text = text
        self.comments: list[Comment] = []
        self._out: list[str] = []
        self._at = 0
        if heredoc:
            self._template(_HEREDOC)
        else:
            self._code("")
        self._keep(len(text))
        self.cleaned = "".join(self._out)

    def _line(self, at: int) -> int:
        return self.text.count("\n", 0, at) + 1

    def _keep(self, until: int) -> None:
        self._out.append(self.text[self._at : until])
        self._at = until

    def _blank(self, until: int) -> None:
        self._out.append(" " * (until - self._at))
        self._at = until

    def _code(self, opened_by: str) -> None:
        """Read code until what closes ``opened_by``, or the end of the text."""
        fresh_line = False
        while match := _CODE.search(self.text, self._at):
            if self.text[self._at : match.start()].strip():
                fresh_line = False
            self._keep(match.start())
            kind = match.lastgroup
            if kind == "end":
                # One line end separates; more, or one inside brackets, means nothing.
                if fresh_line or opened_by in {"(", "[", _INTERPOLATION}:
                    self._blank(match.end())
                self._keep(match.end())
                fresh_line = True
            elif kind == "comment":
                self._comment(match)
            else:
                fresh_line = kind == "heredoc"
                if kind == "close":
                    self._close(match)
                    return
                self._nested(match)

    def _close(self, match: re.Match[str]) -> None:
        if match.group().startswith("~"):
            self._blank(match.end() - 1)
        self._keep(match.end())

    def _nested(self, match: re.Match[str]) -> None:
        if match["quote"]:
            self._keep(match.end())
            self._template(_TEMPLATE)
        elif match["heredoc"]:
            ending = re.compile(rf"^[ \t]*{re.escape(match['tag'])}[ \t]*\r?$\n?", re.MULTILINE)
            end = ending.search(self.text, match.end())
            if end is None:
                reason = f"the heredoc {match['tag']} has no end"
                raise UnreadableError(self._line(match.start()), reason)
            self._keep(end.end())
        else:
            self._keep(match.end())
            self._code(match.group())

    def _comment(self, match: re.Match[str]) -> None:
        before = self.text[self.text.rfind("\n", 0, match.start()) + 1 : match.start()]
        if not match.group().startswith("/*"):
            text = match.group().lstrip("#/").strip()
            self.comments.append(Comment(self._line(match.start()), text, not before.strip()))
        self._blank(match.end())

    def _template(self, pattern: re.Pattern[str]) -> None:
        """Read the inside of a string, past its closing quote."""
        opened = self._at
        while match := pattern.search(self.text, self._at):
            kind = match.lastgroup
            self._keep(match.start())
            if kind == "end":
                break
            if kind == "open":
                self._keep(match.start() + 2)
                self._blank(match.end())
                self._code(_INTERPOLATION)
            elif kind == "special":
                self._out.append(_STAND_INS[match.group()])
                self._at = match.end()
            else:
                self._keep(match.end())
            if kind == "quote":
                return
        if pattern is _TEMPLATE:
            raise UnreadableError(self._line(opened), "a quoted string does not end on its line")
