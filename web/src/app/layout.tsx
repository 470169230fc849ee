import type { Metadata, Viewport } from "next";
import type { ReactNode } from "react";
import { Shell } from "@/shell/shell";
import "./globals.css";

export const metadata: Metadata = {
  title: { default: "量湖 LiangHu", template: "%s · 量湖 LiangHu" },
  description: "A 股量化策略回测终端：策略即文本，结果可复现、可核对。",
  robots: { index: false },
};

export const viewport: Viewport = { width: "device-width", initialScale: 1, colorScheme: "light dark" };

export default function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="zh-CN" data-theme="light" data-rise="red" suppressHydrationWarning>
      <head>
        {/* Before anything is drawn, so that nothing changes its colours in sight. */}
        <script src="/boot.js" />
      </head>
      <body>
        <Shell>{children}</Shell>
      </body>
    </html>
  );
}
