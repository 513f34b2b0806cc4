import { createContext, useContext } from "react";
import type { ApiClient } from "#client/api-client";
import type { SamplePerson } from "#local/sample/people";
import type { Setting } from "./setting.ts";

/** Who is signed in, and what that allows. */
export interface Session {
  person: SamplePerson;
  setting: Setting;
  call: ApiClient;
  /** Owners and full admins change things; everybody else reads, looks again and tries a dry run. */
  mayChange: boolean;
  /** Gets a new sign-in, and reads everything again. */
  signInAgain(): void;
}

const SessionContext = createContext<Session | undefined>(undefined);
export const SessionProvider = SessionContext.Provider;

/** Throws outside of a signed-in page. */
export const useSession = (): Session => {
  const session = useContext(SessionContext);
  if (session === undefined) throw new Error("Nobody is signed in here.");
  return session;
};

/** What is said beside an act that the person's role does not allow. */
export const whoMay = "Only the owner or a full admin of your organization can do this.";
