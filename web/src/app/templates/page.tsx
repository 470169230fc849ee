import type { Metadata } from "next";
import { Templates } from "@/features/templates/templates";

export const metadata: Metadata = { title: "策略模板" };

export default function Page() {
  return <Templates />;
}
