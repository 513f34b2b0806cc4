import { countsOf } from "./partner-views.ts";
import type { RateLimitFigures } from "./rate-limit.ts";
import type { SandboxWorld } from "./sandbox-world.ts";

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escaped = (text: string) => text.replace(/[&<>"']/g, (character) => entities[character] ?? "");

const link = (href: string, text: string) => `<a href="${escaped(href)}">${escaped(text)}</a>`;

interface PageFacts {
  figures: RateLimitFigures;
  /** The sandbox's own address, as whoever looks at the page knows it. */
  self: string;
  hubUi: string | undefined;
}

/** A plain page for people who open the sandbox's address: what this is, how to get a key, and where its JSON lies. */
export const statusPage = ({ store }: SandboxWorld, { figures, self, hubUi }: PageFacts): string => {
  const rows = Array.from(store.read.organizations.values(), (organization) => {
    const address = `/_partner/organizations/${organization.id}`;
    const links = [
      link(address, "mapping"),
      ...["counts", "cards", "calls"].map((what) => link(`${address}/${what}`, what)),
    ];
    const key =
      organization.tokenHash === null
        ? `<code>curl -X POST ${escaped(`${self}${address}/keys`)}</code>`
        : "generated; a new one makes it worthless";
    return `<tr><td>${escaped(organization.name)}</td><td>${organization.status}</td><td>${
      organization.tokenHash === null ? "no" : "yes"
    }</td><td>${countsOf(store, organization.id).length}</td><td>${key}</td><td>${links.join(" · ")}</td></tr>`;
  });
  const table =
    rows.length === 0
      ? "<p>No organization yet: <code>POST /_partner/organizations</code> makes one.</p>"
      : `<table><thead><tr><th>Organization</th><th>Status</th><th>Connected</th><th>Counts</th><th>Key</th><th>JSON</th></tr></thead>
<tbody>${rows.join("\n")}</tbody></table>`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Gradient sandbox</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color-scheme: light dark }
  table { border-collapse: collapse } th, td { text-align: left; padding: .3rem 1rem .3rem 0; border-bottom: 1px solid #8884 }
</style></head><body>
<h1>Gradient sandbox</h1>
<p>An imitation of Gradient's vendor API for this machine. It is not Gradient and sends nothing there.</p>
<h2>Organizations</h2>
${table}
<h2>More</h2>
<ul>
<li>${link("/_partner/organizations", "Organizations as JSON")}</li>
<li>${link("/_partner/stats", "Requests")}: ${figures.accepted} accepted, ${figures.refused} refused (429), at most ${figures.maxAcceptedInAnySecond} accepted in any second</li>
<li>${link("/_faults", "Faults that are on")}</li>
${hubUi === undefined ? "" : `<li>${link(hubUi, "The hub")}</li>`}
</ul></body></html>
`;
};
