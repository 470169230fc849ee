import type { Words } from "@/words/language";

interface StrategyWords {
  title: string;
  newTitle: string;
  editor: string;
  untitled: string;
  keys: string;
  problems: (count: number) => string;
  fine: string;
  asking: string;
  warnings: (count: number) => string;
  at: (line: number, column: number | null) => string;
  draft: string;
  discard: string;
  mine: string;
  fromTemplate: string;
  fromRun: string;
  runLink: string;
  version: (version: number) => string;
  notNewest: (newest: number) => string;
  openNewest: string;
  save: string;
  saved: string;
  unsaved: string;
  saveAs: string;
  saveTitle: string;
  saveText: string;
  name: string;
  nameEmpty: string;
  taken: string;
  addVersion: (name: string) => string;
  savedAs: (name: string, version: number) => string;
  same: (version: number) => string;
  wrongText: string;
  format: string;
  formatted: string;
  formatNothing: string;
  formatWrong: string;
  versions: string;
  versionsText: string;
  newest: string;
  openedNow: string;
  open: string;
  cancel: string;
  noData: string;
  noDataText: string;
  dataPage: string;
  noText: string;
  noTextText: string;
  noTemplate: string;
  templates: string;
}

export const WORDS: Words<StrategyWords> = {
  zh: {
    title: "策略",
    newTitle: "新策略",
    editor: "策略文本",
    untitled: "未命名策略",
    keys: "Ctrl+Space 补全 · Ctrl+S 保存 · Ctrl+Enter 运行 · Esc 再 Tab 离开编辑器 · 鼠标停在函数上看说明",
    problems: (count) => `${count} 处问题`,
    fine: "没有问题",
    asking: "检查中…",
    warnings: (count) => `${count} 条提醒`,
    at: (line, column) => `第 ${line} 行${column ? ` 第 ${column} 列` : ""}`,
    draft: "已恢复上次未保存的草稿。",
    discard: "放弃草稿",
    mine: "我的策略",
    fromTemplate: "模板",
    fromRun: "文本、参数与回测环境取自一次回测",
    runLink: "查看那次回测",
    version: (version) => `第 ${version} 版`,
    notNewest: (newest) => `这是旧版本，最新的是第 ${newest} 版。保存后会成为新的一版。`,
    openNewest: "打开最新版",
    save: "保存",
    saved: "已保存",
    unsaved: "有未保存的修改",
    saveAs: "另存为",
    saveTitle: "保存策略",
    saveText: "每次保存都是一个新版本，旧版本不会改变。",
    name: "策略名称",
    nameEmpty: "请填写名称",
    taken: "已有同名策略。可以换个名称，或者：",
    addVersion: (name) => `存为「${name}」的新版本`,
    savedAs: (name, version) => `已保存：${name}，第 ${version} 版`,
    same: (version) => `与第 ${version} 版含义相同（注释和空格不算），没有产生新版本；改动留在本机草稿里`,
    wrongText: "文本还有问题，改正后才能保存。草稿已保留在本机浏览器。",
    format: "整理格式",
    formatted: "已整理，策略含义不变",
    formatNothing: "格式已经整齐",
    formatWrong: "文本有误，改正后才能整理",
    versions: "历史版本",
    versionsText: "版本一经保存不再改变，回测结果永远对应它当时的那一版。",
    newest: "最新",
    openedNow: "当前打开",
    open: "打开",
    cancel: "取消",
    noData: "还没有行情数据",
    noDataText: "先导入行情数据，或生成样本市场，才能回测。",
    dataPage: "查看数据页",
    noText: "这次回测没有策略文本",
    noTextText: "它的信号来自上传的文件，不能在编辑器里打开。",
    noTemplate: "没有这个模板，已打开一个新策略。",
    templates: "全部模板",
  },
  en: {
    title: "Strategy",
    newTitle: "New strategy",
    editor: "Strategy text",
    untitled: "Untitled strategy",
    keys: "Ctrl+Space completes · Ctrl+S saves · Ctrl+Enter runs · Esc, then Tab leaves the editor · point at a function for its meaning",
    problems: (count) => `${count} ${count === 1 ? "problem" : "problems"}`,
    fine: "No problems",
    asking: "Checking…",
    warnings: (count) => `${count} ${count === 1 ? "warning" : "warnings"}`,
    at: (line, column) => `line ${line}${column ? `, column ${column}` : ""}`,
    draft: "Your unsaved draft is back.",
    discard: "Discard it",
    mine: "My strategies",
    fromTemplate: "Template",
    fromRun: "Text, parameters and context are those of a backtest",
    runLink: "See that backtest",
    version: (version) => `Version ${version}`,
    notNewest: (newest) => `This is an older version; the newest is ${newest}. Saving makes it a new one.`,
    openNewest: "Open the newest",
    save: "Save",
    saved: "Saved",
    unsaved: "Not saved yet",
    saveAs: "Save as",
    saveTitle: "Save the strategy",
    saveText: "Every save is a new version; older ones never change.",
    name: "Name",
    nameEmpty: "Give it a name",
    taken: "You have a strategy of this name. Take another, or:",
    addVersion: (name) => `Add a version to “${name}”`,
    savedAs: (name, version) => `Saved: ${name}, version ${version}`,
    same: (version) =>
      `It means the same as version ${version} (comments and spaces do not count): no new version; your text stays a draft in this browser`,
    wrongText: "The text has problems; it can be saved once they are mended. Your draft is kept in this browser.",
    format: "Format",
    formatted: "Formatted; the strategy means the same",
    formatNothing: "Nothing to format",
    formatWrong: "The text is wrong; mend it before formatting",
    versions: "Versions",
    versionsText: "A saved version never changes, and a result always belongs to the version it ran with.",
    newest: "newest",
    openedNow: "open now",
    open: "Open",
    cancel: "Cancel",
    noData: "There are no market data yet",
    noDataText: "Import bars, or make the sample market, before you backtest.",
    dataPage: "See the data page",
    noText: "This backtest has no strategy text",
    noTextText: "Its signals came from a file, so there is nothing to open in the editor.",
    noTemplate: "There is no such template; this is a new strategy.",
    templates: "All templates",
  },
};
