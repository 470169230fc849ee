import type { Metadata } from "next";
import { Suspense } from "react";
import { ComparePage } from "@/features/compare/compare-page";
import { SignedIn } from "@/shell/signed-in";

export const metadata: Metadata = { title: "对比" };

export default function Page() {
  return (
    <Suspense>
      <SignedIn>
        <ComparePage />
      </SignedIn>
    </Suspense>
  );
}
