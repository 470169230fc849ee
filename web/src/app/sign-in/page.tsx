import type { Metadata } from "next";
import { Suspense } from "react";
import { SignIn } from "@/features/sign-in/sign-in";

export const metadata: Metadata = { title: "登录" };

export default function Page() {
  return (
    <Suspense>
      <SignIn />
    </Suspense>
  );
}
