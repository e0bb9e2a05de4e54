"""Converting ten minutes of WAV to each format, against the ffmpeg command line with the same codec and rate."""

import statistics

import recordings
from measure import Cost, interleaved, run, with_process
from table import information, ratio

# Format of the studio, its parameters, and what says the same to ffmpeg.
FORMATS = {
    "wav": ({}, ["-c:a", "pcm_s16le"]),
    "flac": ({}, ["-c:a", "flac"]),
    "mp3": ({}, ["-c:a", "libmp3lame", "-b:a", "256k"]),
    "aac": ({}, ["-f", "ipod", "-c:a", "aac", "-b:a", "256k"]),
    "ogg": ({}, ["-c:a", "libvorbis", "-b:a", "224k"]),
    "opus": ({}, ["-c:a", "libopus", "-b:a", "160k"]),
}


def run_lines(bench):
    studio = bench.studio()
    door = studio.door()
    rows = []
    for name, (parameters, options) in FORMATS.items():
        recording = recordings.quiet(bench.folder)
        target = bench.folder / f"converted.{name}"
        roads = []

        def ours(number, name=name, parameters=parameters):
            # The same input and parameters would be answered from the results: every round uploads its own.
            file = door.upload(recordings.numbered(bench.folder, number))
            with studio.processes.watch() as cost:
                job = door.job("convert", file, {"format": name} | parameters)
            roads.append(cost.cpu)
            return with_process(Cost(0, cost.wall, cost.memory), job)

        def ffmpeg(_, recording=recording, options=options, target=target):
            return run(["ffmpeg", "-nostdin", "-y", "-i", recording, *options, target])

        costs = interleaved(bench.runs, {"ours": ours, "ffmpeg": ffmpeg})
        rows.append(ratio(f"convert to {name}: CPU of the process", costs["ours"].cpu, costs["ffmpeg"].cpu, "s", 1.05, "ffmpeg"))
        rows.append(information(f"convert to {name}: CPU of the services", statistics.median(roads), "s"))
    door.close()
    return rows
