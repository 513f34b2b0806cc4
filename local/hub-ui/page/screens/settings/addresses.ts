/** The addresses in a text, however somebody has parted them. */
export const addressesIn = (text: string): string[] => text.split(/[\s,;]+/).filter((part) => part !== "");
