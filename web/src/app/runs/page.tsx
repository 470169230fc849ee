import type { Metadata } from "next";
import { Suspense } from "react";
import { RunPage } from "@/features/run/run-page";
import { SignedIn } from "@/shell/signed-in";

export const metadata: Metadata = { title: "回测结果" };

export default function Page() {
  return (
    <Suspense>
      <SignedIn>
        <RunPage />
      </SignedIn>
    </Suspense>
  );
}
