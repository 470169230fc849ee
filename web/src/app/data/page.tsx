import type { Metadata } from "next";
import { Suspense } from "react";
import { DataPage } from "@/features/data/data-page";
import { SignedIn } from "@/shell/signed-in";

export const metadata: Metadata = { title: "数据" };

export default function Page() {
  return (
    <Suspense>
      <SignedIn>
        <DataPage />
      </SignedIn>
    </Suspense>
  );
}
