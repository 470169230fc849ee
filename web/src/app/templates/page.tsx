import type { Metadata } from "next";
import { Templates } from "@/features/templates/templates";
import { SignedIn } from "@/session/signed-in";

export const metadata: Metadata = { title: "策略模板" };

export default function Page() {
  return (
    <SignedIn>
      <Templates />
    </SignedIn>
  );
}
