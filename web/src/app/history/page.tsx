import type { Metadata } from "next";
import { Suspense } from "react";
import { HistoryPage } from "@/features/history/history-page";
import { SignedIn } from "@/shell/signed-in";

export const metadata: Metadata = { title: "历史" };

export default function Page() {
  return (
    <Suspense>
      <SignedIn>
        <HistoryPage />
      </SignedIn>
    </Suspense>
  );
}
