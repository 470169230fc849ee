import type { Metadata } from "next";
import { Suspense } from "react";
import { GridPage } from "@/features/grid/grid-page";
import { SignedIn } from "@/shell/signed-in";

export const metadata: Metadata = { title: "参数网格" };

export default function Page() {
  return (
    <Suspense>
      <SignedIn>
        <GridPage />
      </SignedIn>
    </Suspense>
  );
}
