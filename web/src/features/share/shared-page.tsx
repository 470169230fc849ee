"use client";
/** A run as it was when it was shared, for everybody who has the link; there need be no session. */
import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "next/navigation";
import { useMemo } from "react";
import { api, bodyOf } from "@/api/client";
import { apiError } from "@/api/errors";
import { useMetrics } from "@/api/metrics";
import { EquityChart } from "@/features/run/equity-chart";
import { MonthlyTable } from "@/features/run/monthly-table";
import { StatStrip } from "@/features/run/stat-strip";
import { moment } from "@/format/numbers";
import { tooSmallOf } from "@/format/samples";
import { type Setting, windowSaid } from "@/jobs/setting";
import { Badge } from "@/ui/badge";
import { ButtonLink } from "@/ui/button";
import { Card } from "@/ui/card";
import { Empty, Failure, Skeleton } from "@/ui/states";
import { useLanguage, useWords } from "@/words/language";
import { useTitle } from "@/words/title";
import { SharedSettings } from "./shared-settings";
import { SharedTrades } from "./shared-trades";
import { SHARED_WORDS } from "./shared-words";
import { curveOf, INITIAL, monthlyOf, type Shared, yearlyOf } from "./snapshot";

export function SharedPage() {
  const words = useWords(SHARED_WORDS);
  const token = useSearchParams().get("token") ?? "";
  const shared = useQuery({
    queryKey: ["shared", token],
    queryFn: () => bodyOf(api.GET("/api/shares/{token}", { params: { path: { token } } })),
    enabled: token !== "",
    staleTime: Number.POSITIVE_INFINITY, // it is frozen, and each answer counts as a view
  });
  if (!token || apiError(shared.error).status === 404) {
    return (
      <>
        <h1 className="mb-4 text-2xl font-semibold">{words.title}</h1>
        <Empty title={token ? words.dead : words.noToken}>
          <p className="mb-3">{token ? words.deadHelp : words.noTokenHelp}</p>
          <ButtonLink href="/">{words.home}</ButtonLink>
        </Empty>
      </>
    );
  }
  if (shared.error) {
    return (
      <>
        <h1 className="mb-4 text-2xl font-semibold">{words.title}</h1>
        <Failure error={shared.error} again={() => void shared.refetch()} />
      </>
    );
  }
  if (!shared.data) return <Skeleton className="h-96" />;
  return <Picture shared={shared.data} token={token} />;
}

function Picture({ shared, token }: { shared: Shared; token: string }) {
  useTitle(shared.title);
  const words = useWords(SHARED_WORDS);
  const metrics = useMetrics();
  const curve = useMemo(() => curveOf(shared), [shared]);
  const monthly = useMemo(() => monthlyOf(shared), [shared]);
  const yearly = useMemo(() => yearlyOf(monthly), [monthly]);
  return (
    <article className="grid grid-cols-1 gap-4">
      <Head shared={shared} />
      <Card title={words.figures}>
        <StatStrip stats={shared.stats} tooSmall={tooSmallOf(metrics, shared.stats)} />
      </Card>
      <Card title={words.equity}>
        <EquityChart curve={curve} initial={INITIAL} />
      </Card>
      <Card title={words.monthly}>
        <MonthlyTable monthly={monthly} yearly={yearly} />
      </Card>
      <SharedSettings shared={shared} />
      <SharedTrades shared={shared} />
      {shared.has_report && (
        <Card>
          <div className="flex flex-wrap items-center gap-3">
            <p className="mr-auto">{words.reportHelp}</p>
            <a
              href={`/api/shares/${encodeURIComponent(token)}/report`}
              target="_blank"
              rel="noreferrer"
              className="inline-flex min-h-9 items-center"
            >
              {words.report}
            </a>
          </div>
        </Card>
      )}
      <footer className="flex flex-wrap items-center gap-3 text-ink-soft">
        <p className="mr-auto">{words.disclaimer}</p>
        <ButtonLink href="/">{words.own}</ButtonLink>
      </footer>
    </article>
  );
}

function Head({ shared }: { shared: Shared }) {
  const words = useWords(SHARED_WORDS);
  const language = useLanguage();
  return (
    <header className="grid gap-1">
      <div className="flex flex-wrap items-center gap-2">
        <h1 className="text-2xl font-semibold break-words">{shared.title}</h1>
        <Badge tone="accent">{words.readOnly}</Badge>
        {shared.synthetic && <Badge tone="doubt">{words.synthetic}</Badge>}
      </div>
      <p className="text-ink-soft">
        {[
          shared.title !== shared.strategy_name && words.strategy(shared.strategy_name),
          windowSaid(shared.context as Setting),
          words.adjusted,
          words.frozen(moment(shared.created_at, language)),
          words.until(moment(shared.expires_at, language)),
        ]
          .filter(Boolean)
          .join(" · ")}
      </p>
      {shared.synthetic && <p className="text-doubt">{words.syntheticMeans}</p>}
    </header>
  );
}
