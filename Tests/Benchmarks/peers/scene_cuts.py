"""PySceneDetect's cuts of a film, as a JSON list of frames: scene_cuts.py film detector threshold."""

import json
import sys

import scenedetect

DETECTORS = {
    "adaptive": lambda threshold: scenedetect.AdaptiveDetector(adaptive_threshold=threshold),
    "content": lambda threshold: scenedetect.ContentDetector(threshold=threshold),
    "histogram": lambda threshold: scenedetect.HistogramDetector(threshold=threshold),
    "hash": lambda threshold: scenedetect.HashDetector(threshold=threshold),
    "threshold": lambda threshold: scenedetect.ThresholdDetector(threshold=threshold),
}

path, detector, threshold = sys.argv[1:]
manager = scenedetect.SceneManager()
manager.add_detector(DETECTORS[detector](float(threshold)))
manager.detect_scenes(scenedetect.open_video(path))
print(json.dumps([start.frame_num for start, _ in manager.get_scene_list()[1:]]))
