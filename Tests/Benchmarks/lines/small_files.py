"""Sixteen short files to MP3: upload, job and download through the public door, against a shell loop of ffmpeg."""

import concurrent.futures

import recordings
from measure import Cost, interleaved, run
from table import ratio


def run_lines(bench):
    studio = bench.studio()
    files = recordings.shorts(bench.folder)
    loop = 'for file in "$@"; do ffmpeg -nostdin -loglevel error -y -i "$file" -c:a libmp3lame -b:a 256k "${file%.wav}.mp3"; done'

    def through(path, rate):
        door = studio.door()
        job = door.job("convert", door.upload(path), {"format": "mp3", "sample_rate_hz": rate})
        door.download(job["result"]["files"][0]["file"], path.with_suffix(".ours.mp3"))
        door.close()

    def ours(number):
        # Another rate each round: the result must not come from the round before.
        rate = (48000, 44100, 32000, 24000, 22050, 16000)[number % 6]
        with studio.processes.watch() as cost, concurrent.futures.ThreadPoolExecutor(16) as pool:
            list(pool.map(lambda path: through(path, rate), files))
        return Cost(cost.cpu, cost.wall, cost.memory)

    costs = interleaved(bench.runs, {"ours": ours, "ffmpeg": lambda _: run(["bash", "-c", loop, "loop", *files])})
    return [ratio("16 files of 10 s to MP3: wall", costs["ours"].wall, costs["ffmpeg"].wall, "s", 1.0, "ffmpeg loop")]
