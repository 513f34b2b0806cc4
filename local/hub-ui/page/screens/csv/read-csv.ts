import type { ApiClient } from "#client/api-client";
import { Refused } from "../../answers.ts";

/** The lists that are also answered as CSV. */
export type CsvRoute =
  | "GET /v1/integrations/gradient/usage"
  | "GET /v1/integrations/gradient/exports/{exportId}/lines"
  | "GET /v1/integrations/gradient/events";

export interface CsvAsked {
  path?: Record<string, string>;
  query?: Record<string, string>;
}

export interface CsvFile {
  name: string;
  parts: string[];
}

// by it a spreadsheet knows UTF-8; `fetch` takes it off
const byteOrderMark = "\uFEFF";

const nextCursor = (headers: Headers): string | null => {
  const address = /<([^>]+)>;\s*rel="?next"?/.exec(headers.get("link") ?? "")?.[1];
  return address === undefined ? null : new URL(address, "http://api").searchParams.get("cursor");
};

const nameIn = (headers: Headers): string =>
  /filename="([^"]+)"/.exec(headers.get("content-disposition") ?? "")?.[1] ?? "list.csv";

/** The heading row stands on every page, and is wanted once. */
const withoutHeading = (text: string): string => text.slice(text.indexOf("\r\n") + 2);

/** A whole list as CSV, page after page as `link: rel="next"` leads. */
export const readCsv = async (call: ApiClient, route: CsvRoute, asked: CsvAsked): Promise<CsvFile> => {
  const parts: string[] = [byteOrderMark];
  let name = "list.csv";
  for (let cursor: string | null = ""; cursor !== null; ) {
    const query: Record<string, string> = { ...asked.query, ...(cursor === "" ? {} : { cursor }) };
    const answer = await call(route, { path: { exportId: "" }, ...asked, query, headers: { accept: "text/csv" } });
    if (!answer.ok) throw new Refused(answer.problem, answer.headers);
    const text = String(answer.body);
    parts.push(parts.length === 1 ? text : withoutHeading(text));
    name = nameIn(answer.headers);
    cursor = nextCursor(answer.headers);
  }
  return { name, parts };
};
