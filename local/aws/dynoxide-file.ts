import { DatabaseSync } from "node:sqlite";

// DynamoDB's own retention for a stream
const retentionSeconds = 24 * 60 * 60;
// dynoxide numbers the next record after the last one that is left
const recordsKept = 1_000;

/**
 * dynoxide looks through the whole stream for the number of the next record, so each write costs more than the one
 * before it: 19 ms after 30,000 of them, 0.1 ms with an index. It forgets none either. A dynoxide that keeps its
 * streams in another way is left alone.
 */
export const tendStream = (file: string): void => {
  const database = new DatabaseSync(file, { timeout: 2_000 });
  try {
    database.exec(
      "CREATE INDEX IF NOT EXISTS local_stream_order ON _stream_records (table_name, CAST(sequence_number AS INTEGER))",
    );
    database
      .prepare("DELETE FROM _stream_records WHERE created_at < ? AND id <= (SELECT max(id) - ? FROM _stream_records)")
      .run(Math.floor(Date.now() / 1000) - retentionSeconds, recordsKept);
  } catch {
    // slower, and not wrong
  } finally {
    database.close();
  }
};
