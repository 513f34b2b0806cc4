import { buildApp } from "fauxqs";
import { S3Store } from "../../node_modules/fauxqs/dist/s3/s3Store.js";
import { SnsStore } from "../../node_modules/fauxqs/dist/sns/snsStore.js";
import { SqsStore } from "../../node_modules/fauxqs/dist/sqs/sqsStore.js";
import { keepDoor, noPages } from "../http/door.ts";
import { isSdkCall, localRegion } from "./aws-call.ts";
import { openQueueFile } from "./queue-file.ts";

export interface MessageQueues {
  url: string;
  close(): Promise<void>;
}

/** SQS in this process, on a free port of 127.0.0.1, with its messages in `folder`. */
export const startMessageQueues = async (folder: string): Promise<MessageQueues> => {
  const file = await openQueueFile(folder);
  const stores = { sqsStore: new SqsStore(), snsStore: new SnsStore(), s3Store: new S3Store() };
  file.loadSqsAndSns(stores.sqsStore, stores.snsStore);
  // only after loading: with it attached, loading would write each queue again and lose its messages
  stores.sqsStore.persistence = file;
  for (const queue of stores.sqsStore.allQueues()) {
    queue.persistence = file;
  }
  const app = buildApp({ logger: false, defaultRegion: localRegion, stores });
  // a queue's URL then carries the address that it was created through, not a name that needs DNS
  stores.sqsStore.host = "";
  keepDoor(app.server, { pages: noPages, takesAnyBody: isSdkCall });
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  return {
    url,
    close: async () => {
      await app.close();
      file.close();
    },
  };
};
