import type { World } from "../world/world.ts";

/**
 * A mail goes out twice only where the one who sent it died before the row said so: whatever is sent after that is a
 * duplicate that nothing explains.
 */
export const watchMails = (world: World): void => {
  const sentBy = new Map<string, number>();
  world.observers.push(({ after }) => {
    const id = String(after?.id);
    const isSent = after?.sk.startsWith("mail#") && after.status === "sent";
    if (isSent && !sentBy.has(id)) sentBy.set(id, world.mails.length);
    for (const [place, { reference }] of world.mails.entries()) {
      const known = sentBy.get(reference);
      if (known !== undefined && place >= known) world.accuse("mail", `${reference} was sent once more`);
    }
  });
};
