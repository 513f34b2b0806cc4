import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { costDocument } from "./cost-document.ts";

const file = path.resolve(import.meta.dirname, "../../docs/cost.md");
const text = costDocument();
const before = (() => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
})();
writeFileSync(file, text);
process.stdout.write(before === text ? "docs/cost.md was up to date.\n" : "docs/cost.md was written.\n");
