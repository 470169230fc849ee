import type { Words } from "@/words/language";

interface AboutWords {
  title: string;
  lead: string;
  sections: readonly { title: string; lines: readonly string[] }[];
  parts: { title: string; contained: string; texts: string; candles: string };
}

export const WORDS: Words<AboutWords> = {
  zh: {
    title: "免责声明",
    lead: "量湖是研究工具。这里的一切结果仅供研究，不构成投资建议。",
    sections: [
      {
        title: "它不是什么",
        lines: [
          "不是投资建议，也不推荐任何证券、策略或买卖时机。",
          "不接券商，不会替你下单；这里的“成交”都是按历史行情模拟出来的。",
          "不保证盈利。历史回测不代表未来收益；模拟和实盘之间总有差别，例如冲击成本、排队、停牌前后的真实流动性。",
        ],
      },
      {
        title: "模拟的边界",
        lines: [
          "只做多：不能融券做空，也没有期货和期权。",
          "撮合用的是 K 线，不是逐笔和盘口；一根 K 线之内先后发生了什么，只能按写明的规则假定。",
          "市场规则（T+1、涨跌停、整手、税费等）按生效日期逐条记录，并注明出处；没有找到公告的规则不在模拟里。",
          "数据来自安装者导入的文件或 Tushare，可能有错、有缺；入库检查的结果在“数据”页可以看到。样本市场是虚构的，没有一家公司或一个价格是真实的。",
        ],
      },
      {
        title: "怎样看待一个好结果",
        lines: [
          "试得越多，越容易碰到好看的结果。网格诊断会说明最好的一组有多大可能只是运气；诊断通过也不是承诺。",
          "看过的时段不能再当作检验。真正的证明只有没看过的时段。",
        ],
      },
      {
        title: "账户里的内容",
        lines: [
          "策略、回测和结果只有你自己的账户能看到；你主动建立的分享链接除外，它不含策略源码，可以随时撤销。",
          "部署和管理这个平台的人掌握数据库，技术上能够接触到其中的内容。请自行判断是否适合放在这里。",
          "页面的使用次数按天计数，不记录是谁。",
        ],
      },
    ],
    parts: {
      title: "开源组件",
      contained: "网页包含其他人的开源代码，许可证全文见",
      texts: "开源许可",
      candles: "K 线图使用 TradingView Lightweight Charts™，版权所有 © 2025 TradingView, Inc.",
    },
  },
  en: {
    title: "Disclaimer",
    lead: "LiangHu is a tool for research. Everything it shows is for research only and is not investment advice.",
    sections: [
      {
        title: "What it is not",
        lines: [
          "It is not investment advice and recommends no security, strategy or moment to trade.",
          "It connects to no broker and places no orders; its fills are simulated on past bars.",
          "It promises no profit. A backtest says nothing certain about the future, and a simulation always differs from trading: market impact, queues, liquidity around halts.",
        ],
      },
      {
        title: "Where the simulation ends",
        lines: [
          "Long only: no short sales, no futures, no options.",
          "Orders meet bars, not ticks or the order book; what happened first within a bar can only be assumed, by written rules.",
          "Market rules (T+1, price limits, lots, duties and fees) are rows with a first day and a source; a rule whose notice was not found is not simulated.",
          "Data are files that were imported, or Tushare's; they may be wrong or have holes. What the checks found is on the data page. The sample market is invented: no company or price in it is real.",
        ],
      },
      {
        title: "How to take a good result",
        lines: [
          "The more you try, the prettier the best looks. A grid's diagnosis says how likely its best is luck; a good verdict is no promise either.",
          "A window you have looked at is no longer a test. Only one you have not looked at is.",
        ],
      },
      {
        title: "What is in your account",
        lines: [
          "Strategies, backtests and results are visible to your account only, except for share links that you make: those have no source and can be revoked at any time.",
          "Whoever runs this platform holds its database and could technically reach what is in it. Judge for yourself what belongs here.",
          "Page uses are counted by day, without recording who.",
        ],
      },
    ],
    parts: {
      title: "Open source",
      contained: "These pages contain open-source code by others; the full licences are in",
      texts: "open source licences",
      candles: "Candlesticks are drawn by TradingView Lightweight Charts™, Copyright © 2025 TradingView, Inc.",
    },
  },
};
