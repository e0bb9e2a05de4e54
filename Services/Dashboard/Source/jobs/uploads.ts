import { useCallback, useRef, useState } from "react";
import { type Progress, upload } from "../api/upload";

/** A file that is being uploaded, or a file of the studio. */
export interface Chosen {
  key: string;
  name: string;
  size: number;
  /** The studio's identifier, once it has one. */
  id?: string;
  file?: File;
  progress?: Progress;
  isPaused?: boolean;
  problem?: string;
}

/** The files chosen for a job; what is dropped is uploaded at once. */
export function useUploads() {
  const [files, setFiles] = useState<Chosen[]>([]);
  const aborts = useRef(new Map<string, AbortController>());

  const change = useCallback((key: string, part: Partial<Chosen>) => {
    setFiles((old) => old.map((item) => (item.key === key ? { ...item, ...part } : item)));
  }, []);

  const start = useCallback(
    async (key: string, file: File) => {
      const abort = new AbortController();
      aborts.current.set(key, abort);
      change(key, { isPaused: false, problem: undefined });
      try {
        const id = await upload(file, abort.signal, (progress) => change(key, { progress }));
        change(key, { id });
      } catch (error) {
        if (abort.signal.aborted) change(key, { isPaused: true });
        else change(key, { isPaused: true, problem: error instanceof Error ? error.message : String(error) });
      }
    },
    [change],
  );

  const add = useCallback(
    (list: Iterable<File>) => {
      for (const file of list) {
        const key = crypto.randomUUID();
        setFiles((old) => [...old, { key, name: file.name, size: file.size, file }]);
        void start(key, file);
      }
    },
    [start],
  );

  const take = useCallback((id: string, name: string, size: number) => {
    setFiles((old) => (old.some((item) => item.id === id) ? old : [...old, { key: id, name, size, id }]));
  }, []);

  const drop = useCallback((key: string) => {
    aborts.current.get(key)?.abort();
    setFiles((old) => old.filter((item) => item.key !== key));
  }, []);

  const pause = useCallback((key: string) => aborts.current.get(key)?.abort(), []);
  const resume = useCallback(
    (item: Chosen) => {
      if (item.file) void start(item.key, item.file);
    },
    [start],
  );

  return { files, add, take, drop, pause, resume };
}

export type Uploads = ReturnType<typeof useUploads>;
