/**
 * Reads CSV as RFC 4180 has it, with a header row, and nothing looser: a quote inside a bare field, text after a
 * closing quote, a row of another width or a column named twice is an error that names its line.
 */
export const parseCsv = (text: string): Record<string, string>[] => {
  const [header, ...rows] = splitCsv(text.replace(/^\ufeff/, ""));
  if (header === undefined) return [];
  const columns = header.fields;
  if (new Set(columns).size < columns.length) throw new Error("Line 1: two columns have the same name.");
  return rows.map(({ line, fields }) => {
    if (fields.length !== columns.length)
      throw new Error(`Line ${line}: ${fields.length} fields where the header has ${columns.length}.`);
    return Object.fromEntries(columns.map((column, index) => [column, fields[index] ?? ""]));
  });
};

interface CsvRow {
  /** Where the row begins in the file, from 1: a quoted field may hold line breaks. */
  line: number;
  fields: string[];
}

// one field and what ends it: quoted with doubled quotes inside, or bare; then a comma, a line break or the end
const fieldAndEnd = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;

const splitCsv = (text: string): CsvRow[] => {
  const rows: CsvRow[] = [];
  const field = new RegExp(fieldAndEnd);
  let line = 1;
  let row: CsvRow = { line, fields: [] };
  while (field.lastIndex < text.length || row.fields.length > 0) {
    const match = field.exec(text);
    if (match === null) throw new Error(`Line ${line}: a quote is missing, or stands where none belongs.`);
    const [whole, quoted, bare, end] = match;
    row.fields.push(quoted === undefined ? (bare ?? "") : quoted.replaceAll('""', '"'));
    line += whole.split("\n").length - 1;
    if (end === ",") continue;
    rows.push(row);
    row = { line, fields: [] };
  }
  return rows;
};
