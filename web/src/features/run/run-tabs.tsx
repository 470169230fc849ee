"use client";
/** The parts of a run's page; each one's code is fetched when it is first opened. */
import dynamic from "next/dynamic";
import { useSearchParams } from "next/navigation";
import type { ComponentType } from "react";
import { Skeleton } from "@/ui/states";
import { Tabs } from "@/ui/tabs";
import { useWords } from "@/words/language";
import { Overview } from "./overview";
import type { PartProps } from "./part-props";
import { openAt, openTab, type TabKey, tabsOf } from "./tabs";
import { WORDS } from "./words";

const loading = () => <Skeleton className="h-96" />;

const PARTS: Record<TabKey, ComponentType<PartProps>> = {
  overview: Overview,
  chart: dynamic(() => import("@/features/ledger/chart-tab").then((part) => part.ChartTab), { loading }),
  trades: dynamic(() => import("@/features/ledger/trades-tab").then((part) => part.TradesTab), { loading }),
  positions: dynamic(() => import("@/features/ledger/positions-tab").then((part) => part.PositionsTab), { loading }),
  refusals: dynamic(() => import("@/features/ledger/refusals-tab").then((part) => part.RefusalsTab), { loading }),
  parameters: dynamic(() => import("./parameters-tab").then((part) => part.ParametersTab), { loading }),
  findings: dynamic(() => import("./findings-tab").then((part) => part.FindingsTab), { loading }),
  configuration: dynamic(() => import("./configuration-tab").then((part) => part.ConfigurationTab), { loading }),
  events: dynamic(() => import("@/features/ledger/events-tab").then((part) => part.EventsTab), { loading }),
  log: dynamic(() => import("@/features/ledger/log-tab").then((part) => part.LogTab), { loading }),
};

export function RunTabs({ run, backtest }: PartProps) {
  const words = useWords(WORDS);
  const asked = useSearchParams();
  const keys = tabsOf(run);
  return (
    <Tabs
      label={words.tabs}
      value={openTab(asked.get("tab"), keys)}
      onChange={(key) => openAt(key as TabKey)}
      tabs={keys.map((key) => {
        const Part = PARTS[key];
        return { key, label: words.tab[key], content: <Part run={run} backtest={backtest} /> };
      })}
    />
  );
}
