#pragma once
#include <dlfcn.h>
#include <libavformat/avformat.h>
#include <libavcodec/avcodec.h>
#include <libavfilter/avfilter.h>
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
#include <libavutil/audio_fifo.h>
#include <libavutil/avutil.h>
#include <libavutil/base64.h>
#include <libavutil/channel_layout.h>
#include <libavutil/display.h>
#include <libavutil/hwcontext.h>
#include <libavutil/macros.h>
#include <libavutil/mastering_display_metadata.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libavutil/tx.h>
#include <libswresample/swresample.h>

// Macros that the importer can not read.
static const int avs_error_eof = AVERROR_EOF;
static const int avs_error_again = AVERROR(EAGAIN);
static const int avs_error_invalid_data = AVERROR_INVALIDDATA;
static const int avs_error_no_space = AVERROR(ENOSPC);
static const int avs_error_over_quota = AVERROR(EDQUOT);
static const int avs_error_file_too_big = AVERROR(EFBIG);
static const int avs_error_io = AVERROR(EIO);
static const int avs_error_no_memory = AVERROR(ENOMEM);
static const int avs_error_not_permitted = AVERROR(EPERM);
static const int avs_error_invalid_argument = AVERROR(EINVAL);
static const int avs_error_exit = AVERROR_EXIT;
static const int avs_error_filter_missing = AVERROR_FILTER_NOT_FOUND;
static const int64_t avs_no_pts = AV_NOPTS_VALUE;
static const int64_t avs_time_base = AV_TIME_BASE;
static const int avs_input_padding = AV_INPUT_BUFFER_PADDING_SIZE;
static const int avs_seek_size = AVSEEK_SIZE;
static const int avs_qp_to_lambda = FF_QP2LAMBDA;

/// Keeps the libraries from writing to standard error; their errors come back as codes.
static inline void avs_quiet(void) {
    av_log_set_level(AV_LOG_QUIET);
}

/// Tells an FFmpeg 5.1 channel layout from its native mask.
static inline uint64_t avs_layout_mask(const AVChannelLayout *layout) {
    return layout->order == AV_CHANNEL_ORDER_NATIVE ? layout->u.mask : 0;
}

static inline uint8_t *avs_plane(const AVFrame *frame, int index) {
    return frame->extended_data[index];
}

/// The part of libavfilter that filter graphs need. The library is not linked: see avs_load_filters.
typedef struct avs_filter_functions {
    __typeof__(avfilter_graph_alloc) *graph_alloc;
    __typeof__(avfilter_graph_free) *graph_free;
    __typeof__(avfilter_graph_create_filter) *graph_create_filter;
    __typeof__(avfilter_graph_parse_ptr) *graph_parse_ptr;
    __typeof__(avfilter_graph_config) *graph_config;
    __typeof__(avfilter_get_by_name) *get_by_name;
    __typeof__(avfilter_inout_alloc) *inout_alloc;
    __typeof__(avfilter_inout_free) *inout_free;
    __typeof__(av_buffersrc_add_frame_flags) *buffersrc_add_frame_flags;
    __typeof__(av_buffersink_get_frame) *buffersink_get_frame;
    __typeof__(av_buffersink_get_format) *buffersink_get_format;
    __typeof__(av_buffersink_get_sample_rate) *buffersink_get_sample_rate;
    __typeof__(av_buffersink_get_ch_layout) *buffersink_get_ch_layout;
    __typeof__(av_buffersink_get_w) *buffersink_get_w;
    __typeof__(av_buffersink_get_h) *buffersink_get_h;
    __typeof__(av_buffersink_get_time_base) *buffersink_get_time_base;
    __typeof__(av_buffersink_get_frame_rate) *buffersink_get_frame_rate;
    __typeof__(av_buffersink_get_sample_aspect_ratio) *buffersink_get_sample_aspect_ratio;
} avs_filter_functions;

/// Loads libavfilter, of the version that these headers describe, and finds the functions.
/// It stays loaded. Returns 0, or AVERROR_FILTER_NOT_FOUND.
static inline int avs_load_filters(avs_filter_functions *functions) {
    void *library = dlopen("libavfilter.so." AV_STRINGIFY(LIBAVFILTER_VERSION_MAJOR), RTLD_LAZY | RTLD_LOCAL);
    if (!library) return AVERROR_FILTER_NOT_FOUND;
#define AVS_FIND(field, symbol) \
    if (!(functions->field = (__typeof__(symbol) *)dlsym(library, #symbol))) return AVERROR_FILTER_NOT_FOUND;
    AVS_FIND(graph_alloc, avfilter_graph_alloc)
    AVS_FIND(graph_free, avfilter_graph_free)
    AVS_FIND(graph_create_filter, avfilter_graph_create_filter)
    AVS_FIND(graph_parse_ptr, avfilter_graph_parse_ptr)
    AVS_FIND(graph_config, avfilter_graph_config)
    AVS_FIND(get_by_name, avfilter_get_by_name)
    AVS_FIND(inout_alloc, avfilter_inout_alloc)
    AVS_FIND(inout_free, avfilter_inout_free)
    AVS_FIND(buffersrc_add_frame_flags, av_buffersrc_add_frame_flags)
    AVS_FIND(buffersink_get_frame, av_buffersink_get_frame)
    AVS_FIND(buffersink_get_format, av_buffersink_get_format)
    AVS_FIND(buffersink_get_sample_rate, av_buffersink_get_sample_rate)
    AVS_FIND(buffersink_get_ch_layout, av_buffersink_get_ch_layout)
    AVS_FIND(buffersink_get_w, av_buffersink_get_w)
    AVS_FIND(buffersink_get_h, av_buffersink_get_h)
    AVS_FIND(buffersink_get_time_base, av_buffersink_get_time_base)
    AVS_FIND(buffersink_get_frame_rate, av_buffersink_get_frame_rate)
    AVS_FIND(buffersink_get_sample_aspect_ratio, av_buffersink_get_sample_aspect_ratio)
#undef AVS_FIND
    return 0;
}
