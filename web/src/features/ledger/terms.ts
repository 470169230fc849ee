/** What the engine's codes are called: why orders are refused, why positions end, what events tell. A test holds them against the engine. */
import type { Language } from "@/words/language";

/** A name, and what it means in a sentence. */
interface Term {
  zh: string;
  en: string;
  zhMeans?: string;
  enMeans?: string;
}

type Terms = Readonly<Record<string, Term>>;

const term = (zh: string, en: string, zhMeans?: string, enMeans?: string): Term => ({ zh, en, zhMeans, enMeans });

export const REFUSALS: Terms = {
  suspended: term("停牌", "Suspended", "停牌，当日无行情，无法成交", "Suspended: there was no bar to trade in"),
  zero_volume: term("无成交量", "No volume", "该周期无人成交，委托无从撮合", "Nothing was traded in the bar"),
  limit_up: term(
    "涨停",
    "Limit up",
    "价格封在涨停板，无人卖出，买不进",
    "The price was at the upper limit: nobody sells",
  ),
  limit_down: term(
    "跌停",
    "Limit down",
    "价格封在跌停板，无人买入，卖不出",
    "The price was at the lower limit: nobody buys",
  ),
  not_sellable: term(
    "不可卖 (T+1)",
    "Not sellable (T+1)",
    "无可卖股份：未持有、当日买入（T+1）或红股尚未上市",
    "Nothing to sell yet: not held, bought today (T+1), or bonus shares that are not listed",
  ),
  below_lot: term(
    "不足一手",
    "Below one lot",
    "数量不足最小一手，或资金不够买一手",
    "Fewer shares than the smallest lot, or too little money for one",
  ),
  no_cash: term("资金不足", "Not enough cash", "可用资金不足以支付成交额和费用", "There was not enough cash for it"),
  volume_cap: term(
    "成交量受限",
    "Volume cap",
    "可占该周期成交量的份额已用完",
    "The share of the bar's volume that may be taken was used up",
  ),
  position_cap: term("持仓已满", "Slots full", "持仓只数已达策略上限", "All slots of the strategy were taken"),
  delisted: term("已退市", "Delisted", "证券已退市，不再交易", "Delisted: it is traded no more"),
  industry_cap: term(
    "行业已满",
    "Industry cap",
    "该行业的持仓权重已达上限",
    "The industry has its largest share of equity already",
  ),
  not_traded: term(
    "未到委托价",
    "Price not reached",
    "该周期的价格没有触及委托价",
    "The bar did not trade at the order's price",
  ),
  breaker: term(
    "风控熔断",
    "Breaker",
    "回撤或单日亏损触发熔断，停止买入",
    "A breaker of drawdown or daily loss had ended purchases",
  ),
};

/** Why a position ended, or an order is there or gone. */
export const REASONS: Terms = {
  signal: term("信号", "Signal"),
  stop_loss: term("止损", "Stop loss"),
  trailing_stop: term("移动止损", "Trailing stop"),
  take_profit: term("止盈", "Take profit"),
  max_holding: term("持有到期", "Holding limit"),
  max_drawdown: term("回撤熔断", "Maximum drawdown"),
  daily_loss: term("单日亏损熔断", "Daily loss"),
  order: term("外部委托", "Outside order"),
  target: term("目标权重", "Target weight"),
  expired: term("到期失效", "Expired"),
  cancelled: term("已撤销", "Cancelled"),
  replaced: term("被新委托替换", "Replaced"),
  delisted: term("退市", "Delisted"),
  ex_date: term("除权后无剩余", "Nothing left on an ex-date"),
};

export const KINDS: Terms = {
  ex_date: term("除权除息", "Ex-date"),
  sell: term("卖出", "Sell"),
  buy: term("买入", "Buy"),
  refused_sell: term("卖出被拒", "Sell refused"),
  refused_buy: term("买入被拒", "Buy refused"),
  exit: term("触发卖出", "Exit triggered"),
  mark: term("收盘估值", "Marked at close"),
  breaker: term("风控熔断", "Breaker"),
  dividend: term("登记红利", "Dividend due"),
  paid: term("红利到账", "Dividend paid"),
  rights: term("未记录的除权", "Unrecorded ex-date"),
  delisted: term("退市清算", "Delisted"),
  renamed: term("代码变更", "New code"),
  placed: term("挂出委托", "Order placed"),
  lapsed: term("委托失效", "Order lapsed"),
};

export const PHASES: Terms = {
  session_open: term("开盘前", "Pre-open"),
  fill: term("撮合", "Matching"),
  intrabar: term("盘中", "Intrabar"),
  mark: term("收盘", "Close"),
  signal: term("信号", "Signal"),
};

/** What became of an order that may rest. */
export const ENDS: Terms = {
  filled: term("全部成交", "Filled"),
  partly: term("部分成交", "Partly filled"),
  refused: term("被拒", "Refused"),
  expired: term("到期失效", "Expired"),
  cancelled: term("已撤销", "Cancelled"),
  replaced: term("被新委托替换", "Replaced"),
  open: term("期末未了结", "Open at the end"),
};

/** What has no name here yet is shown as the API says it. */
export function named(terms: Terms, key: string | null | undefined, language: Language): string {
  return key ? (terms[key]?.[language] ?? key) : "";
}

export function meaning(terms: Terms, key: string, language: Language): string | null {
  return (language === "zh" ? terms[key]?.zhMeans : terms[key]?.enMeans) ?? null;
}
