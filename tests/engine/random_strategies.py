"""Texts of strategies that are nearly right, and texts in which a few places were changed."""

from random import Random

from engine.indicators.catalog import FIELD, FUNCTIONS, Function
from engine.language.sections.settings import KEYS as SETTINGS

SERIES = [row.name for row in FIELD.values() if row.kind == "number"]
TRUTHS = [row.name for row in FIELD.values() if row.kind == "truth"]
NUMBERS = [
    "0",
    "1",
    "2",
    "5",
    "20",
    "0.5",
    "1500",
    "1501",
    "1e3",
    ".5",
    "1000000000000000",
    "0.000000000000001",
    "1e308",
    "-3",
    "0x1F",
    "nan",
]
SLIPS = [
    "=",
    "&&",
    "^",
    "**",
    "!",
    "if",
    "else",
    "close.x",
    "close[1]",
    "（",
    "，",
    "'000300.SH'",
    '"',
    "'",
    "#",
    ":",
    "{",
    "]",
    "|",
    "\\",
    "%",
]
WORDS = [*FIELD, "n", "p", "fast", "true", "false", "not", "and", "industry", "closing", "smaa", "_", "None", "equal", "week", "next_open"]
UNIVERSES = [
    "[600519.SH]",
    "{all: true}",
    "{from: {index: 000300.SH}, where: not is_st}",
    "{rank: amount, top: 30}",
    "{from: {any: [{industry: [银行, 白酒]}, {boards: [star, fund]}, [600519.SH]]}}",
    "{rank: return_20, bottom: 30, within: {boards: main}}",
]
YAML = [
    "\n",
    "\n\n",
    "  ",
    "\t",
    "- ",
    ": ",
    "? ",
    "&a ",
    "*a ",
    "!x ",
    "---\n",
    "...\n",
    "%YAML 1.1\n",
    "|\n",
    ">-\n",
    "{",
    "}",
    "[",
    "]",
    ",",
]
ODD = ["\0", "\x1b", "\x85", "\u2028", "\ufeff", "\ud800", "🐉", "é", '"\\uD800"', "<<: ", "!!python/object:x ", "sma(close, 5)", "atr(14)"]
JUNK = [*SLIPS, *NUMBERS, *WORDS, *YAML, *ODD]


