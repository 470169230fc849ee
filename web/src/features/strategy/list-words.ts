import type { Words } from "@/words/language";

interface ListWords {
  title: string;
  fresh: string;
  templates: string;
  none: string;
  noneText: string;
  filter: string;
  filterHint: string;
  noMatch: string;
  clear: string;
  name: string;
  version: string;
  changed: string;
  runs: string;
  bestReturn: string;
  bestSharpe: string;
  lastRun: string;
  never: string;
  actions: string;
  open: string;
  rename: string;
  renameTitle: string;
  taken: string;
  tags: string;
  tagsHint: string;
  save: string;
  cancel: string;
  remove: string;
  removeTitle: (name: string) => string;
  removeText: string;
  removed: (name: string) => string;
  renamed: string;
  more: string;
  label: string;
  hint: string;
}

export const LIST_WORDS: Words<ListWords> = {
  zh: {
    title: "我的策略",
    fresh: "新建策略",
    templates: "从模板开始",
    none: "还没有策略",
    noneText: "从模板开始最快：打开一个，按一下就能看到回测结果。",
    filter: "查找",
    filterHint: "名称的开头",
    noMatch: "没有以此开头的策略",
    clear: "清除",
    name: "名称",
    version: "版本",
    changed: "最后修改",
    runs: "运行数",
    bestReturn: "最高总收益率",
    bestSharpe: "最高夏普",
    lastRun: "最近提交",
    never: "未运行",
    actions: "操作",
    open: "打开",
    rename: "改名",
    renameTitle: "名称与标签",
    taken: "已有同名策略，请换一个名称",
    tags: "标签",
    tagsHint: "用逗号分开，可留空",
    save: "保存",
    cancel: "取消",
    remove: "删除",
    removeTitle: (name) => `删除「${name}」？`,
    removeText: "策略会从列表中消失；已有的回测结果和它们所用的版本仍然保留。",
    removed: (name) => `已删除 ${name}`,
    renamed: "已保存",
    more: "更多",
    label: "我的策略",
    hint: "运行过的文本会自动存为同名策略的一个版本。",
  },
  en: {
    title: "My strategies",
    fresh: "New strategy",
    templates: "Start from a template",
    none: "No strategies yet",
    noneText: "A template is the quickest start: open one, press once, and see a result.",
    filter: "Find",
    filterHint: "beginning of the name",
    noMatch: "No strategy's name begins like this",
    clear: "Clear",
    name: "Name",
    version: "Version",
    changed: "Changed",
    runs: "Runs",
    bestReturn: "Best total return",
    bestSharpe: "Best Sharpe",
    lastRun: "Last submitted",
    never: "never run",
    actions: "Actions",
    open: "Open",
    rename: "Rename",
    renameTitle: "Name and tags",
    taken: "You have another strategy of this name",
    tags: "Tags",
    tagsHint: "separated by commas; may be empty",
    save: "Save",
    cancel: "Cancel",
    remove: "Delete",
    removeTitle: (name) => `Delete “${name}”?`,
    removeText: "It leaves the list; its results, and the versions they ran with, stay.",
    removed: (name) => `${name} was deleted`,
    renamed: "Saved",
    more: "More",
    label: "My strategies",
    hint: "Every text you run is kept as a version of the strategy of that name.",
  },
};
