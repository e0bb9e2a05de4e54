#pragma once
#include <dlfcn.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <ass/ass.h>
#include <fontconfig/fontconfig.h>

/// The part of libass and fontconfig that drawing text needs. The libraries are not linked: see avs_load_text.
typedef struct avs_text_functions {
    __typeof__(ass_library_init) *library_init;
    __typeof__(ass_library_done) *library_done;
    __typeof__(ass_set_message_cb) *set_message_cb;
    __typeof__(ass_set_extract_fonts) *set_extract_fonts;
    __typeof__(ass_renderer_init) *renderer_init;
    __typeof__(ass_renderer_done) *renderer_done;
    __typeof__(ass_set_frame_size) *set_frame_size;
    __typeof__(ass_set_storage_size) *set_storage_size;
    __typeof__(ass_set_fonts) *set_fonts;
    __typeof__(ass_set_cache_limits) *set_cache_limits;
    __typeof__(ass_read_memory) *read_memory;
    __typeof__(ass_free_track) *free_track;
    __typeof__(ass_render_frame) *render_frame;
    __typeof__(FcInitLoadConfigAndFonts) *load_fonts;
    __typeof__(FcConfigDestroy) *config_destroy;
    __typeof__(FcPatternCreate) *pattern_create;
    __typeof__(FcPatternDestroy) *pattern_destroy;
    __typeof__(FcPatternGetString) *pattern_string;
    __typeof__(FcObjectSetCreate) *object_set_create;
    __typeof__(FcObjectSetAdd) *object_set_add;
    __typeof__(FcObjectSetDestroy) *object_set_destroy;
    __typeof__(FcFontList) *font_list;
    __typeof__(FcFontSetDestroy) *font_set_destroy;
} avs_text_functions;

/// Loads libass and fontconfig and finds the functions. They stay loaded. Returns whether all are there.
static inline int avs_load_text(avs_text_functions *functions) {
    void *ass = dlopen("libass.so.9", RTLD_LAZY | RTLD_LOCAL);
    void *fonts = dlopen("libfontconfig.so.1", RTLD_LAZY | RTLD_LOCAL);
    if (!ass || !fonts) return 0;
#define AVS_FIND(library, field, symbol) \
    if (!(functions->field = (__typeof__(symbol) *)dlsym(library, #symbol))) return 0;
    AVS_FIND(ass, library_init, ass_library_init)
    AVS_FIND(ass, library_done, ass_library_done)
    AVS_FIND(ass, set_message_cb, ass_set_message_cb)
    AVS_FIND(ass, set_extract_fonts, ass_set_extract_fonts)
    AVS_FIND(ass, renderer_init, ass_renderer_init)
    AVS_FIND(ass, renderer_done, ass_renderer_done)
    AVS_FIND(ass, set_frame_size, ass_set_frame_size)
    AVS_FIND(ass, set_storage_size, ass_set_storage_size)
    AVS_FIND(ass, set_fonts, ass_set_fonts)
    AVS_FIND(ass, set_cache_limits, ass_set_cache_limits)
    AVS_FIND(ass, read_memory, ass_read_memory)
    AVS_FIND(ass, free_track, ass_free_track)
    AVS_FIND(ass, render_frame, ass_render_frame)
    AVS_FIND(fonts, load_fonts, FcInitLoadConfigAndFonts)
    AVS_FIND(fonts, config_destroy, FcConfigDestroy)
    AVS_FIND(fonts, pattern_create, FcPatternCreate)
    AVS_FIND(fonts, pattern_destroy, FcPatternDestroy)
    AVS_FIND(fonts, pattern_string, FcPatternGetString)
    AVS_FIND(fonts, object_set_create, FcObjectSetCreate)
    AVS_FIND(fonts, object_set_add, FcObjectSetAdd)
    AVS_FIND(fonts, object_set_destroy, FcObjectSetDestroy)
    AVS_FIND(fonts, font_list, FcFontList)
    AVS_FIND(fonts, font_set_destroy, FcFontSetDestroy)
#undef AVS_FIND
    return 1;
}

/// Letters that no font has, as libass tells of them; each once.
typedef struct avs_missing_letters {
    uint32_t codes[256];
    int count;
} avs_missing_letters;

static inline void avs_note_message(int level, const char *format, va_list arguments, void *data) {
    avs_missing_letters *letters = (avs_missing_letters *)data;
    const char *first = strchr(format, '%');
    // Texts of ass_fontselect.c and ass_font.c, both with the letter first.
    if (!strstr(format, "fallback with glyph 0x%X") && !strstr(format, "Glyph 0x%X not found in font")) return;
    if (!first || strncmp(first, "%X", 2) != 0) return;
    uint32_t code = va_arg(arguments, unsigned);
    for (int index = 0; index < letters->count; index++) {
        if (letters->codes[index] == code) return;
    }
    if (letters->count < (int)(sizeof letters->codes / sizeof letters->codes[0])) letters->codes[letters->count++] = code;
}

/// Keeps libass from writing to standard error, and notes the letters that it finds in no font.
static inline void avs_text_watch(
    const avs_text_functions *functions, ASS_Library *library, avs_missing_letters *letters) {
    functions->set_message_cb(library, avs_note_message, letters);
}
