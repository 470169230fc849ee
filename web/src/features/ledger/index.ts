/** The ledgers of a run, for the tabs of its page. */
export { ChartTab } from "./chart-tab";
export { EventsTab } from "./events-tab";
export { LogTab } from "./log-tab";
export { PositionsTab } from "./positions-tab";
export { RefusalsTab } from "./refusals-tab";
export { TradesTab } from "./trades-tab";
