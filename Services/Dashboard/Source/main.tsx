import { createRoot } from "react-dom/client";
import "./state/theme";
import { App } from "./shell/App";

const root = document.getElementById("root");
if (root) createRoot(root).render(<App />);
