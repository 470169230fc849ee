import { MOST_COMPARED } from "@/jobs/comparison";
import type { Words } from "@/words/language";

interface Step {
  id: string;
  title: string;
  lines: readonly string[];
  code?: string;
  to?: { href: string; label: string };
}

interface TutorialWords {
  title: string;
  lead: string;
  contents: string;
  steps: readonly Step[];
}

const EXAMPLE = `name: my-averages
params:
  ma_short: {default: 5, min: 2, max: 60}
  ma_long: {default: 20, min: 3, max: 120}
require: [ma_short < ma_long]
universe:
  from: {all: true}
  where: listed_days > 60
let:
  fast: sma(close, ma_short)
  slow: sma(close, ma_long)
entry: cross_above(fast, slow)
exit: cross_below(fast, slow)
rank: roc(close, 20)
portfolio: {max_positions: 10}
risk: {stop_loss: 0.1}`;

export const WORDS: Words<TutorialWords> = {
  zh: {
    title: "教程",
    lead: "从登录到一个可以相信的结果。前两步一分钟就够，其余的用到再看。",
    contents: "目录",
    steps: [
      {
        id: "first",
        title: "第一个结果",
        lines: [
          "登录后打开“模板”，选一个，例如“双均线”，进入编辑器。",
          "区间、股票池、资金和费用都已填好，直接按“开始回测”（Ctrl+Enter）。样本市场上几秒钟就有结果。",
        ],
        to: { href: "/templates/", label: "打开模板" },
      },
      {
        id: "read",
        title: "看懂结果",
        lines: [
          "最上面是主要指标，点开可以看公式；下面是资金曲线和基准，以及回撤。",
          "“成交”“持仓”里是每一笔的来历；“拒单”列出没能成交的委托和原因；“K线”上标着买卖点。",
          "“诊断”像一位细心的同事：先说严重的问题，再说提醒。“样本不足”表示交易太少，还不能下结论。",
        ],
      },
      {
        id: "grid",
        title: "参数网格",
        lines: [
          "在策略页把运行方式换成“参数网格”，给参数写候选值“5, 10, 20”，或区间“5..60 step 5”。文本里的 require 会去掉不合理的组合，例如短均线不短于长均线。",
          "提交前会估计组合数、时间和费用。运行中可以看进度、取消，也可以关掉网页，之后从“历史”回来。",
          "表格可以按任何指标排序；热力图看两个参数共同的影响；选中的一组可以一键变成单次回测，数字与网格里逐位相同。",
        ],
        to: { href: "/faq/#best", label: "排名第一的参数可以直接用吗？" },
      },
      {
        id: "believe",
        title: "该不该相信",
        lines: [
          "试得越多，最好的一组越好看。网格的“过拟合诊断”把运气扣掉：试了多少组、样本外是否成立、有没有跑赢基准、邻近的参数是否也好。",
          "总评是“可信”“存疑”“不可信”或“无法判断”。即使可信，也请再用一段没看过的时间确认一次。",
        ],
      },
      {
        id: "write",
        title: "写自己的策略",
        lines: [
          "策略是一段 YAML：从哪些股票里选（universe）、什么时候买（entry）、什么时候卖（exit）、资金不够时谁优先（rank）。编辑器会补全函数、标出问题并给出建议。",
          "下面这个策略可以直接粘贴进去。每次运行过的文本都会自动留下一个版本。",
        ],
        code: EXAMPLE,
        to: { href: "/strategies/?new", label: "新建策略" },
      },
      {
        id: "compare",
        title: "对比与分享",
        lines: [
          `“对比”把几次回测放在同一条时间轴上，最多 ${MOST_COMPARED} 个。`,
          "分享链接给别人看一份冻结的结果：没有源码，到期失效，可以随时撤销。",
        ],
        to: { href: "/compare/", label: "打开对比" },
      },
      {
        id: "data",
        title: "数据从哪里来",
        lines: [
          "样本市场是虚构的，用来熟悉工具；在它上面赚钱说明不了什么。真实行情由安装者用 lianghu data import 或 lianghu data sync 导入。",
          "每份数据都有版本，回测会记下用的是哪一版。",
        ],
        to: { href: "/data/", label: "看看有哪些数据" },
      },
      {
        id: "programs",
        title: "从程序里用",
        lines: [
          "页面能做的，REST API、Python 客户端和命令行都能做。在“账户”里新建 API 密钥。",
          "完整的语言、指标、市场规则和接口说明在源码的 docs 目录里。",
        ],
        to: { href: "/account/", label: "新建密钥" },
      },
    ],
  },
  en: {
    title: "Tutorial",
    lead: "From signing in to a result you can believe. The first two steps take a minute; read the others when you need them.",
    contents: "Contents",
    steps: [
      {
        id: "first",
        title: "A first result",
        lines: [
          "Sign in, open Templates, choose one, say dual-moving-average, and open it in the editor.",
          "Window, universe, capital and costs are filled in. Start the backtest (Ctrl+Enter); on the sample market it takes seconds.",
        ],
        to: { href: "/templates/", label: "To the templates" },
      },
      {
        id: "read",
        title: "Reading it",
        lines: [
          "The main figures are at the top and open with their formulas; below them are equity with its benchmark, and the drawdown.",
          "Trades and positions show where each figure comes from; refused orders are listed with the rule that stopped them; the chart marks buys and sells.",
          "The findings read like a careful colleague: serious problems first, then warnings. “Sample too small” means that there are too few trades for a verdict.",
        ],
      },
      {
        id: "grid",
        title: "A grid of parameters",
        lines: [
          "Change the strategy page from a single run to a grid and give candidates, “5, 10, 20”, or a range, “5..60 step 5”. The text's require drops combinations that make no sense, such as a short average longer than the long one.",
          "The number of combinations, time and cost are estimated before you submit. While it runs you can watch its progress, cancel it, or close the page and come back through History.",
          "The table sorts by any figure; the heatmap shows two parameters together; one click turns a combination into a single run, with the same numbers bit for bit.",
        ],
        to: { href: "/faq/#best", label: "Can I just use the best-ranked parameters?" },
      },
      {
        id: "believe",
        title: "Whether to believe it",
        lines: [
          "The more is tried, the better the best looks. A grid's tab “Overfitting” takes the luck off: how many were tried, whether the best holds out of sample, beats the benchmark, and has good neighbours.",
          "The verdict is good, doubtful, bad or unknown. Confirm even a good one on a window you have not looked at.",
        ],
      },
      {
        id: "write",
        title: "Your own strategy",
        lines: [
          "A strategy is a YAML text: which stocks to choose from (universe), when to buy (entry), when to sell (exit), which come first when cash is short (rank). The editor completes functions, marks problems and suggests what was meant.",
          "You can paste the one below as it is. Every text you run is kept as a version.",
        ],
        code: EXAMPLE,
        to: { href: "/strategies/?new", label: "A new strategy" },
      },
      {
        id: "compare",
        title: "Comparing and sharing",
        lines: [
          `Compare puts up to ${MOST_COMPARED} runs on one time axis.`,
          "A share link shows others a frozen result: no source, it expires, and you can revoke it at any time.",
        ],
        to: { href: "/compare/", label: "To the comparison" },
      },
      {
        id: "data",
        title: "Where the data come from",
        lines: [
          "The sample market is invented, for getting to know the tool; profits on it mean nothing. Whoever installs the platform brings in real bars, with lianghu data import or lianghu data sync.",
          "Every data set has a version, and every backtest records the one it used.",
        ],
        to: { href: "/data/", label: "See which data there are" },
      },
      {
        id: "programs",
        title: "From programs",
        lines: [
          "Everything on these pages can also be done through the REST API, the Python client and the command line. Make an API key under Account.",
          "The language, figures, market rules and API are described in full in the docs folder of the source.",
        ],
        to: { href: "/account/", label: "Make a key" },
      },
    ],
  },
};
