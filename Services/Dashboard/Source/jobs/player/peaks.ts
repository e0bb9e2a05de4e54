/** How many columns a waveform has. */
export const columns = 600;
/** Larger recordings are not decoded: the samples of an hour of stereo take 1.4 GB. */
const largest = 80_000_000;

export interface Peaks {
  /** The highest magnitude of each column, 0 to 1. */
  values: Float32Array;
  seconds: number;
}

/** The outline of a recording.
 *  @returns undefined where the browser can not decode it. */
export async function peaks(blob: Blob): Promise<Peaks | undefined> {
  if (blob.size > largest) return undefined;
  try {
    // At a low rate: an outline needs no more, and memory stays small.
    const context = new OfflineAudioContext(1, 1, 8000);
    const sound = await context.decodeAudioData(await blob.arrayBuffer());
    const values = new Float32Array(columns);
    for (let channel = 0; channel < sound.numberOfChannels; channel += 1) {
      const samples = sound.getChannelData(channel);
      for (let index = 0; index < samples.length; index += 1) {
        const column = Math.floor((index / samples.length) * columns);
        const level = Math.abs(samples[index] ?? 0);
        if (level > (values[column] ?? 0)) values[column] = level;
      }
    }
    return { values, seconds: sound.duration };
  } catch {
    return undefined;
  }
}
