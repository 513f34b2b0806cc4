import "../../page-parts/style.css";
import "./sandbox.css";
import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { guardDoubleClicks } from "../../page-parts/double-clicks.ts";
import { keepFocus } from "../../page-parts/keep-focus.ts";
import { Sandbox } from "./sandbox.tsx";
import { queries } from "./sandbox-api.ts";

const root = document.getElementById("root");
if (root === null) throw new Error("The page has no root.");
keepFocus(root);
guardDoubleClicks();
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <Sandbox />
    </QueryClientProvider>
  </StrictMode>,
);
