/** The rows of a run's ledgers, as GET /api/runs/{run_id}/artifacts/{kind}?format=json says them. Days are Shanghai's; yuan are exact. */

export interface TradeRow {
  ts_code: string;
  entry_date: string;
  entry_price_yuan: number;
  shares: number;
  exit_date: string;
  exit_price_yuan: number;
  fees_yuan: number;
  tax_yuan: number;
  dividends_yuan: number;
  pnl_yuan: number;
  return: number;
  holding_sessions: number;
  exit_reason: string;
}

export interface PositionRow {
  ts_code: string;
  shares: number;
  sellable: number;
  entry_date: string;
  entry_price_yuan: number;
  last_price_yuan: number;
  value_yuan: number;
  pnl_yuan: number;
}

export interface AccountRow {
  date: string;
  cash_yuan: number;
  frozen_yuan: number;
  receivable_yuan: number;
  market_value_yuan: number;
  equity_yuan: number;
  bought_yuan: number;
  sold_yuan: number;
  commission_yuan: number;
  duty_yuan: number;
  transfer_yuan: number;
  tax_yuan: number;
  dividends_yuan: number;
  fills: number;
  refusals: number;
  positions: number;
}

export type Side = "buy" | "sell";

/** An order that may rest. */
export interface OrderRow {
  sequence: number;
  date: string;
  time: string;
  ts_code: string;
  side: Side;
  origin: string;
  shares: number;
  /** Null: at the market's. */
  price_yuan: number | null;
  frozen_yuan: number;
  filled: number;
  value_yuan: number;
  refused: number;
  ended: string;
  end_date: string | null;
}

export interface RefusalRow {
  date: string;
  time: string;
  ts_code: string;
  side: Side;
  reason: string;
  price_yuan: number;
  would_have_returned: number | null;
  explanation: string;
}

export interface EventRow {
  sequence: number;
  date: string;
  time: string;
  phase: string;
  kind: string;
  order: number | null;
  ts_code: string | null;
  reason: string | null;
  shares: number;
  price_yuan: number;
  value_yuan: number;
  commission_yuan: number;
  duty_yuan: number;
  transfer_yuan: number;
  tax_yuan: number;
  explanation: string | null;
}

export interface Rows {
  trades: TradeRow;
  positions: PositionRow;
  account: AccountRow;
  orders: OrderRow;
  refusals: RefusalRow;
  events: EventRow;
}

/** Purchases and sales among the events. */
export const isFill = (row: EventRow): boolean => row.kind === "buy" || row.kind === "sell";

/** What a fill costs: commission, stamp duty, transfer fee and tax on dividends, each of whole thousandths. */
export const feesOf = (row: EventRow): number[] => [
  row.commission_yuan,
  row.duty_yuan,
  row.transfer_yuan,
  row.tax_yuan,
];
