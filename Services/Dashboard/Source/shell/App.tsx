import { SignIn } from "../signin/SignIn";
import { session } from "../state/session";
import { useStore } from "../state/store";
import { Frame } from "./Frame";

/** The whole page: the sign-in, or the studio. */
export function App() {
  return useStore(session) ? <Frame /> : <SignIn />;
}
