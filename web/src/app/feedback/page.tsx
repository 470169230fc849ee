import type { Metadata } from "next";
import { FeedbackPage } from "@/features/feedback/feedback-page";
import { SignedIn } from "@/shell/signed-in";

export const metadata: Metadata = { title: "反馈" };

export default function Page() {
  return (
    <SignedIn>
      <FeedbackPage />
    </SignedIn>
  );
}
