/** Tags as typed: commas of either kind between them; a tag may have spaces. */
export function tagsOf(text: string): string[] {
  const tags = text.split(/[,，、;；\n]+/).map((tag) => tag.trim());
  return [...new Set(tags.filter(Boolean))];
}
