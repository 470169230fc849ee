import type { Metadata } from "next";
import { AccountPage } from "@/features/account/account-page";
import { SignedIn } from "@/shell/signed-in";

export const metadata: Metadata = { title: "账户" };

export default function Page() {
  return (
    <SignedIn>
      <AccountPage />
    </SignedIn>
  );
}
