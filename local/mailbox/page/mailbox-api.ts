import { useQuery } from "@tanstack/react-query";
import type { Mail, MailboxLinks, MailSummary } from "../mailbox-page.ts";

export type { Mail, MailSummary } from "../mailbox-page.ts";

/** Types of answers are those of the mailbox's own routes; page and server are of one build. */
const read = async <T>(path: string, signal?: AbortSignal): Promise<T> => {
  const response = await fetch(path, { signal: signal ?? null }).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new Error("The mailbox does not answer. Is the system still running?");
  });
  if (response.status === 404) throw new Error("There is no such mail, or it was cleared.");
  if (!response.ok) throw new Error(`The mailbox answered ${response.status}.`);
  return response.json();
};

// mails come whenever the hub sends one; the list is small and the way is short
const lookEveryMs = 2000;

export const useMails = () =>
  useQuery({
    queryKey: ["mails"],
    queryFn: ({ signal }) => read<{ items: MailSummary[] }>("/mails", signal),
    refetchInterval: lookEveryMs,
  });

export const mailPath = (id: string, part = ""): string => `/mails/${encodeURIComponent(id)}${part}`;

/** A mail that was sent changes no more. */
export const useMail = (id: string) =>
  useQuery({
    queryKey: ["mail", id],
    queryFn: ({ signal }) => read<Mail>(mailPath(id), signal),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const useLinks = () =>
  useQuery({
    queryKey: ["links"],
    queryFn: () => read<MailboxLinks>("/setting.json"),
    staleTime: Number.POSITIVE_INFINITY,
  });
