import type { Words } from "@/words/language";

interface Question {
  /** The part of the address that leads to it. */
  id: string;
  ask: string;
  answer: readonly string[];
  /** Where to go on. */
  to?: { href: string; label: string };
}

interface FaqWords {
  title: string;
  lead: string;
  groups: readonly { title: string; questions: readonly Question[] }[];
  missing: string;
  feedback: string;
}

export const WORDS: Words<FaqWords> = {
  zh: {
    title: "常见问题",
    lead: "结果怎么算、数据从哪里来、能信多少。",
    groups: [
      {
        title: "结果",
        questions: [
          {
            id: "reproducible",
            ask: "结果能重算出来吗？",
            answer: [
              "能。每个结果都记下策略版本、数据版本、规则版本、引擎版本和内容哈希；同样的内容得到逐位相同的结果。",
              "命令行 lianghu verify <回测编号> 会在你自己的电脑上重新计算一遍，逐项比较。",
            ],
          },
          {
            id: "same",
            ask: "网格里的一格，和单独跑这组参数，数字一样吗？",
            answer: ["一样，逐位相同。网格只是把许多次单独的回测放在一起算。"],
          },
          {
            id: "refused",
            ask: "为什么有些委托没有成交？",
            answer: [
              "因为市场不会让它成交：涨停买不进、跌停卖不出、停牌、T+1 当天买入不能卖、不足一手、资金不够、超过成交量上限等。每一笔被拒的委托都列在结果的“拒单”里，并写明是哪条规则。",
            ],
          },
          {
            id: "adjusted",
            ask: "复权怎么处理？",
            answer: [
              "策略看到的是后复权价格，除权日没有跳空；成交按当时的实际价格；分红按派息日入账，并按持有时间扣税。各处显示的价格都注明了复权方式。",
            ],
          },
          {
            id: "lookahead",
            ask: "会不会用到未来数据？",
            answer: [
              "市价信号在一根 K 线收盘时判断，默认在下一根开盘成交。命令行 lianghu strategy prove 会把数据在若干处截断、重新计算并逐位比较，以证明策略没有用到之后的数据。",
              "委托表是你从外部带来的，平台无法保证；成交价好得不正常时，“诊断”会提醒。",
            ],
          },
          {
            id: "few",
            ask: "“样本不足”是什么意思？",
            answer: ["这个数字所依据的交易日或交易太少，看不出什么。它不是坏消息，只是还不能下结论。"],
          },
        ],
      },
      {
        title: "网格",
        questions: [
          {
            id: "best",
            ask: "排名第一的参数可以直接用吗？",
            answer: [
              "先看诊断。试了很多组之后，最好的一组总会很好看，哪怕全都没有价值。诊断会扣除尝试次数带来的运气，看样本外是否成立、邻近的参数是否也好。",
              "在平台上，你在同一策略、同一股票池上试过的所有组合都会算进尝试次数，包括以前的网格。",
            ],
          },
          {
            id: "close",
            ask: "计算时可以关掉网页吗？",
            answer: ["可以。任务在平台上继续，之后从“历史”回来就能看到。取消之后，已经算完的部分会保留。"],
            to: { href: "/history/", label: "打开历史" },
          },
        ],
      },
      {
        title: "数据",
        questions: [
          {
            id: "source",
            ask: "数据从哪里来？",
            answer: [
              "由安装者决定：虚构的样本市场、自行导入的文件，或 Tushare Pro。现在有哪些版本、到哪一天、查出过什么问题，都在“数据”页。",
            ],
            to: { href: "/data/", label: "打开数据" },
          },
          {
            id: "what",
            ask: "支持哪些品种和频率？",
            answer: [
              "A 股股票和场内基金；指数可以作基准和股票池。只做多，没有融券、期货和期权。",
              "日线、周线、月线，以及数据里有的分钟线；长的频率可以由短的合成。",
            ],
          },
        ],
      },
      {
        title: "账户",
        questions: [
          {
            id: "private",
            ask: "谁能看到我的策略？",
            answer: [
              "别的用户看不到：每个账户的数据在数据库里按人隔离。分享链接里没有策略源码，也可以随时撤销。部署平台的人掌握数据库，技术上能够接触到。",
              "演示账户人人可用，请不要在里面放自己的策略。",
            ],
          },
          {
            id: "quota",
            ask: "额度用完了会怎样？",
            answer: ["什么也不会拦住：额度只是提示。用到八成时会有提醒。"],
            to: { href: "/account/", label: "查看用量" },
          },
          {
            id: "live",
            ask: "能接实盘吗？",
            answer: ["不能。量湖只做研究，不接券商，不会下单。"],
          },
          {
            id: "programs",
            ask: "能从自己的程序里用吗？",
            answer: [
              "能。页面上的一切都通过 REST API 完成，另有 Python 客户端和命令行。在“账户”里新建 API 密钥，可以只给一部分权限。",
            ],
            to: { href: "/account/", label: "新建密钥" },
          },
        ],
      },
    ],
    missing: "没有找到答案？",
    feedback: "写反馈给我们",
  },
  en: {
    title: "Questions",
    lead: "How results are computed, where data come from, how far to trust them.",
    groups: [
      {
        title: "Results",
        questions: [
          {
            id: "reproducible",
            ask: "Can a result be computed again?",
            answer: [
              "Yes. Every result keeps the versions of its strategy, data, rules and engine, and a hash of its content; the same content gives the same result, bit for bit.",
              "The command lianghu verify <run> computes it again on your own machine and compares every part.",
            ],
          },
          {
            id: "same",
            ask: "Is a grid's cell the same as a single run of its parameters?",
            answer: ["Yes, bit for bit. A grid only computes many single runs together."],
          },
          {
            id: "refused",
            ask: "Why were some orders not filled?",
            answer: [
              "Because the market would not have filled them: at the upper limit nobody sells, at the lower nobody buys, halts, T+1, less than a lot, no cash, too large a share of the volume. Each refused order is listed under “Refused”, with the rule that stopped it.",
            ],
          },
          {
            id: "adjusted",
            ask: "How are prices adjusted?",
            answer: [
              "Strategies see back-adjusted prices, which do not jump on ex-dates; fills are at prices as traded; dividends are paid on their day and taxed by how long shares were held. Wherever a price is shown, its adjustment is named.",
            ],
          },
          {
            id: "lookahead",
            ask: "Does anything look ahead?",
            answer: [
              "Market signals are judged at a bar's close and fill at the next open unless you say otherwise. The command lianghu strategy prove cuts the data off at several bars, computes again and compares every bit, so that a strategy is shown to use nothing later.",
              "Tables of orders from elsewhere are yours; where their fills are too good, the findings say so.",
            ],
          },
          {
            id: "few",
            ask: "What does “sample too small” mean?",
            answer: [
              "The figure rests on too few sessions or trades to say much. That is no bad news, only no verdict yet.",
            ],
          },
        ],
      },
      {
        title: "Grids",
        questions: [
          {
            id: "best",
            ask: "May I take the first of the ranking?",
            answer: [
              "Look at the diagnosis first. The best of many is always admirable, also where none is worth anything. The diagnosis takes the luck of so many trials off, and looks whether the choice holds out of sample and whether its neighbours are good, too.",
              "On the platform every combination that you ever tried of this strategy on this universe counts as a trial, those of earlier grids too.",
            ],
          },
          {
            id: "close",
            ask: "May I close the page while something is computed?",
            answer: ["Yes. The job goes on, and History leads back to it. What was computed before a cancel is kept."],
            to: { href: "/history/", label: "To the history" },
          },
        ],
      },
      {
        title: "Data",
        questions: [
          {
            id: "source",
            ask: "Where do data come from?",
            answer: [
              "Whoever installs the platform decides: the invented sample market, imported files, or Tushare Pro. Which versions there are, up to which day, and what was found in them is on the data page.",
            ],
            to: { href: "/data/", label: "To the data" },
          },
          {
            id: "what",
            ask: "What can be traded, on which bars?",
            answer: [
              "A-shares and exchange-traded funds; indices are benchmarks and universes. Long only: no short sales, futures or options.",
              "Days, weeks, months, and the minutes that the data have; longer bars are made from shorter ones.",
            ],
          },
        ],
      },
      {
        title: "Account",
        questions: [
          {
            id: "private",
            ask: "Who can see my strategies?",
            answer: [
              "No other user: the database keeps each account apart. Share links have no source and can be revoked at any time. Whoever runs the platform holds its database and could technically reach it.",
              "Everybody shares the demo account: keep your own strategies out of it.",
            ],
          },
          {
            id: "quota",
            ask: "What happens when a quota is used up?",
            answer: ["Nothing is refused: quotas are hints. From 80% on you are told."],
            to: { href: "/account/", label: "See what is used" },
          },
          {
            id: "live",
            ask: "Can it trade for me?",
            answer: ["No. LiangHu is for research; it is connected to no broker and places no orders."],
          },
          {
            id: "programs",
            ask: "Can my own programs use it?",
            answer: [
              "Yes. Everything on these pages goes through a REST API; there are a Python client and a command line, too. Make an API key under Account; it may be allowed only a part.",
            ],
            to: { href: "/account/", label: "Make a key" },
          },
        ],
      },
    ],
    missing: "Not answered?",
    feedback: "Write to us",
  },
};
