#pragma once
// DeepFilterNet's C interface, loaded when it is first needed: only jobs that remove noise from full-band audio want it.
#include <dlfcn.h>
#include <stddef.h>

#pragma clang assume_nonnull begin

typedef struct DFState DFState;

typedef struct avs_deep_filter {
    /// The model's archive, the most that is taken away in decibels, and a log level or NULL for none.
    DFState *_Nullable (*create)(const char *path, float limit, const char *_Nullable level);
    /// Samples of a frame at 48 kHz.
    size_t (*frame_length)(DFState *state);
    /// Cleans one frame; returns the local signal-to-noise ratio in decibels.
    float (*process)(DFState *state, float *input, float *output);
    void (*release)(DFState *state);
} avs_deep_filter;

/// The functions of the library at `path`, which stays loaded; NULL when it is missing or another one.
static inline const avs_deep_filter *_Nullable avs_deep_filter_load(const char *path) {
    static avs_deep_filter functions;
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) return NULL;
    functions.create = (DFState * (*)(const char *, float, const char *)) dlsym(library, "df_create");
    functions.frame_length = (size_t(*)(DFState *))dlsym(library, "df_get_frame_length");
    functions.process = (float (*)(DFState *, float *, float *))dlsym(library, "df_process_frame");
    functions.release = (void (*)(DFState *))dlsym(library, "df_free");
    int found = functions.create && functions.frame_length && functions.process && functions.release;
    return found ? &functions : NULL;
}

#pragma clang assume_nonnull end
