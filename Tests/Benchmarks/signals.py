"""Sound as arrays, and how near one is to another."""

import subprocess

import numpy as np
import soundfile

FFMPEG = ["ffmpeg", "-nostdin", "-loglevel", "error", "-y"]


def read(path, rate=None, channels=None):
    """Samples as [frames, channels], brought to a rate and a number of channels when these are given."""
    if rate is None and channels is None:
        return soundfile.read(path, always_2d=True)[0]
    wanted = ["-ar", str(rate)] if rate else []
    wanted += ["-ac", str(channels)] if channels else []
    info = subprocess.run(
        [*FFMPEG, "-i", path, *wanted, "-f", "wav", "-c:a", "pcm_f32le", "-bitexact", "-"], check=True, capture_output=True
    )
    header = info.stdout.index(b"data") + 8
    count = channels or soundfile.info(path).channels
    return np.frombuffer(info.stdout[header:], np.float32).reshape(-1, count).astype(float)


def write(path, samples, rate, subtype="PCM_16"):
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, samples, rate, subtype=subtype)
    return path


def decibels(ratio):
    """Of a ratio of powers."""
    return 10 * np.log10(max(ratio, 1e-20))


def level(samples):
    """The power of what is not silence: of the blocks of 1,024 frames within 30 dB of the loudest."""
    power = np.array([np.mean(block**2) for block in np.array_split(samples, max(1, len(samples) // 1024))])
    return power[power > power.max() * 1e-3].mean()


def mixed(signal, noise, snr):
    """Adds noise as much below the signal as `snr` tells, dB; returns the mix and the noise in it."""
    noise = np.resize(noise, signal.shape) if len(noise) < len(signal) else noise[: len(signal)]
    noise = noise * np.sqrt(level(signal) / level(noise) / 10 ** (snr / 10))
    return signal + noise, noise


def sdr(reference, estimate):
    """Signal to distortion ratio, dB: all that differs counts (as in the Music Demixing Challenge, Mitsufuji et al. 2022)."""
    return decibels(np.sum(reference**2) / np.sum((reference - estimate) ** 2))


def si_sdr(reference, estimate):
    """The same whatever the gain of the estimate (Le Roux et al., "SDR: half-baked or well done?", ICASSP 2019)."""
    reference, estimate = (signal.ravel() - signal.mean() for signal in (reference, estimate))
    target = np.dot(estimate, reference) / np.dot(reference, reference) * reference
    return decibels(np.sum(target**2) / np.sum((estimate - target) ** 2))
