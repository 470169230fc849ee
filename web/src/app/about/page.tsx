import type { Metadata } from "next";
import { AboutPage } from "@/features/about/about-page";

export const metadata: Metadata = { title: "免责声明" };

export default function Page() {
  return <AboutPage />;
}
