"""A film whose cuts are known: painted scenes under a moving camera, joined by 34 cuts and 7 dissolves and fades, with grain,
flashes and flicker in it. The same seed gives the same film."""

import json
import subprocess

import cv2
import numpy as np

RATE = 25
SECONDS = 180
SCENES = 42
# Kind and length in frames of what is no cut.
GRADUAL = (
    ("dissolve", 16),
    ("dissolve", 30),
    ("fade", 40),
    ("dissolve", 24),
    ("dissolve", 40),
    ("fade", 30),
    ("dissolve", 12),
)
FLASHES = 8
# What YouTube recommends for 1080p at 25 frames a second; grain takes three times as much where nothing limits it.
BIT_RATE = "8M"


def painting(random, width, height):
    """A picture with light, texture and edges at all scales: octaves of noise in two colours, and shapes."""
    field = np.zeros((height, width), np.float32)
    for octave in range(2, 8):
        grain = random.normal(0, 1, (2**octave + 1, 2 ** (octave + 1) + 1)).astype(np.float32)
        field += cv2.resize(grain, (width, height), interpolation=cv2.INTER_CUBIC) / 2 ** (octave * random.uniform(0.5, 0.9))
    field = (field - field.min()) / (field.max() - field.min())
    low, high = random.uniform(0, 255, (2, 3))
    picture = low + field[..., None] * (high - low)
    for _ in range(random.integers(6, 40)):
        center = tuple(int(value) for value in random.uniform(0, (width, height)))
        size = int(random.uniform(0.01, 0.12) * width)
        color = tuple(float(value) for value in random.uniform(0, 255, 3))
        if random.random() < 0.5:
            cv2.circle(picture, center, size, color, -1 if random.random() < 0.6 else 4, cv2.LINE_AA)
        else:
            corners = center + random.uniform(-size, size, (4, 2))
            cv2.fillConvexPoly(picture, cv2.convexHull(corners.astype(np.int32)), color, cv2.LINE_AA)
    return np.clip(picture, 0, 255).astype(np.uint8)


class Scene:
    """A painting, and how the camera moves over it."""

    def __init__(self, random, width, height):
        self.random, self.size, pixel = random, (width, height), width / 1920
        self.picture = painting(random, int(width * 1.7), int(height * 1.7))
        self.zoom = random.uniform(0.9, 1.3, 2)
        self.speed = random.uniform(-1, 1, 2) * random.choice([0.5, 2, 5, 12]) * pixel
        self.turn = random.uniform(-3, 3)
        self.shake = random.choice([0, 0, 1.5, 4]) * pixel
        self.grain = random.choice([0, 4, 8, 14])
        self.light = random.uniform(0.6, 1.1)
        self.flicker = random.choice([0, 0, 0.03])

    def frame(self, number, count):
        share = number / count
        center = np.array(self.picture.shape[1::-1]) / 2 + self.speed * (number - count / 2)
        center += self.random.normal(0, 1, 2) * self.shake
        zoom = self.zoom[0] + (self.zoom[1] - self.zoom[0]) * share
        matrix = cv2.getRotationMatrix2D((float(center[0]), float(center[1])), self.turn * share, zoom)
        matrix[:, 2] += np.array(self.size) / 2 - center
        seen = cv2.warpAffine(self.picture, matrix, self.size, borderMode=cv2.BORDER_REFLECT)
        return seen.astype(np.float32) * (self.light * (1 + self.random.normal() * self.flicker))


def mixed(kind, before, after, share):
    if kind == "dissolve":
        return before * (1 - share) + after * share
    return before * (1 - 2 * share) if share < 0.5 else after * (2 * share - 1)


def film(path, width, height, seed):
    """Makes the film where it is not there yet.

    Returns its transitions: kind, first and last frame."""
    notes = path.with_suffix(".json")
    if notes.exists():
        return json.loads(notes.read_text())
    path.parent.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(seed)
    lengths = random.integers(60, 170, SCENES)
    lengths = np.maximum(70, lengths * SECONDS * RATE // lengths.sum())
    joins = dict(zip(sorted(random.choice(np.arange(2, SCENES - 1), len(GRADUAL), replace=False)), GRADUAL))
    flashing = set(random.choice(SCENES, FLASHES, replace=False))
    grains = [cv2.resize(random.normal(0, 1.6, (height // 2, width // 2, 1)), (width, height))[..., None] for _ in range(6)]
    encoder = subprocess.Popen(
        ["ffmpeg", "-y", "-v", "error", "-f", "rawvideo", "-pix_fmt", "bgr24", "-s", f"{width}x{height}", "-r", str(RATE), "-i", "-",
         "-c:v", "libx264", "-preset", "fast", "-crf", "21", "-maxrate", BIT_RATE, "-bufsize", "16M", "-pix_fmt", "yuv420p", path],
        stdin=subprocess.PIPE,
    )  # fmt: skip
    transitions, count = [], 0

    def emit(picture, scene):
        nonlocal count
        if scene.grain:
            picture = picture + grains[random.integers(len(grains))] * scene.grain
        encoder.stdin.write(np.clip(picture, 0, 255).astype(np.uint8).tobytes())
        count += 1

    scene, shown = Scene(random, width, height), 0
    for number in range(SCENES):
        length = int(lengths[number])
        kind, overlap = joins.get(number + 1, ("cut", 0))
        flash = int(random.integers(shown + 10, length - overlap - 12)) if number in flashing else length
        for place in range(shown, length - overlap):
            emit(scene.frame(place, length) + (150 if 0 <= place - flash < 2 else 0), scene)
        if number + 1 == SCENES:
            break
        following = Scene(random, width, height)
        transitions.append((kind, count, count + max(0, overlap - 1)))
        for place in range(overlap):
            share = (place + 1) / (overlap + 1)
            after = following.frame(place, int(lengths[number + 1]))
            emit(mixed(kind, scene.frame(length - overlap + place, length), after, share), scene)
        scene, shown = following, overlap
    encoder.stdin.close()
    if encoder.wait():
        raise RuntimeError(f"ffmpeg could not make {path}")
    notes.write_text(json.dumps(transitions))
    return transitions
