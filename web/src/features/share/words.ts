/** Words of the dialog that makes and revokes links. */
import type { Words } from "@/words/language";

export type Part = "trades" | "report";

interface ShareWords {
  share: string;
  heading: string;
  about: string;
  name: string;
  nameHint: string;
  expiry: string;
  days: (days: number) => string;
  parts: string;
  always: string;
  part: Record<Part, string>;
  make: string;
  making: string;
  made: string;
  link: string;
  shownOnce: string;
  copy: string;
  copied: string;
  open: string;
  given: string;
  none: string;
  until: (moment: string) => string;
  ended: (moment: string) => string;
  revokedAt: (moment: string) => string;
  views: (count: string) => string;
  live: string;
  expired: string;
  revoked: string;
  revoke: string;
  revokeLink: (title: string) => string;
  sure: string;
  keep: string;
  gone: string;
  more: string;
}

export const WORDS: Words<ShareWords> = {
  zh: {
    share: "分享",
    heading: "分享回测结果",
    about: "生成一个只读链接：把此刻的结果定格下来，打开的人无需登录，看不到策略源码。随时可以撤销。",
    name: "标题",
    nameHint: "显示在分享页顶部；留空则用策略名",
    expiry: "有效期",
    days: (days) => `${days} 天`,
    parts: "附加内容",
    always: "总是包含：绩效指标、净值与回撤、月度收益、回测设置。",
    part: { trades: "平仓交易明细", report: "完整 HTML 报告（与你看到的相同）" },
    make: "生成链接",
    making: "正在准备这次回测的账户数据…",
    made: "链接已生成",
    link: "分享链接",
    shownOnce: "链接只显示这一次，请现在复制；之后可以撤销，但不能再次查看。",
    copy: "复制链接",
    copied: "已复制",
    open: "打开",
    given: "已有的分享",
    none: "这次回测还没有分享过。",
    until: (moment) => `有效至 ${moment}`,
    ended: (moment) => `已于 ${moment} 过期`,
    revokedAt: (moment) => `已于 ${moment} 撤销`,
    views: (count) => `浏览 ${count} 次`,
    live: "有效",
    expired: "已过期",
    revoked: "已撤销",
    revoke: "撤销",
    revokeLink: (title) => `撤销分享：${title}`,
    sure: "确认撤销",
    keep: "保留",
    gone: "分享已撤销，链接不再有效",
    more: "更早的",
  },
  en: {
    share: "Share",
    heading: "Share this result",
    about:
      "A read-only link freezes the result as it is now. Whoever opens it needs no account and never sees the strategy's source. It can be revoked at any time.",
    name: "Title",
    nameHint: "Shown at the top of the shared page; empty: the strategy's name",
    expiry: "Works for",
    days: (days) => `${days} days`,
    parts: "Also include",
    always: "Always included: figures, equity and drawdown, monthly returns, settings.",
    part: { trades: "Closed trades", report: "The whole HTML report, as you see it" },
    make: "Create link",
    making: "The account of this run is being prepared…",
    made: "The link is ready",
    link: "Link",
    shownOnce: "The link is shown only now: copy it. It can be revoked later, but not looked up again.",
    copy: "Copy link",
    copied: "Copied",
    open: "Open",
    given: "Links so far",
    none: "This run has not been shared yet.",
    until: (moment) => `until ${moment}`,
    ended: (moment) => `expired ${moment}`,
    revokedAt: (moment) => `revoked ${moment}`,
    views: (count) => `${count} views`,
    live: "Live",
    expired: "Expired",
    revoked: "Revoked",
    revoke: "Revoke",
    revokeLink: (title) => `Revoke the link: ${title}`,
    sure: "Yes, revoke",
    keep: "Keep it",
    gone: "Revoked: the link works no more",
    more: "Older ones",
  },
};
