import type { FaqWords } from "./shape";

export const EN: FaqWords = {
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
            "Because the market would not have filled them: nobody sells at the upper limit or buys at the lower, the stock is halted, T+1, less than a lot, not enough cash, too large a share of the volume. Each refused order is listed under “Refused”, with the rule that stopped it.",
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
            "Signals are judged at a bar's close and fill at the next open unless you say otherwise. The command lianghu strategy prove cuts the data off at several bars, computes again and compares every bit, so that a strategy is shown to use nothing later.",
            "Tables of orders from elsewhere are yours; where their fills are too good, the findings say so.",
          ],
        },
        {
          id: "few",
          ask: "What does “sample too small” mean?",
          answer: [
            "The figure rests on too few sessions or trades to say much. It is not bad news; it is just no verdict yet.",
          ],
        },
      ],
    },
    {
      title: "Grids",
      questions: [
        {
          id: "best",
          ask: "Can I just use the best-ranked parameters?",
          answer: [
            "Look at the diagnosis first. The best of many always looks good, even where none is worth anything. The diagnosis discounts the luck of so many trials, and checks whether the choice holds out of sample and whether its neighbours are good too.",
            "On the platform, every combination you ever tried of this strategy on this universe counts as a trial, including those of earlier grids.",
          ],
        },
        {
          id: "close",
          ask: "Can I close the page while something is running?",
          answer: [
            "Yes. The job goes on, and History leads back to it. If you cancel, what was already computed is kept.",
          ],
          to: { href: "/history/", label: "To the history" },
        },
      ],
    },
    {
      title: "Data",
      questions: [
        {
          id: "source",
          ask: "Where do the data come from?",
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
            "Daily, weekly and monthly bars, and minute bars where the data have them; longer bars can be made from shorter ones.",
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
            "No other user: the database keeps accounts apart. Share links have no source and can be revoked at any time. Whoever runs the platform holds its database and could technically reach it.",
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
          ask: "Can it trade live?",
          answer: ["No. LiangHu is for research; it is connected to no broker and places no orders."],
        },
        {
          id: "programs",
          ask: "Can my own programs use it?",
          answer: [
            "Yes. Everything on these pages goes through a REST API; there are a Python client and a command line, too. Make an API key under Account; it can be limited to some permissions.",
          ],
          to: { href: "/account/", label: "Make a key" },
        },
      ],
    },
  ],
  missing: "Not answered?",
  feedback: "Write to us",
};