class Writer:
    """Writes what is right, but for a share of slips."""

    def __init__(self, random: Random, slips: float) -> None:
        self.random, self.slips = random, slips

    def strategy(self) -> str:
        one = self.random.choice
        rows = {
            "name": self._right("fuzz", ['""', "5", "[x]", '"\\n"']),
            "universe": one(UNIVERSES),
            "params": "{n: {default: 5, min: 2, max: 20}, p: {default: 0.5, min: 0.1, max: 0.9}}",
            "let": f"{{fast: {self._quoted('number')}, calm: {self._quoted('truth')}}}",
            "require": self._right("[n > p]", ["[n < p]", "[n]", "[close > n]", "{}", "[atr(n) > p]"]),
        }
        if self.random.random() < 0.75:
            rows |= {"entry": self._quoted("truth"), "exit": self._quoted("truth"), "rank": self._quoted("number")}
        else:
            every, keep = self._right(one(["week", "month", "5", "n"]), ["quarter", "0"]), self._right("n + 20", ["n", "fast", "0"])
            sizes = f"top: {one(['5', 'n', 'n + 2'])}, every: {every}, keep_within: {keep}"
            rows["select"] = f"{{{sizes}, by: {self._quoted('number')}, weight: {one(['equal', self._quoted('number')])}}}"
        for section in self.random.sample(sorted(SETTINGS), self.random.randint(0, 3)):
            keys = self.random.sample(SETTINGS[section], self.random.randint(1, min(3, len(SETTINGS[section]))))
            rows[section] = "{" + ", ".join(f"{key}: {self._setting(key)}" for key in keys if key != "max_positions") + "}"
        if self._slips():
            rows.pop(one(list(rows)))
        items = list(rows.items())
        self.random.shuffle(items)
        return "".join(f"{key}: {value}\n" for key, value in items)

    def expression(self, kind: str, depth: int = 4) -> str:
        """kind: number, truth, series (a number that changes), whole or constant."""
        if self._slips():
            return self.random.choice([*SLIPS, *WORDS, *NUMBERS, "", "()", "f(", "sma()"])
        if self._slips():
            kind = self.random.choice(["number", "truth", "series"])
        if depth == 0 or kind in ("whole", "constant") or self.random.random() < 0.2:
            return self._leaf(kind)
        inner = "number" if kind == "truth" else kind
        a, b = (self.expression(inner, depth - 1) for _ in range(2))
        chance = self.random.random()
        if kind == "truth" and chance < 0.3:
            return f"{a} {self.random.choice(['<', '<=', '>', '>=', '==', '!='])} {b}"
        if kind == "truth" and chance < 0.6:
            c, d = (self.expression("truth", depth - 1) for _ in range(2))
            return self.random.choice([f"{c} and {d}", f"({c} or {d})", f"not ({c})"])
        if kind != "truth" and chance < 0.4:
            c = self.expression("truth", depth - 1)
            operator = self.random.choice("+-*")
            return self.random.choice([f"({a} {operator} {b})", f"{a} / close", f"-{a}", f"if_else({c}, {a}, {b})"])
        functions = [row for row in FUNCTIONS if row.result == ("truth" if kind == "truth" else "number")]
        return self._call(self.random.choice(functions), depth)

    def _leaf(self, kind: str) -> str:
        right = {
            "truth": [*TRUTHS, "true", "close > open", "volume > 0"],
            "series": SERIES,
            "number": [*SERIES, "close", "n", "p", *NUMBERS[:6]],
            "whole": ["2", "5", "20", "n", "n + 1", "2 * n"],
            "constant": ["0.5", "2", "p", "n", "n * p"],
        }
        return self.random.choice(right[kind])

    def _call(self, function: Function, depth: int) -> str:
        arguments = []
        for row in function.arguments:
            if row.kind == "code":
                arguments.append(self._right('"000300.SH"', ["'000905.SH'", "close", '"x"']))
            elif row.kind in ("whole", "number"):
                arguments.append(self._right(self.random.choice([str(row.low), "2", "n" if row.kind == "whole" else "p"]), NUMBERS))
            elif row.kind == "elsewhere":
                arguments.append(self.random.choice(["close > sma(close, 5)", "roc(close, n)", "close"]))
            else:
                arguments.append(self.expression({"truth": "truth", "series": "series"}.get(row.kind, "number"), depth - 1))
        if self._slips():
            self.random.shuffle(arguments)
            arguments = arguments[: self.random.randint(0, 3)]
        return f"{function.name}({', '.join(arguments)})"

    def _setting(self, key: str) -> str:
        right = {
            **dict.fromkeys(("buy", "sell"), "{limit: raw_close * (1 - p / 10), stop: 'lowest(low, n)', time_in_force: gtc}"),
            **{"slippage": "{bps: n}", "sizing": "{percent: p}", "fill": "vwap", "frequency": "5m", "dividends": "cash"},
            **dict.fromkeys(("keep_rest", "dividend_tax", "price_limits", "t_plus_one", "lots"), "false"),
            **dict.fromkeys(("max_holding", "cool_down", "max_entries", "minimum"), "n"),
            **dict.fromkeys(("commission", "stamp_duty", "transfer_fee"), "0.0003"),
        }
        wrong = [
            "0.1",
            "p",
            "5",
            "n",
            "0",
            "true",
            "",
            "[]",
            "{ticks: 1}",
            "{bps: 1, ticks: 1}",
            self._quoted("constant"),
            self._quoted("series"),
        ]
        return self._right(right.get(key, "p / 2"), wrong)

    def _quoted(self, kind: str) -> str:
        text = self.expression(kind)
        return text if self._slips() else f"'{text.replace(chr(39), chr(39) * 2)}'"

    def _right(self, right: str, wrong: list[str]) -> str:
        return self.random.choice(wrong) if self._slips() else right

    def _slips(self) -> bool:
        return self.random.random() < self.slips


def strategy(random: Random) -> str:
    return Writer(random, random.choice([0, 0, 0.01, 0.05])).strategy()


def mutated(random: Random, text: str) -> str:
    """A text with a few places cut, doubled, exchanged or filled with something else."""
    for _ in range(random.randint(1, 6)):
        text = _mutated_once(random, text)
    return text


def _mutated_once(random: Random, text: str) -> str:
    a = random.randint(0, len(text))
    b = min(len(text), a + random.choice([0, 1, 3, 10, 60]))
    lines = text.splitlines(keepends=True) or [""]
    row = random.randrange(len(lines))
    word, other = random.sample(WORDS, 2)
    before, line, after = "".join(lines[:row]), lines[row], "".join(lines[row + 1 :])
    return random.choice(
        [
            text[:a] + random.choice(JUNK) + text[b:],
            text[:a] + text[b:],
            text[:b] + text[a:b] * random.choice([1, 2, 50]) + text[b:],
            before + after,
            text + line,
            before + random.choice([" ", "  ", "\t", "- "]) + line + after,
            text.replace(word, other, 1),
        ]
    )
