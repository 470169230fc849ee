import type { Metadata } from "next";
import { TutorialPage } from "@/features/tutorial/tutorial-page";

export const metadata: Metadata = { title: "教程" };

export default function Page() {
  return <TutorialPage />;
}
