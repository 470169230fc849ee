import type { Metadata } from "next";
import { FaqPage } from "@/features/faq/faq-page";

export const metadata: Metadata = { title: "常见问题" };

export default function Page() {
  return <FaqPage />;
}
