/** What an event tells, in a sentence made of its own figures: in Chinese as in the API's English. */
import { exact } from "@/format/exact";
import { count } from "@/format/numbers";
import type { Language } from "@/words/language";
import type { EventRow } from "./rows";
import { meaning, named, REASONS, REFUSALS } from "./terms";

type Sentence = (row: EventRow) => string;

const shares = (row: EventRow) => count(Math.abs(row.shares));

const CHINESE: Readonly<Record<string, Sentence>> = {
  buy: fill,
  sell: fill,
  refused_buy: refusal,
  refused_sell: refusal,
  ex_date: (row) =>
    `除权参考价 ${exact(row.price_yuan)}，除权后 ${shares(row)} 股${row.value_yuan ? `，不足一股折现 ${exact(row.value_yuan)} 元` : ""}`,
  exit: (row) => `${reasonOf(row)}触发，将以${row.price_yuan ? ` ${exact(row.price_yuan)} ` : "下一个可成交价"}卖出`,
  mark: (row) =>
    `总权益 ${exact(row.value_yuan)} 元${row.price_yuan ? `，其中挂单冻结 ${exact(row.price_yuan)} 元` : ""}`,
  breaker: (row) => `${reasonOf(row)}，总权益 ${exact(row.value_yuan)} 元，暂停买入`,
  dividend: (row) => `${shares(row)} 股登记在册，税前红利 ${exact(row.value_yuan)} 元`,
  paid: (row) => `红利 ${exact(row.value_yuan)} 元到账`,
  rights: (row) => `除权无记录，参考价 ${exact(row.price_yuan)}；未参与配股，${shares(row)} 股不变`,
  delisted: (row) => `${shares(row)} 股按最后价格 ${exact(row.price_yuan)} 清算，得 ${exact(row.value_yuan)} 元`,
  renamed: (row) => `启用新代码，${shares(row)} 股${former(row)}`,
  placed: (row) =>
    `${reasonOf(row)}：${row.shares < 0 ? "卖出" : "买入"} ${shares(row)} 股，委托价 ${row.price_yuan ? exact(row.price_yuan) : "市价"}${row.value_yuan ? `，冻结 ${exact(row.value_yuan)} 元` : ""}`,
  lapsed: (row) =>
    `${reasonOf(row)}，剩余 ${shares(row)} 股未成交${row.value_yuan ? `，解冻 ${exact(row.value_yuan)} 元` : ""}`,
};

const reasonOf = (row: EventRow) => named(REASONS, row.reason, "zh");

function fill(row: EventRow): string {
  const fees: [string, number][] = [
    ["佣金", row.commission_yuan],
    ["印花税", row.duty_yuan],
    ["过户费", row.transfer_yuan],
    ["红利税", row.tax_yuan],
  ];
  const paid = fees.filter(([, value]) => value !== 0).map(([name, value]) => `，${name} ${exact(value)}`);
  return `${shares(row)} 股 × ${exact(row.price_yuan)}，成交额 ${exact(row.value_yuan)} 元${paid.join("")}`;
}

function refusal(row: EventRow): string {
  const why = meaning(REFUSALS, row.reason ?? "", "zh") ?? row.reason ?? "";
  return row.price_yuan ? `${why}；当时价格 ${exact(row.price_yuan)}` : why;
}

/** The old code stands in the API's sentence alone: "was 600001.SH before: …". */
function former(row: EventRow): string {
  const before = /was (\S+) before/.exec(row.explanation ?? "")?.[1];
  return before ? `，原代码 ${before}` : "";
}

export function explain(row: EventRow, language: Language): string {
  if (language === "zh") return CHINESE[row.kind]?.(row) ?? row.explanation ?? "";
  if (row.kind === "mark") return `equity ${exact(row.value_yuan)} yuan`;
  return row.explanation ?? "";
}
