import type { Words } from "@/words/language";

export type Part = "trades" | "report";

interface ShareWords {
  share: string;
  heading: string;
  about: string;
  name: string;
  nameHint: string;
  expiry: string;
  days: (days: number) => string;
  parts: string;
  always: string;
  part: Record<Part, string>;
  make: string;
  making: string;
  made: string;
  link: string;
  shownOnce: string;
  copy: string;
  copied: string;
  open: string;
  given: string;
  none: string;
  until: (moment: string) => string;
  ended: (moment: string) => string;
  revokedAt: (moment: string) => string;
  views: (count: string) => string;
  live: string;
  expired: string;
  revoked: string;
  revoke: string;
  revokeLink: (title: string) => string;
  sure: string;
  keep: string;
  gone: string;
  more: string;
}

interface SharedWords {
  title: string;
  noToken: string;
  noTokenHelp: string;
  dead: string;
  deadHelp: string;
  home: string;
  synthetic: string;
  syntheticMeans: string;
  readOnly: string;
  frozen: (moment: string) => string;
  until: (moment: string) => string;
  strategy: (name: string) => string;
  adjusted: string;
  figures: string;
  equity: string;
  monthly: string;
  settings: string;
  parameters: string;
  noParameters: string;
  window: string;
  universe: string;
  hidden: string;
  frequency: string;
  data: string;
  cash: string;
  benchmark: string;
  none: string;
  trades: string;
  tradesShown: (shown: string, all: string) => string;
  tradesHidden: (count: string) => string;
  code: string;
  entry: string;
  exit: string;
  bought: string;
  sold: string;
  shares: string;
  pnl: string;
  gain: string;
  sessions: string;
  reason: string;
  report: string;
  reportHelp: string;
  disclaimer: string;
  own: string;
}

export const SHARED_WORDS: Words<SharedWords> = {
  zh: {
    title: "分享的回测结果",
    noToken: "链接不完整",
    noTokenHelp: "地址里缺少分享码，请向分享者要完整的链接。",
    dead: "这个分享已经看不到了",
    deadHelp: "它可能已过期、被分享者撤销，或者链接不完整。请向分享者要一个新的链接。",
    home: "了解量湖",
    synthetic: "样本市场",
    syntheticMeans: "数据为虚构的样本市场，不对应任何真实公司",
    readOnly: "只读",
    frozen: (moment) => `定格于 ${moment}`,
    until: (moment) => `有效至 ${moment}`,
    strategy: (name) => `策略 ${name}`,
    adjusted: "后复权信号，按不复权价格成交",
    figures: "绩效指标",
    equity: "净值与回撤",
    monthly: "月度收益",
    settings: "回测设置",
    parameters: "参数",
    noParameters: "无参数",
    window: "回测区间",
    universe: "股票池",
    hidden: "随策略（未公开）",
    frequency: "周期",
    data: "数据版本",
    cash: "初始资金（元）",
    benchmark: "基准",
    none: "无",
    trades: "平仓交易",
    tradesShown: (shown, all) => (shown === all ? `共 ${all} 笔` : `显示前 ${shown} 笔，共 ${all} 笔`),
    tradesHidden: (count) => `共 ${count} 笔平仓交易，分享者没有公开明细。`,
    code: "代码",
    entry: "买入日",
    exit: "卖出日",
    bought: "买入价（不复权）",
    sold: "卖出价（不复权）",
    shares: "股数",
    pnl: "盈亏（元）",
    gain: "收益率",
    sessions: "持有交易日",
    reason: "卖出原因",
    report: "打开完整报告",
    reportHelp: "分享者附上了完整的 HTML 报告。",
    disclaimer: "仅供研究：历史回测不代表未来收益，不构成投资建议。",
    own: "用量湖做自己的回测",
  },
  en: {
    title: "A shared result",
    noToken: "The link is not complete",
    noTokenHelp: "Its token is missing. Ask whoever sent it for the whole link.",
    dead: "This link works no more",
    deadHelp: "It has expired, was revoked, or is not complete. Ask whoever sent it for a new one.",
    home: "What LiangHu is",
    synthetic: "Sample market",
    syntheticMeans: "The data are an invented market; no real company is meant",
    readOnly: "Read-only",
    frozen: (moment) => `frozen ${moment}`,
    until: (moment) => `works until ${moment}`,
    strategy: (name) => `strategy ${name}`,
    adjusted: "Signals on back-adjusted prices, trades at real ones",
    figures: "Figures",
    equity: "Equity and drawdown",
    monthly: "Months",
    settings: "Settings",
    parameters: "Parameters",
    noParameters: "none",
    window: "Window",
    universe: "Universe",
    hidden: "the strategy's own (not disclosed)",
    frequency: "Bars",
    data: "Data",
    cash: "Initial cash (CNY)",
    benchmark: "Benchmark",
    none: "none",
    trades: "Closed trades",
    tradesShown: (shown, all) => (shown === all ? `${all} trades` : `the first ${shown} of ${all} trades`),
    tradesHidden: (count) => `${count} closed trades, which are not part of what is shared.`,
    code: "Code",
    entry: "Bought",
    exit: "Sold",
    bought: "Entry price (unadjusted)",
    sold: "Exit price (unadjusted)",
    shares: "Shares",
    pnl: "P&L (CNY)",
    gain: "Return",
    sessions: "Sessions held",
    reason: "Why sold",
    report: "Open the whole report",
    reportHelp: "The whole HTML report is part of what is shared.",
    disclaimer: "For research: past results say nothing certain about future ones, and are no advice.",
    own: "Backtest your own strategy",
  },
};

