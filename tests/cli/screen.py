"""A terminal that is looked at: what stands on it after everything was painted."""

import re

TOKEN = re.compile(r"\x1b\[([0-9;]*)([A-Za-z])|([\r\n])|(.)", re.DOTALL)


class Screen:
    """Knows what sluice uses: colours, cursor up, erase to the end of the line and of the screen."""

    def __init__(self):
        self.rows = [[]]
        self.row = self.column = 0
        self.color = ""

    def put(self, text):
        cells = self.rows[self.row]
        cells.extend((" ", "") for _ in range(self.column - len(cells)))
        cells[self.column:self.column + 1] = [(text, self.color)]
        self.column += 1

    def control(self, number, letter):
        if letter == "m":
            self.color = "" if number in ("", "0") else number
        elif letter == "A":
            self.row -= int(number or 1)
            assert self.row >= 0, "it painted above what it had painted"
        elif letter == "K":
            del self.rows[self.row][self.column:]
        elif letter == "J":
            del self.rows[self.row][self.column:]
            del self.rows[self.row + 1:]
        else:
            raise AssertionError(f"ESC[{number}{letter} is not expected")

    def feed(self, text):
        for number, letter, line, char in TOKEN.findall(text):
            if letter:
                self.control(number, letter)
            elif line == "\r":
                self.column = 0
            elif line == "\n":
                self.row, self.column = self.row + 1, 0
                if self.row == len(self.rows):
                    self.rows.append([])
            else:
                assert char >= " ", f"a control character: {char!r}"
                self.put(char)
        return self

    def text(self):
        """The rows; a change of colour is shown as {32}, its end as {}."""
        lines = []
        for row in self.rows:
            line, color = "", ""
            for char, now in row:
                if now != color:
                    line += f"{{{now}}}"
                    color = now
                line += char
            lines.append((line + ("{}" if color else "")).rstrip())
        return "\n".join(lines).rstrip("\n") + "\n"


def screen(shown):
    return Screen().feed(shown.replace("\r\n", "\n").replace("\n", "\r\n")).text()
