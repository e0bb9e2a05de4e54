"""Loudness normalisation as pyloudnorm's own README does it: measure, gain, write."""

import sys

import pyloudnorm
import soundfile

data, rate = soundfile.read(sys.argv[1])
loudness = pyloudnorm.Meter(rate).integrated_loudness(data)
soundfile.write(sys.argv[2], pyloudnorm.normalize.loudness(data, loudness, float(sys.argv[3])), rate, subtype="PCM_16")
