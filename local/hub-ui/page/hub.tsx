import type { Setting } from "./setting.ts";

export const Hub = ({ setting }: { setting: Setting }) => (
  <main className="page" id="main">
    <h1>Integrations</h1>
    <p>Signed in as {setting.people[0]?.name}</p>
  </main>
);
