"""The project's own library for timelines (OpenTimelineIO) as another editing program: it writes one, and reads what we wrote.

    timeline.py write FILE MEDIA    two clips with a dissolve and a gap, and sound; the media's own clock begins at one hour
    timeline.py read FILE           prints each track: kind, seconds, and what it is made of
"""

import json
import sys

import opentimelineio as otio
from opentimelineio.opentime import RationalTime, TimeRange
from opentimelineio.schema import Clip, ExternalReference, Gap, Timeline, Track, Transition

HOUR = 3600


def span(start, seconds, rate=25):
    return TimeRange(RationalTime(start * rate, rate), RationalTime(seconds * rate, rate))


def write(path, media):
    def clip(start, seconds, rate=25):
        reference = ExternalReference(target_url=media, available_range=span(HOUR, 3, rate))
        return Clip(name="take", media_reference=reference, source_range=span(HOUR + start, seconds, rate))

    pictures, sound = Track("V1", kind="Video"), Track("A1", kind="Audio")
    dissolve = Transition(
        transition_type="SMPTE_Dissolve", in_offset=RationalTime(5, 25), out_offset=RationalTime(5, 25)
    )  # fmt: skip
    pictures.extend([clip(0.4, 1), dissolve, clip(1, 0.8), Gap(source_range=span(0, 0.4)), clip(0, 0.6)])
    sound.extend([Gap(source_range=span(0, 0.5)), clip(1, 1.5, 48_000)])
    timeline = Timeline("cut")
    timeline.tracks.extend([pictures, sound])
    otio.adapters.write_to_file(timeline, path)


def read(path):
    timeline = otio.adapters.read_from_file(path)
    tracks = [
        {
            "kind": track.kind,
            "seconds": round(track.duration().to_seconds(), 3),
            "children": [type(child).__name__ for child in track],
            "media": sorted({clip.media_reference.target_url for clip in track.find_clips() if hasattr(clip.media_reference, "target_url")}),
        }
        for track in timeline.tracks
    ]
    print(json.dumps(tracks))


if __name__ == "__main__":
    {"write": write, "read": read}[sys.argv[1]](*sys.argv[2:])
