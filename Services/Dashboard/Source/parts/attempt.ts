import { announce } from "../state/announce";
import { texts } from "../texts";

/** Does something that a button stands for, and tells how it went.
 *  @returns Whether it went well. */
export async function attempt(act: () => Promise<unknown>, done?: string): Promise<boolean> {
  try {
    await act();
  } catch (error) {
    announce(error instanceof Error ? error.message : texts.failed, "bad");
    return false;
  }
  if (done) announce(done);
  return true;
}
