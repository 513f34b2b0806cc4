import { chmodSync, existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
// the package keeps its store and its persistence to itself; it offers them only together with a server on all
// interfaces
import { PersistenceManager } from "../../node_modules/fauxqs/dist/persistence.js";
import { orProblem } from "../startup-problem.ts";
import { requireSoundDatabase } from "./database-file.ts";

/** Messages on disk: each change is written before it is answered, so a kill loses none. */
class QueueFile extends PersistenceManager {
  readonly #receives = new Map<string, { count: number; first: number | undefined }>();

  override updateMessageInflight(
    ...[messageId, receiptHandle, deadline, count, first]: Parameters<PersistenceManager["updateMessageInflight"]>
  ): void {
    this.#receives.set(messageId, { count, first });
    super.updateMessageInflight(messageId, receiptHandle, deadline, count, first);
  }

  /** The package writes an empty receive count here, which its own table refuses. */
  override updateMessageReady(messageId: string): void {
    const { count, first } = this.#receives.get(messageId) ?? { count: 0, first: undefined };
    super.updateMessageInflight(messageId, "", 0, count, first);
  }

  override deleteMessage(messageId: string): void {
    this.#receives.delete(messageId);
    super.deleteMessage(messageId);
  }
}

/**
 * Whoever had a message in hand died with the last run, so all of them are visible again. Their receive counts stay:
 * the queue's redrive policy counts them.
 */
const releaseMessagesInFlight = (file: string): void => {
  const database = new DatabaseSync(file);
  try {
    const [tables] = database.prepare("SELECT count(*) AS found FROM sqlite_master WHERE name = 'sqs_messages'").all();
    if (tables?.found === 1) {
      database.exec("UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL");
    }
  } finally {
    database.close();
  }
};

export const openQueueFile = (folder: string): Promise<PersistenceManager> => {
  const file = join(folder, "fauxqs.db");
  return orProblem(
    `The state file ${file} cannot be read (the queues are damaged): run "npm start -- --fresh" to start over.`,
    () => {
      requireSoundDatabase(file);
      if (existsSync(file)) {
        releaseMessagesInFlight(file);
      }
      const opened = new QueueFile(folder);
      for (const part of [file, `${file}-wal`, `${file}-shm`].filter((path) => existsSync(path))) {
        chmodSync(part, 0o600);
      }
      return opened;
    },
  );
};
