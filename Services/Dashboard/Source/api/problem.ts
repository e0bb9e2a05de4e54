/** What the studio answers when it refuses (RFC 9457), or what kept the question from being asked. */
export class Problem extends Error {
  constructor(
    /** The status of the answer; 0 when none came. */
    readonly status: number,
    readonly code: string,
    detail: string,
    /** The field that is wrong, such as `parameters.target_lufs`. */
    readonly field?: string,
  ) {
    super(detail);
    this.name = "Problem";
  }

  /** Whether the studio as a whole does not answer: not even its web server, or nobody who could check who asks. */
  get isStudioAway(): boolean {
    return this.code === "no-answer" || this.code === "gateway-unavailable";
  }

  /** Whether the service behind the path does not answer, or is not part of this studio. */
  get isUnreachable(): boolean {
    return this.status === 0 || this.status === 502 || this.status === 503 || this.status === 504;
  }
}

/** Reads a refusal, whether it is a problem document or an SDK's form. */
export async function problemOf(response: Response): Promise<Problem> {
  const text = await response.text();
  try {
    const document = JSON.parse(text) as {
      code?: string;
      detail?: string;
      title?: string;
      field?: string;
      error?: { message?: string; code?: string };
    };
    const code = document.code ?? document.error?.code ?? `status-${response.status}`;
    const detail = document.detail ?? document.error?.message ?? document.title ?? response.statusText;
    return new Problem(response.status, code, detail, document.field);
  } catch {
    return new Problem(response.status, `status-${response.status}`, response.statusText || `HTTP ${response.status}`);
  }
}
