/** Words of the parameters and the configuration of a run. */
import type { Words } from "@/words/language";

interface ConfigurationWords {
  parameters: string;
  parameter: string;
  value: string;
  usual: string;
  bounds: string;
  changed: string;
  change: string;
  noParameters: string;
  settings: string;
  setting: Readonly<Record<string, string>>;
  choice: Readonly<Record<string, string>>;
  ofStrategy: string;
  otherwise: string;
  notes: string;
  identity: string;
  identityMeans: string;
  strategy: string;
  version: (number: number) => string;
  strategyHash: string;
  engine: string;
  rules: string;
  contentHash: string;
  run: string;
  reusedFrom: string;
  times: string;
  created: string;
  started: string;
  finished: string;
  took: string;
  attempt: string;
  copy: string;
  copyAll: string;
  copied: string;
  notCopied: string;
}

export const WORDS: Words<ConfigurationWords> = {
  zh: {
    parameters: "参数",
    parameter: "参数",
    value: "取值",
    usual: "默认值",
    bounds: "允许范围",
    changed: "已调整",
    change: "换参数重跑",
    noParameters: "这个策略没有参数",
    settings: "回测设置",
    setting: {
      universe: "股票池",
      window: "区间",
      frequency: "K 线周期",
      datasource_version: "数据版本",
      initial_cash: "初始资金（元）",
      benchmark: "基准",
      "costs.commission": "佣金率（双边）",
      "costs.minimum": "最低佣金（元/笔）",
      "costs.stamp_duty": "印花税率（卖出）",
      "costs.transfer_fee": "过户费率（双边）",
      "costs.dividends": "分红处理",
      "costs.dividend_tax": "红利税",
      "execution.fill": "成交价",
      "execution.frequency": "撮合周期",
      "execution.volume_cap": "成交量上限（占当根）",
      "execution.keep_rest": "未成部分保留",
      "execution.slippage.bps": "滑点（万分之）",
      "execution.slippage.ticks": "滑点（最小价位）",
      "execution.slippage.range": "滑点（占振幅）",
      "execution.slippage.impact": "冲击成本系数",
      "survivors.stocks": "幸存者偏差：股票数",
      "survivors.years": "幸存者偏差：年数",
      cannot_trade: "区间内无法交易",
      todays_industries: "按当前行业归类",
      "warm_up.wanted": "预热需要的 K 线",
      "warm_up.got": "预热实有的 K 线",
    },
    choice: {
      cash: "现金分红",
      reinvest: "红利再投资",
      next_open: "下一根开盘价",
      vwap: "当日均价（VWAP）",
      close: "收盘价",
      "1d": "日线",
      "1w": "周线",
      "1mo": "月线",
    },
    ofStrategy: "按策略设定",
    otherwise: "没有列出的设置按策略文本；费用与涨跌停、T+1 等规则按各交易日当时的制度执行。",
    notes: "备注",
    identity: "版本与校验",
    identityMeans: "这些完全相同的两次回测，数字逐位相同；内容哈希相同，结果就相同。",
    strategy: "策略",
    version: (number) => `第 ${number} 版`,
    strategyHash: "策略标识",
    engine: "引擎版本",
    rules: "交易规则版本",
    contentHash: "结果内容哈希",
    run: "运行编号",
    reusedFrom: "结果沿用自",
    times: "时间（北京时间）",
    created: "提交",
    started: "开始计算",
    finished: "完成",
    took: "计算用时",
    attempt: "尝试次数",
    copy: "复制",
    copyAll: "复制全部（JSON）",
    copied: "已复制",
    notCopied: "浏览器不允许复制，请手动选择文字",
  },
  en: {
    parameters: "Parameters",
    parameter: "Parameter",
    value: "Value",
    usual: "Default",
    bounds: "Bounds",
    changed: "Changed",
    change: "Run with others",
    noParameters: "This strategy has no parameters",
    settings: "Settings",
    setting: {
      universe: "Universe",
      window: "Window",
      frequency: "Bars",
      datasource_version: "Dataset",
      initial_cash: "Initial cash (CNY)",
      benchmark: "Benchmark",
      "costs.commission": "Commission, each side",
      "costs.minimum": "Least commission (CNY per order)",
      "costs.stamp_duty": "Stamp duty, of sales",
      "costs.transfer_fee": "Transfer fee, each side",
      "costs.dividends": "Dividends",
      "costs.dividend_tax": "Tax on dividends",
      "execution.fill": "Fill price",
      "execution.frequency": "Bars of fills",
      "execution.volume_cap": "Most of a bar's volume",
      "execution.keep_rest": "The unfilled rest stays",
      "execution.slippage.bps": "Slippage (basis points)",
      "execution.slippage.ticks": "Slippage (ticks)",
      "execution.slippage.range": "Slippage (share of the range)",
      "execution.slippage.impact": "Market impact",
      "survivors.stocks": "Survivors only: stocks",
      "survivors.years": "Survivors only: years",
      cannot_trade: "Not listed in the window",
      todays_industries: "By today's industry",
      "warm_up.wanted": "Bars wanted to warm up",
      "warm_up.got": "Bars there to warm up",
    },
    choice: {
      cash: "paid in cash",
      reinvest: "reinvested",
      next_open: "next open",
      vwap: "VWAP of the day",
      close: "close",
      "1d": "daily",
      "1w": "weekly",
      "1mo": "monthly",
    },
    ofStrategy: "as the strategy says",
    otherwise:
      "What is not listed is as the strategy's text says; fees, price limits and T+1 follow the rules of each session's day.",
    notes: "Notes",
    identity: "Versions and proof",
    identityMeans: "Two runs of which all of this is the same have the same numbers, bit for bit.",
    strategy: "Strategy",
    version: (number) => `version ${number}`,
    strategyHash: "Strategy's identity",
    engine: "Engine version",
    rules: "Trading rules version",
    contentHash: "Content hash",
    run: "Run",
    reusedFrom: "Answered from",
    times: "Times (Shanghai)",
    created: "Submitted",
    started: "Begun",
    finished: "Ended",
    took: "Took",
    attempt: "Attempt",
    copy: "Copy",
    copyAll: "Copy all (JSON)",
    copied: "Copied",
    notCopied: "The browser does not allow it: select the text by hand",
  },
};
