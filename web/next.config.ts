import type { NextConfig } from "next";

const serving = process.env.NODE_ENV !== "production";
const api = process.env.LIANGHU_API ?? "http://127.0.0.1:8000";

// `next dev` passes calls on to a running platform; `next build` writes files. Next has no rewrites where it only exports.
const config: NextConfig = {
  ...(serving
    ? {
        async rewrites() {
          return ["/api/:path*", "/auth/v1/:path*", "/config.json"].map((source) => ({
            source,
            destination: `${api}${source}`,
          }));
        },
      }
    : { output: "export" }),
  trailingSlash: true, // /runs/ is the file runs/index.html, on any server of files
  skipTrailingSlashRedirect: true, // the API's addresses have none
  images: { unoptimized: true },
  reactStrictMode: true,
  devIndicators: false,
};

export default config;