export const WORDS: Words<ShareWords> = {
  zh: {
    share: "分享",
    heading: "分享回测结果",
    about: "生成一个只读链接：把此刻的结果定格下来，打开的人无需登录，看不到策略源码。随时可以撤销。",
    name: "标题",
    nameHint: "显示在分享页顶部；留空则用策略名",
    expiry: "有效期",
    days: (days) => `${days} 天`,
    parts: "附加内容",
    always: "总是包含：绩效指标、净值与回撤、月度收益、回测设置。",
    part: { trades: "平仓交易明细", report: "完整 HTML 报告（与你看到的相同）" },
    make: "生成链接",
    making: "正在准备这次回测的账户数据…",
    made: "链接已生成",
    link: "分享链接",
    shownOnce: "链接只显示这一次，请现在复制；之后可以撤销，但不能再次查看。",
    copy: "复制链接",
    copied: "已复制",
    open: "打开",
    given: "已有的分享",
    none: "这次回测还没有分享过。",
    until: (moment) => `有效至 ${moment}`,
    ended: (moment) => `已于 ${moment} 过期`,
    revokedAt: (moment) => `已于 ${moment} 撤销`,
    views: (count) => `浏览 ${count} 次`,
    live: "有效",
    expired: "已过期",
    revoked: "已撤销",
    revoke: "撤销",
    revokeLink: (title) => `撤销分享：${title}`,
    sure: "确认撤销",
    keep: "保留",
    gone: "分享已撤销，链接不再有效",
    more: "更早的",
  },
  en: {
    share: "Share",
    heading: "Share this result",
    about:
      "A read-only link freezes the result as it is now. Whoever opens it needs no account and never sees the strategy's source. It can be revoked at any time.",
    name: "Title",
    nameHint: "Shown at the top of the shared page; empty: the strategy's name",
    expiry: "Works for",
    days: (days) => `${days} days`,
    parts: "Also include",
    always: "Always included: figures, equity and drawdown, monthly returns, settings.",
    part: { trades: "Closed trades", report: "The whole HTML report, as you see it" },
    make: "Create link",
    making: "The account of this run is being prepared…",
    made: "The link is ready",
    link: "Link",
    shownOnce: "The link is shown only now: copy it. It can be revoked later, but not looked up again.",
    copy: "Copy link",
    copied: "Copied",
    open: "Open",
    given: "Links so far",
    none: "This run has not been shared yet.",
    until: (moment) => `until ${moment}`,
    ended: (moment) => `expired ${moment}`,
    revokedAt: (moment) => `revoked ${moment}`,
    views: (count) => `${count} views`,
    live: "Live",
    expired: "Expired",
    revoked: "Revoked",
    revoke: "Revoke",
    revokeLink: (title) => `Revoke the link: ${title}`,
    sure: "Yes, revoke",
    keep: "Keep it",
    gone: "Revoked: the link works no more",
    more: "Older ones",
  },
};
