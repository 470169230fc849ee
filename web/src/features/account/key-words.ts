import type { Words } from "@/words/language";
import type { Scope } from "./words";

interface KeyWords {
  title: string;
  text: string;
  none: string;
  noneText: string;
  make: string;
  newTitle: string;
  name: string;
  nameHint: string;
  scopes: string;
  scope: Record<Scope, string>;
  scopeText: Record<Scope, string>;
  needsScope: string;
  days: string;
  ever: string;
  forDays: (days: number) => string;
  create: string;
  onceTitle: string;
  once: string;
  copy: string;
  copied: string;
  notCopied: string;
  done: string;
  created: string;
  expires: string;
  lastUsed: string;
  never: string;
  expired: string;
  revoke: string;
  revokeTitle: (name: string) => string;
  revokeText: string;
  keep: string;
  revoked: (name: string) => string;
  more: string;
}

export const KEYS: Words<KeyWords> = {
  zh: {
    title: "API 密钥",
    text: "给程序用：可以只给一部分权限，随时单独撤销。最多 20 个。",
    none: "还没有密钥",
    noneText: "用 Python、命令行或别的程序调用接口时，新建一个。",
    make: "新建密钥",
    newTitle: "新建 API 密钥",
    name: "名称",
    nameHint: "便于区分，例如“研究笔记本”",
    scopes: "权限",
    scope: { read: "读取", run: "运行", strategies: "策略", share: "分享" },
    scopeText: {
      read: "查看你的全部内容",
      run: "提交和取消回测、网格",
      strategies: "新建和修改策略、信号表",
      share: "新建和撤销分享链接",
    },
    needsScope: "至少选一项权限。",
    days: "有效期",
    ever: "不过期",
    forDays: (days) => `${days} 天`,
    create: "新建",
    onceTitle: "请现在保存这个密钥",
    once: "密钥只显示这一次，平台只保存它的哈希，以后无法再看。",
    copy: "复制",
    copied: "已复制",
    notCopied: "浏览器不让复制，请手动选中复制。",
    done: "我已保存",
    created: "创建",
    expires: "到期",
    lastUsed: "最近使用",
    never: "从未",
    expired: "已过期",
    revoke: "撤销",
    revokeTitle: (name) => `撤销“${name}”？`,
    revokeText: "立即生效：用这个密钥的程序下一次请求就会被拒绝。不能恢复。",
    keep: "保留",
    revoked: (name) => `已撤销“${name}”。`,
    more: "更多",
  },
  en: {
    title: "API keys",
    text: "For programs: a key may do less than you and is revoked alone. 20 at most.",
    none: "No keys yet",
    noneText: "Make one to call the API from Python, the command line or another program.",
    make: "New key",
    newTitle: "New API key",
    name: "Name",
    nameHint: "To tell it from the others, like “research notebook”",
    scopes: "What it may do",
    scope: { read: "Read", run: "Run", strategies: "Strategies", share: "Share" },
    scopeText: {
      read: "look at everything of yours",
      run: "submit and cancel backtests and grids",
      strategies: "make and change strategies and signals",
      share: "make and revoke share links",
    },
    needsScope: "Choose one thing at least.",
    days: "Expires",
    ever: "never",
    forDays: (days) => `after ${days} days`,
    create: "Make it",
    onceTitle: "Save this key now",
    once: "It is shown this once. Only its hash is stored, so nobody can show it again.",
    copy: "Copy",
    copied: "Copied",
    notCopied: "The browser does not allow copying. Select the text and copy it.",
    done: "I have saved it",
    created: "Made",
    expires: "Expires",
    lastUsed: "Last used",
    never: "never",
    expired: "expired",
    revoke: "Revoke",
    revokeTitle: (name) => `Revoke “${name}”?`,
    revokeText: "At once: the next request with this key is refused. This cannot be undone.",
    keep: "Keep it",
    revoked: (name) => `“${name}” was revoked.`,
    more: "More",
  },
};
