import type { Metadata } from "next";
import { Suspense } from "react";
import { StrategyPage } from "@/features/strategy/strategy-page";
import { SignedIn } from "@/shell/signed-in";

export const metadata: Metadata = { title: "策略" };

export default function Page() {
  return (
    <Suspense>
      <SignedIn>
        <StrategyPage />
      </SignedIn>
    </Suspense>
  );
}
