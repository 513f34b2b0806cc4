import { obstacles } from "../breakers/state/obstacle.ts";
import type { ViewEnv } from "../lambda/view-env.ts";
import { tableNamed } from "../table/table-client.ts";
import { integrationView } from "../views/integration-view.ts";

/** The table, and the integration as the hub UI is shown it: what every function needs that answers with it. */
export const shownIntegration = ({ TABLE_NAME, GRADIENT_BASE_URL: gradientBaseUrl }: ViewEnv) => {
  const table = tableNamed(TABLE_NAME);
  return {
    table,
    view: integrationView({ table, gradientBaseUrl, now: () => new Date(), obstacleFor: obstacles(table) }),
  };
};
