import type { Metadata } from "next";
import { Suspense } from "react";
import { SharedPage } from "@/features/share/shared-page";

export const metadata: Metadata = { title: "分享的回测结果" };

export default function Page() {
  return (
    <Suspense>
      <SharedPage />
    </Suspense>
  );
}
