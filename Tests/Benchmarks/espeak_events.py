"""Speech of espeak-ng with the moments at which its words begin, which its library tells as it speaks."""

import ctypes

import numpy as np

_SYNCHRONOUS, _UTF8, _WORD, _END = 2, 1, 1, 0


class _Event(ctypes.Structure):
    """espeak_EVENT of speak_lib.h."""

    _fields_ = [
        ("type", ctypes.c_int),
        ("identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("number", ctypes.c_int),
        ("padding", ctypes.c_int),
    ]


_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


def say(texts, voice="en-us", words_per_minute=150):
    """Returns the sample rate and, for each text, its samples and (word, seconds) pairs."""
    library = ctypes.CDLL("libespeak-ng.so.1")
    rate = library.espeak_Initialize(_SYNCHRONOUS, 0, None, 0)
    sound, events = [], []

    @_CALLBACK
    def take(samples, count, event):
        if samples:
            sound.append(np.ctypeslib.as_array(samples, (count,)).copy() if count else np.zeros(0, np.int16))
        index = 0
        while event[index].type != _END:
            if event[index].type == _WORD:
                events.append((event[index].text_position - 1, event[index].length, event[index].audio_position / 1000))
            index += 1
        return 0

    library.espeak_SetSynthCallback(take)
    library.espeak_SetVoiceByName(voice.encode())
    library.espeak_SetParameter(1, words_per_minute, 0)
    said = []
    for text in texts:
        sound.clear()
        events.clear()
        data = text.encode()
        library.espeak_Synth(data, len(data) + 1, 0, 1, 0, _UTF8, None, None)
        library.espeak_Synchronize()
        said.append((np.concatenate(sound) / 32768, [(text[start : start + length], at) for start, length, at in events]))
    return rate, said
