/** The API speaks English. Its commonest sentences in Chinese; what is not here stays as it was said, so that nothing is lost. */
import type { Problem } from "@/api/errors";
import type { Language } from "@/words/language";
import { hintFor } from "./other-names";
import { TEXT_SENTENCES } from "./problem-sentences";

const SENTENCES: readonly (readonly [RegExp, string])[] = [
  ...TEXT_SENTENCES,
  [/^is missing$/, "缺少这一项"],
  [
    /^max_evals: the first (\S+) valid combinations run, .*; (\S+) after .+$/,
    "只运行前 $1 组有效组合，其余 $2 组不运行",
  ],
  [
    /^(\S+) of (\S+) combinations submitted this month are used.*$/,
    "本月已提交 $1 组参数，额度 $2 组；额度只作提示，不会拦住",
  ],
  [
    /^(\S+) of (\S+) seconds of computing this month are used.*$/,
    "本月计算时间已用 $1 秒，额度 $2 秒；额度只作提示，不会拦住",
  ],
  [/^(\S+) of (\S+) strategies are used.*$/, "已保存 $1 个策略，额度 $2 个；额度只作提示，不会拦住"],
  [/^(\S+) of (\S+) live share links are used.*$/, "有效的分享链接已有 $1 个，额度 $2 个；额度只作提示，不会拦住"],
  [/^unknown function '(.+)'$/, "没有函数「$1」"],
  [/^unknown name '(.+)'$/, "没有名称「$1」"],
  [/^unknown section '(.+)'$/, "没有「$1」这一节"],
  [/^unknown key '(.+)'$/, "没有「$1」这一项"],
  [/^unknown (?:setting|parameter) '(.+)'$/, "没有设置「$1」"],
  [/^is never used$/, "没有用到"],
  [/^did you mean '(.+)'\?$/, "是不是想写「$1」？"],
  [/^known: (.+)$/, "可用的有：$1"],
  [/^is (\S+), outside (\S+)\.\.(\S+)$/, "$1 超出范围 $2 到 $3"],
  [/^(\S+) is outside (\S+)\.\.(\S+)$/, "$1 超出范围 $2 到 $3"],
  [/^rates are shares of one: 5% is 0\.05$/, "比例按小数写：5% 写作 0.05"],
  [/^'(.+)' is none of (.+)$/, "「$1」不在可选项 $2 之内"],
  [/^the strategy has no parameter '(.+)'$/, "策略没有参数「$1」"],
  [/^neither the context nor the strategy names a universe$/, "策略文本和回测环境都没有指定股票池"],
  [/^name codes, \{"index".+$/, "在上面选一种股票池，或在文本里写 universe: {all: true}"],
  [/^(\d{4}-\d\d-\d\d) lies before the data$/, "$1 早于数据的第一天"],
  [/^(\d{4}-\d\d-\d\d) lies after the data$/, "$1 晚于数据的最后一天"],
  [/^(\S+) starts on (\S+)$/, "$1 从 $2 开始"],
  [/^(\S+) ends on (\S+)$/, "$1 到 $2 为止"],
  [/^the rules of board (\S+) begin on (\S+)$/, "板块 $1 的交易规则从 $2 起才有"],
  [/^start on (\S+) or later$/, "请从 $1 或更晚开始"],
  [/^starts after it ends$/, "开始日期晚于结束日期"],
  [/^swap (\S+) and (\S+)\?$/, "是不是把 $1 和 $2 写反了？"],
  [/^there is no such date$/, "没有这一天"],
  [/^(\S+) has (\d+) days$/, "$1 只有 $2 天"],
  [/^must be a date like (\S+)$/, "日期要写成 $1"],
  [/^input should be a valid integer$/, "要填整数"],
  [/^input should be (?:greater than or equal to|at least) (\S+)$/, "不能小于 $1"],
  [/^input should be less than or equal to (\S+)$/, "不能大于 $1"],
  [/^(\S+) has no index, stock or fund '(.+)'$/, "$1 里没有指数、股票或基金 $2"],
  [/^its indices are (.+); any stock or fund of it will do, too$/, "它的指数有 $1；其中的任一股票或基金也可以"],
  [/^there is no dataset '(.+)'$/, "没有数据版本「$1」"],
  [/^the lake holds (.+)$/, "现有的数据版本：$1"],
  [/^no combination keeps the strategy's `require`$/, "没有一组参数满足策略的 require 约束"],
  [/^choose other values$/, "请换一些候选值"],
  [/^(\S+) is below start, (\S+)$/, "终点 $1 小于起点 $2"],
  [/^exchange start and stop$/, "请把起点和终点对调"],
  [/^there is no metric '(.+)'$/, "没有指标「$1」"],
  [/^known here: (.+)$/, "可用的有：$1"],
  [/^unknown name '(.+)' in (.+)$/, "$2 里没有名称「$1」"],
  [/^cannot stand beside `select`.*$/, "不能与 select 并用：轮动按自己的排名买卖"],
  [/^remove exit or select$/, "去掉 exit 或 select"],
  [/^remove entry or select$/, "去掉 entry 或 select"],
  [/^stands here twice$/, "写了两次"],
  [/^keep one of the two$/, "保留其中一个"],
  [/^remove it, or use it$/, "用上它，或者去掉"],
  [/^is never used without `exit`$/, "没有 exit 就用不到"],
  [/^is optimistic: .+$/, "偏乐观：收盘之前没人知道收盘价，却按它成交"],
  [/^is switched off: nobody can trade like this$/, "已关闭这条规则：现实中没人能这样交易"],
  [/^the text is empty$/, "文本是空的"],
  [/^a strategy is a mapping with name, universe, entry, exit \.\.\.$/, "策略要写 name、universe、entry、exit 等各节"],
  [/^add `name: my-strategy`$/, "加一行 name: my-strategy"],
  [/^add `entry: <condition>`, or `select: .+$/, "加一行 entry: 条件，或 select: {top: 10, by: ..., every: month}"],
  [/^add `exit: <condition>`, or one of (.+)$/, "加一行 exit: 条件，或下面之一：$1"],
  [/^this is not YAML: (.+)$/, "这不是正确的 YAML：$1"],
  [/^a `: ` inside a value needs quotes.+$/, "值里面有冒号时要加引号；或者某一行缩进不对"],
  [/^indent with spaces, not tabs$/, "缩进用空格，不要用制表符"],
  [/^comparisons cannot be chained$/, "比较不能连写"],
  [/^equality is ==$/, "相等写作 =="],
  [/^divides by zero$/, "除以零"],
  [/^is less than min.*$/, "小于 min"],
  [/^is defined by itself: (.+)$/, "循环定义：$1"],
  [/^(\S+) has no bars of frequency '(.+)'$/, "$1 没有 $2 周期的 K 线"],
  [/^it has (.+)$/, "它有：$1"],
  [/^there is no (\S+) in (\S+)$/, "$2 里没有 $1"],
  [/^there is no session from (\S+) to (\S+)$/, "$1 到 $2 之间没有交易日"],
  [/^(\S+) lies beyond the data$/, "$1 晚于数据的最后一天"],
  [/^the strategy uses (\S+), which (\S+) does not have$/, "策略用到 $1，而 $2 没有这项数据"],
  [/^(\S+) has no industry '(.+)'$/, "$1 没有行业「$2」"],
  [/^(\S+) has no members of index (\S+)$/, "$1 没有指数 $2 的成分股"],
  [/^(\S+) cannot rank by '(.+)'$/, "$1 不能按 $2 排名"],
  [/^the universe is empty.*$/, "股票池是空的"],
  [/^another window, or other codes$/, "换个区间，或换些代码"],
  [/^is cash, and (\S+) has no dividend records?(?: of (.+))?$/, "选了现金分红，而 $1 缺少分红记录 $2"],
];

function inChinese(sentence: string): string {
  for (const [pattern, chinese] of SENTENCES) if (pattern.test(sentence)) return sentence.replace(pattern, chinese);
  return sentence;
}

export function problemSaid(problem: Problem, language: Language): { message: string; hint: string | null } {
  const hint = hintFor(problem.message) ?? problem.hint ?? null;
  if (language === "en") return { message: problem.message, hint };
  return { message: inChinese(problem.message), hint: hint && inChinese(hint) };
}

/** What the API lets one know beside an answer. */
export const noticeSaid = (notice: string, language: Language): string =>
  language === "en" ? notice : inChinese(notice);
