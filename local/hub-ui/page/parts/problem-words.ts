import { Refused } from "../answers.ts";

interface Words {
  title: string;
  whatToDo: string;
}

const again = "Nothing was changed. Try again in a moment.";
// A change may take effect in several steps, and fail between them or on its way back. A repeat goes out under the same
// `Idempotency-Key`, sets what is set already, or finds that there is nothing left to do.
const unsure =
  "All of it may be done, a part, or nothing: look at what the page shows now. Where something is missing, try again: nothing is done twice.";
const unasked = "Gradient could not be asked";
const readAnew = "The page has been read again: go on from what it shows now.";

const byCode: Record<string, Words> = {
  "partner.unknown": {
    title: "The hub's back office has not told us of your organization yet",
    whatToDo: "Nothing was started. Try again later today; if it stays like this, ask the hub's support.",
  },
  "integration.wrong-step": { title: "The integration is at another step by now", whatToDo: readAnew },
  "agreement.outdated": {
    title: "The agreement was changed while you were reading",
    whatToDo: "Nothing was confirmed. Read the new text, then confirm that one.",
  },
  "agreement.expired": {
    title: "The new agreement is not confirmed",
    whatToDo: "No run was started, and none is before that. Read and confirm it in the first step of Connect.",
  },
  "export.already-running": {
    title: "Usage is being sent already",
    // what of it is kept, and when: `keepWish` of the service
    whatToDo:
      "No second run was started. What has changed, that run or one right after it sends. For anything else, try again when that run is over.",
  },
  "export.not-over": { title: "That run has not ended yet", whatToDo: "Wait for its end, or cancel it." },
  "export.not-found": {
    title: "There is no such run",
    whatToDo: "Runs are kept for 13 months, dry runs for a week. Or it belongs to another organization.",
  },
  "token.malformed": {
    title: "This does not look like a Gradient key",
    whatToDo:
      "Nothing was saved. A key is one piece of 16 to 256 letters, digits and signs, without spaces and colons: copy the whole of it in Gradient, and paste it again.",
  },
  "token.rejected": {
    title: "Gradient does not accept this key",
    whatToDo: "Nothing was saved. A newer key makes older ones worthless: generate one in Gradient and paste that.",
  },
  "token.in-use": {
    title: "This key is in use by another organization of this hub",
    whatToDo: "Nothing was saved. Generate a key in the Gradient organization that is yours, and paste that.",
  },
  "token.cooldown": {
    title: "Too many keys were refused in a short time",
    whatToDo:
      "Nothing was saved. Wait a little, look whether you copy the key of the right integration, and try again.",
  },
  "gradient.vendor-key-rejected": {
    title: "Gradient refuses the hub's own key, as it seems",
    whatToDo:
      "That says nothing about your key. Nothing was changed, and our operations team has been told. Try again later.",
  },
  "gradient.refused": {
    title: "Gradient refuses calls for the moment",
    whatToDo: "That says nothing about your key, and nothing was changed. Try again later.",
  },
  "calls.too-many": { title: "That was a lot in one minute", whatToDo: "Nothing was changed. Wait, then try again." },
  "owner-email.cooldown": {
    title: "The e-mail was sent a moment ago",
    whatToDo: "Give it a minute to arrive before you send it again.",
  },
  "idempotency.in-progress": {
    title: "Your first press is still being worked on",
    whatToDo: "Wait a second, then try again: it happens once only.",
  },
  "role.not-allowed": {
    title: "Your role may not do this",
    whatToDo: "Ask the owner or a full admin of your organization.",
  },
  "request.invalid": { title: "Something has to be corrected first", whatToDo: "Nothing was changed." },
  "table.conflict": { title: "Somebody else is changing the same thing", whatToDo: unsure },
};

const ofStatus = (status: number, isOfChange: boolean): Words | undefined => {
  if (status === 401) return { title: "You are not signed in any more", whatToDo: "Sign in again to go on." };
  if (status === 429) return { title: "The service is busy", whatToDo: "Nothing was changed. Wait, then try again." };
  if (status === 500)
    return {
      title: "The service failed",
      whatToDo: `Our operations team has been told. ${isOfChange ? unsure : "Try again in a moment."}`,
    };
  if (status > 500) return { title: "The service cannot be reached", whatToDo: isOfChange ? unsure : again };
  return undefined;
};

/** An error as a person needs it: what has happened, and what to do. */
export interface ToldFailure extends Words {
  /** What the service says of fields. */
  faults: string[];
  /** Names the call to support. */
  requestId: string | undefined;
  retryAfterSeconds: number | undefined;
  /** The person has to sign in again before anything else. */
  isSignedOut: boolean;
  /** The same again may well succeed. */
  mayRetry: boolean;
}

const told = (words: Words, facts: Partial<ToldFailure> = {}): ToldFailure => ({
  ...words,
  faults: [],
  requestId: undefined,
  retryAfterSeconds: undefined,
  isSignedOut: false,
  mayRetry: true,
  ...facts,
});

export const tellFailure = (error: unknown): ToldFailure => {
  if (!(error instanceof Refused))
    return told({
      title: "No connection",
      whatToDo: "The service did not answer. Nothing you have typed is lost: look at your network, and try again.",
    });
  const { problem, retryAfterSeconds, isOfChange } = error;
  const { status, code, detail, errors = [] } = problem;
  const otherwise = { title: detail, whatToDo: "If it stays like this, ask the hub's support." };
  // it tells why, and when to try again: a Gradient that is slow takes longer than a moment
  const unavailable = code === "gradient.unavailable" ? { title: unasked, whatToDo: detail } : undefined;
  return told(unavailable ?? byCode[code] ?? ofStatus(status, isOfChange) ?? otherwise, {
    faults: errors.map(({ message }) => message),
    requestId: status >= 500 && typeof problem.requestId === "string" ? problem.requestId : undefined,
    retryAfterSeconds,
    isSignedOut: status === 401,
    mayRetry: status >= 500 || status === 429 || code === "idempotency.in-progress" || code === "table.conflict",
  });
};
