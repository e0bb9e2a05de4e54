"""What a slideshow with crossfades, captions and a voice costs, against one ffmpeg graph that makes the same."""

import statistics

import cv2
import numpy as np

from film import painting
from measure import MB, run
from operation import operate
from table import limit, ratio

STILLS, SECONDS, RATE, FADE = 12, 60, 30, 1.0
# Each still is seen this long, so that all of them with their crossfades are as long as the whole.
SHOWN = (SECONDS + (STILLS - 1) * FADE) / STILLS
SHARE = 0.65
MEMORY = 400 * MB


def material(folder):
    """Twelve pictures of a camera's shape, a voice and captions."""
    folder.mkdir(parents=True, exist_ok=True)
    stills = [folder / f"still-{number:02}.jpg" for number in range(STILLS)]
    voice, captions = folder / "voice.wav", folder / "captions.srt"
    random = np.random.default_rng(5)
    for still in stills:
        if not still.exists():
            cv2.imwrite(str(still), painting(random, 2400, 1600))
    if not voice.exists():
        # Syllables: bursts of a buzz four times a second.
        buzz = "(0.3*sin(2*PI*140*t)+0.1*sin(2*PI*1400*t))*max(0\\,sin(2*PI*4*t))"
        run(["ffmpeg", "-y", "-v", "error", "-f", "lavfi", "-i", f"aevalsrc={buzz}:s=48000:d={SECONDS}", voice])
    lines = []
    for number in range(SECONDS // 3):
        start, end = number * 3, number * 3 + 2
        lines.append(f"{number + 1}\n00:00:{start:02},000 --> 00:00:{end:02},500\nThis is what is said in the part\nwith the number {number + 1}\n")
    captions.write_text("\n".join(lines))
    return stills, voice, captions


def graph(stills, voice, captions, output):
    """The command line of ffmpeg."""
    command = ["ffmpeg", "-y", "-v", "error"]
    for still in stills:
        command += ["-loop", "1", "-framerate", str(RATE), "-t", f"{SHOWN:.4f}", "-i", still]
    links = [
        f"[{number}:v]scale=1920:1080:force_original_aspect_ratio=decrease,pad=1920:1080:(ow-iw)/2:(oh-ih)/2,setsar=1,"
        f"format=yuv420p[still{number}]"
        for number in range(STILLS)
    ]
    last = "still0"
    for number in range(1, STILLS):
        offset = number * (SHOWN - FADE)
        links.append(f"[{last}][still{number}]xfade=transition=fade:duration={FADE}:offset={offset:.4f}[joined{number}]")
        last = f"joined{number}"
    links.append(f"[{last}]subtitles={captions}[seen]")
    command += ["-i", voice, "-filter_complex", ";".join(links), "-map", "[seen]", "-map", f"{STILLS}:a", "-t", str(SECONDS)]
    return command + ["-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-c:a", "aac", "-b:a", "192k", output]


def timeline(stills, voice, captions):
    video = [{"still": still.name, "duration_s": SHOWN} for still in stills]
    for item in video[1:]:
        item["transition"] = {"kind": "crossfade", "duration_s": FADE}
    return {
        "canvas": {"aspect": "16:9", "frame_rate": RATE},
        "video": video,
        "audio": [{"role": "speech", "clips": [{"file": voice.name}]}],
        "captions": {"file": captions.name},
    }


def run_lines(bench):
    folder = bench.folder / "video" / "slideshow"
    stills, voice, captions = material(folder)
    ours, peers = [], []
    for _ in range(bench.runs):
        peers.append(run(graph(stills, voice, captions, folder / "peer.mp4")))
        parameters = {"timeline": timeline(stills, voice, captions), "speed": "veryfast", "quality": 23}
        ours.append(operate(bench, "assemble", parameters, [*stills, voice, captions], service="video").cost)
    what = f"slideshow of {SECONDS} s at 1080p, {STILLS} stills"
    cpu = [statistics.median(cost.cpu for cost in costs) for costs in (ours, peers)]
    wall = [statistics.median(cost.wall for cost in costs) for costs in (ours, peers)]
    return [
        ratio(f"{what}: cpu", *cpu, "s", SHARE, "ffmpeg"),
        ratio(f"{what}: wall", *wall, "s", SHARE, "ffmpeg"),
        limit(f"{what}: memory", max(cost.memory for cost in ours) / MB, MEMORY / MB, "MB"),
    ]
