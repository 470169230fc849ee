import { expect, it } from "vitest";
import { formatted } from "./formatting";

const SECTIONS = ["name", "params", "require", "universe", "let", "entry", "exit", "portfolio", "risk"];

it("puts sections into the language's order and takes their comments along", () => {
  const code = "# of the whole\n\nname: x\n# why\nexit: close < 1\nentry: close > 1\nparams:\n  n: {default: 5}\n";
  expect(formatted(code, SECTIONS)).toBe(
    "# of the whole\n\nname: x\nparams:\n  n: {default: 5}\nentry: close > 1\n# why\nexit: close < 1\n",
  );
});

it("evens out spaces, but not in quotes and comments", () => {
  const code =
    'name:   x  \r\nparams:\n\tn: { default: 5,min: 2 }    # a,b<c\nentry: "close>ref(close,1)"\nexit: close<sma(close,n)\n\n\n\n';
  expect(formatted(code, SECTIONS)).toBe(
    'name: x\nparams:\n  n: {default: 5, min: 2}     # a,b<c\nentry: "close>ref(close,1)"\nexit: close < sma(close, n)\n',
  );
});

it("leaves a text that is even as it is", () => {
  const code = "name: x\n\n# said\nparams:\n  n: {default: 5}\n\nentry: >\n  close > 1\n  and close < 9\n";
  expect(formatted(code, SECTIONS)).toBe(code);
});
