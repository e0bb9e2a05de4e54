// The yardstick for measuring alone: libebur128 over a 16-bit WAV file, integrated loudness, range and true peak.
#include <ebur128.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

int main(int count, char **arguments) {
    uint8_t header[44];
    static int16_t samples[1 << 16];
    FILE *file = count == 2 ? fopen(arguments[1], "rb") : NULL;
    if (!file || fread(header, 1, sizeof header, file) != sizeof header || memcmp(header + 36, "data", 4)) return 1;
    unsigned channels = header[22];
    unsigned long rate = header[24] | header[25] << 8 | header[26] << 16;
    ebur128_state *state = ebur128_init(channels, rate, EBUR128_MODE_I | EBUR128_MODE_LRA | EBUR128_MODE_TRUE_PEAK);
    size_t frames;
    while ((frames = fread(samples, 2 * channels, sizeof samples / (2 * channels), file)) > 0)
        if (ebur128_add_frames_short(state, samples, frames) != EBUR128_SUCCESS) return 1;
    double integrated, range, peak, highest = 0;
    ebur128_loudness_global(state, &integrated);
    ebur128_loudness_range(state, &range);
    for (unsigned channel = 0; channel < channels; channel++) {
        ebur128_true_peak(state, channel, &peak);
        if (peak > highest) highest = peak;
    }
    printf("%.2f %.2f %.6f\n", integrated, range, highest);
    ebur128_destroy(&state);
    fclose(file);
    return 0;
}
